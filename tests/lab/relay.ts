/**
 * A long way to a host, as ssh's ProxyCommand: every byte arrives later by half of the round trip,
 * and how often one side had to wait for the other is counted. Arguments: host, port, milliseconds
 * of a round trip, and a file that gets one line of JSON at the end.
 * @module
 */
import { delay } from "@std/async/delay";

/** What passed through one connection. */
export interface Passed {
  /** How often the client sent something after it had heard something new: round trips. */
  readonly turns: number;
  /** Bytes from the client. */
  readonly up: number;
  /** Bytes to the client. */
  readonly down: number;
}

/** Hands each piece on when its time has come; pieces under way overtake nobody and wait for nobody. */
async function late(
  from: ReadableStream<Uint8Array>,
  to: WritableStream<Uint8Array>,
  ms: number,
  seen: { came(bytes: number): void; went(): void },
): Promise<void> {
  const writer = to.getWriter();
  let before: Promise<unknown> = Promise.resolve();
  try {
    for await (const piece of from) {
      seen.came(piece.length);
      const due = delay(ms);
      before = before.then(() => due).then(() => writer.write(piece)).then(seen.went);
      before.catch(() => {});
    }
    await before;
    await writer.close();
  } catch { /* One side has gone: so does the other. */ }
}

async function main([host = "", port = "", roundTrip = "", file = ""]: readonly string[]) {
  const connection = await Deno.connect({ hostname: host, port: Number(port) });
  connection.setNoDelay(true);
  const passed = { turns: 0, up: 0, down: 0 };
  let heard = true;
  const half = Number(roundTrip) / 2;
  const there = late(Deno.stdin.readable, connection.writable, half, {
    came(bytes) {
      passed.up += bytes;
      if (heard) passed.turns += 1;
      heard = false;
    },
    went() {},
  });
  const back = late(connection.readable, Deno.stdout.writable, half, {
    came: (bytes) => passed.down += bytes,
    went: () => heard = true,
  });
  const end = () => {
    Deno.writeTextFileSync(file, `${JSON.stringify(passed)}\n`, { append: true });
    Deno.exit(0);
  };
  // ssh ends its ProxyCommand so when it has no more use for it.
  for (const signal of ["SIGHUP", "SIGTERM"] as const) Deno.addSignalListener(signal, end);
  await Promise.race([there, back]);
  end();
}

if (import.meta.main) await main(Deno.args);
