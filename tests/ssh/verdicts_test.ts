/**
 * However a step or its ssh ends, the verdict says which way; and what cannot be done twice is done
 * once at most, wherever ssh dies.
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ConnectError, LinkError } from "../../src/errors.ts";
import { explain } from "../../src/ssh/reasons.ts";
import { localTransport } from "../../src/ssh/local.ts";
import { openSession } from "../../src/ssh/session.ts";
import type { Transport } from "../../src/ssh/transport.ts";
import { aHost, withTempDir } from "../helpers.ts";
import { open, SHELLS, textOf, until } from "./shells.ts";

/** What has gone through a link so far. */
interface Seen {
  readonly sent: string;
  readonly heard: string;
}

/** How ssh dies, and when. */
interface Death {
  /** Looked at after every piece, in each direction. */
  readonly when: (seen: Seen) => boolean;
  /** Its exit code; unset: SIGKILL. */
  readonly code?: number;
  /** What it says last. */
  readonly words?: string;
}

/** A shell behind a link that dies as ssh does: what the shell says after that reaches nobody. */
function mortal(shell: Transport, { when, code, words = "" }: Death): Transport {
  const ended = Promise.withResolvers<{ code: number; signal: string | null }>();
  const input = shell.stdin.getWriter();
  const seen = { sent: "", heard: "" };
  const outputs: ReadableStreamDefaultController<Uint8Array>[] = [];
  let dead = false;
  const die = () => {
    if (dead) return;
    dead = true;
    outputs.at(-1)?.enqueue(new TextEncoder().encode(words));
    for (const output of outputs) output.close();
    input.close().catch(() => {});
    ended.resolve(code === undefined ? { code: 137, signal: "SIGKILL" } : { code, signal: null });
  };
  const through = (stream: ReadableStream<Uint8Array>, heard: boolean) =>
    new ReadableStream<Uint8Array>({
      start(output) {
        outputs.push(output);
        stream.pipeTo(
          new WritableStream({
            write(bytes) {
              if (heard) seen.heard += new TextDecoder().decode(bytes);
              if (!dead && when(seen)) die();
              if (!dead) output.enqueue(bytes);
            },
          }),
        ).then(die, die);
      },
    });
  const stdin = new WritableStream<Uint8Array>({
    async write(bytes) {
      if (!dead) await input.write(bytes);
      seen.sent += new TextDecoder().decode(bytes);
      if (!dead && when(seen)) die();
    },
    close: die,
    abort: die,
  });
  const stdout = through(shell.stdout, true);
  return { stdin, stdout, stderr: through(shell.stderr, false), status: ended.promise, kill: die };
}

const RESET = { code: 255, words: "client_loop: send disconnect: Broken pipe\n" };
const sent = ({ sent }: Seen) => sent.endsWith(" go\n");
const PLACES: Readonly<Record<string, Death>> = {
  "the request was sent": { when: sent, ...RESET },
  "the request was sent, killed": { when: sent },
  "the shell has answered": { when: ({ heard }) => heard.includes(" hello\n"), ...RESET },
  "the step was said to begin": { when: ({ heard }) => heard.includes(" begin 1\n"), ...RESET },
  "the step runs": { when: ({ heard }) => heard.includes("it runs"), ...RESET },
  "the step runs, killed": { when: ({ heard }) => heard.includes("it runs") },
  "the step has ended": { when: ({ heard }) => heard.includes(" end 1 "), ...RESET },
};

for (const [name, shell] of Object.entries(SHELLS)) {
  const test = (what: string, run: (dir: string) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, () => withTempDir(run));
  const lines = (dir: string) => textOf(`${dir}/count`).split("\n").length - 1;

  test("a step that fails, one that is killed and a dead ssh are told apart", async (dir) => {
    await using session = await open(shell);
    const add = `echo x >>'${dir}/count'; `;
    const codes = [];
    for (const end of ["exit 255", "exit 254", "kill -KILL $$"]) {
      const { code, timedOut } = await session.run(add + end);
      codes.push([code, timedOut]);
    }
    assertEquals(codes, [[255, undefined], [254, undefined], [137, undefined]]);
    const death = { when: ({ heard }: Seen) => heard.includes("it runs") };
    await using dying = await openSession("lb1", mortal(localTransport(shell.argv), death));
    await dying.run(":");
    const lost = await assertRejects(() => dying.run(`${add}echo it runs; sleep 90`), LinkError);
    assertMatch(
      lost.message,
      /^Cannot tell whether request 2 finished on "lb1": the link was lost after .* it was ended by SIGKILL$/,
    );
    assertEquals(lines(dir), 4);
  });

  for (const [place, death] of Object.entries(PLACES)) {
    test(`a step runs once at most when ssh dies after ${place}`, async (dir) => {
      let links = 0;
      const transport = () => (links++, mortal(localTransport(shell.argv), death));
      await using session = await openSession("lb1", transport, {
        shell: shell.shell,
        explain: (gone) => explain(aHost("lb1"), gone),
      });
      const step = `echo x >>'${dir}/count'; echo it runs; sleep 0.2`;
      // It ran or it did not: nobody claims to know.
      await assertRejects(() => session.run(step), LinkError);
      // And what comes after it never runs, nor over another link.
      await assertRejects(() => session.run(`echo next >>'${dir}/count'`), ConnectError);
      await until(() => lines(dir) > 1, 500);
      assertEquals(links, 1);
      const count = lines(dir);
      assert(count <= 1, `it ran ${count} times`);
      if (place.startsWith("the step runs") || place.endsWith("ended")) assertEquals(count, 1);
    });
  }

  test("a connection that is refused before its handshake is tried again, once run", async (dir) => {
    let links = 0;
    const refused: Death = {
      when: () => true,
      code: 255,
      words: "kex_exchange_identification: Connection closed by remote host\n",
    };
    const transport = () => {
      links++;
      if (links === 3) return localTransport(shell.argv);
      // Nobody is behind it: what is sent goes nowhere.
      return mortal(localTransport(["sh", "-c", "sleep 0.05"]), refused);
    };
    await using session = await openSession("lb1", transport, {
      shell: shell.shell,
      explain: (gone) => explain(aHost("lb1"), gone),
    });
    const { stdout } = await session.run(`echo x >>'${dir}/count'; echo out`);
    assertEquals([stdout, links, lines(dir)], ["out\n", 3, 1]);
  });
}
