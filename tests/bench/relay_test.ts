import { assertEquals } from "@std/assert";
import { trafficOf } from "../../bench/turns.ts";
import { withTempDir } from "../helpers.ts";

const RELAY = decodeURIComponent(new URL("../../bench/relay.ts", import.meta.url).pathname);

Deno.test("the relay passes everything on and counts it, even when it is told to end", () =>
  withTempDir(async (dir) => {
    using server = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const answering = (async () => {
      const connection = await server.accept();
      const buffer = new Uint8Array(100);
      for (let n; (n = await connection.read(buffer)) !== null;) {
        await connection.write(buffer.subarray(0, n));
        await connection.write(buffer.subarray(0, n));
      }
      connection.close();
    })();
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-q", "--no-prompt", "--allow-net", "--allow-write", RELAY],
        ...["127.0.0.1", String(server.addr.port), `${dir}/traffic`],
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const [writer, reader] = [child.stdin.getWriter(), child.stdout.getReader()];
    for (const word of ["one", "three"]) {
      await writer.write(new TextEncoder().encode(word));
      for (let got = 0; got < 2 * word.length;) got += (await reader.read()).value?.length ?? 0;
    }
    child.kill("SIGHUP");
    child.kill("SIGTERM");
    await writer.close();
    await reader.cancel();
    await child.status;
    await answering;
    const traffic = trafficOf(await Deno.readTextFile(`${dir}/traffic`));
    assertEquals(traffic, { up: 8, down: 16, turns: 2, connections: 1 });
  }));
