/**
 * A `ProxyCommand` that counts: `relay.ts HOST PORT FILE` passes bytes on, and adds a line to the
 * file when the connection has ended.
 * @module
 */
import { Counter } from "./turns.ts";

const [hostname = "", port = "", file = ""] = Deno.args;
const counter = new Counter();
// ssh hangs up on it as soon as it ends itself, and a run is ended as a whole: what was counted is still
// to be written.
for (const signal of ["SIGHUP", "SIGTERM"] as const) Deno.addSignalListener(signal, () => {});

const connection = await Deno.connect({ hostname, port: Number(port) });
connection.setNoDelay(true);

async function pass(
  from: ReadableStream<Uint8Array>,
  to: { write(bytes: Uint8Array): Promise<number> },
  count: (bytes: number) => void,
): Promise<void> {
  for await (const bytes of from) {
    count(bytes.length);
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await to.write(rest));
  }
}

// Either side may end first, and with a reset.
const up = pass(Deno.stdin.readable, connection, (bytes) => counter.up(bytes)).catch(() => {});
const down = pass(connection.readable, Deno.stdout, (bytes) => counter.down(bytes)).catch(() => {});
await Promise.race([up, down]);
await Deno.writeTextFile(file, `${JSON.stringify(counter.passed)}\n`, { append: true });
Deno.exit(0);
