/** The script that asks whether HAProxy answers, as it is rendered, with every tool and shell that can run it. */
import { assertEquals } from "@std/assert";
import { TEMPLATES } from "./fixtures.ts";

const ASKS = 4;
// Long enough that only an answer which never comes counts as none, whatever the machine does.
const LIMIT_SECONDS = 4;

/** What the server does with each request, by its number from 0; the last goes on. */
type Manner = "answer" | "silence" | "error";

interface Tool {
  readonly name: string;
  readonly shell: readonly string[];
  /** Programs in the script's PATH: name there, program here, arguments before its own. */
  readonly programs: Readonly<Record<string, string>>;
}

const TOOLS: readonly Tool[] = [
  { name: "curl", shell: ["sh"], programs: { curl: 'exec curl "$@"' } },
  {
    name: "curl under busybox",
    shell: ["busybox", "sh"],
    programs: { curl: 'exec curl "$@"' },
  },
  {
    name: "wget",
    shell: ["sh"],
    programs: { wget: 'exec wget "$@"', timeout: 'exec timeout "$@"' },
  },
  {
    name: "busybox's wget",
    shell: ["busybox", "sh"],
    programs: { wget: 'exec busybox wget "$@"', timeout: 'exec busybox timeout "$@"' },
  },
];

/** Runs the script against a server, and gives its exit code and what was asked, in order. */
async function run(tool: Tool, manners: readonly Manner[]): Promise<[number, string[]]> {
  const asked: string[] = [];
  const ended = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, signal: ended.signal, onListen() {} },
    async (request) => {
      const manner = manners[Math.min(asked.length, manners.length - 1)];
      const url = new URL(request.url);
      asked.push(`${url.pathname}${url.search}`);
      if (manner === "silence") {
        await new Promise((resolve) => ended.signal.addEventListener("abort", resolve));
      }
      return new Response("alive", { status: manner === "error" ? 503 : 200 });
    },
  );
  try {
    return [await script(tool, server.addr.port), asked];
  } finally {
    ended.abort();
    await server.finished;
  }
}

/** Runs the script against a port, with a PATH that holds the tool and little else. */
async function script({ shell, programs }: Tool, port: number): Promise<number> {
  const bin = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(programs)) {
      await Deno.writeTextFile(
        `${bin}/${name}`,
        `#!/bin/sh\nPATH=${Deno.env.get("PATH")}\n${text}\n`,
        { mode: 0o755 },
      );
    }
    const text = TEMPLATES.render("standard/check_haproxy_alive.sh", {
      check: {
        url: `http://127.0.0.1:${port}/alive`,
        asks: ASKS,
        everyMs: 0,
        pacedSeconds: LIMIT_SECONDS,
        limitSeconds: LIMIT_SECONDS,
        numbers: "1 2 3 4",
      },
    }).replace(/^PATH=.*$/m, `PATH=${bin}`);
    const [program = "", ...args] = shell;
    const { code } = await new Deno.Command(program, { args: [...args, "-c", text] }).output();
    return code;
  } finally {
    await Deno.remove(bin, { recursive: true });
  }
}

const paced = (...numbers: number[]) => numbers.map((it) => `/alive?paced=${it}`);

for (const tool of TOOLS) {
  const ignore = !runs(tool);
  const test = (what: string, fn: () => Promise<void>) =>
    Deno.test({ name: `check_haproxy_alive.sh with ${tool.name} ${what}`, ignore, fn });

  test("asks a few times and succeeds while HAProxy answers", async () => {
    assertEquals(await run(tool, ["answer"]), [0, paced(1, 2, 3, 4)]);
  });

  test("forgives one answer that does not come, and asks once more", async () => {
    const [code, asked] = await run(tool, ["answer", "error", "answer"]);
    assertEquals([code, asked], [0, [...paced(1, 2), "/alive"]]);
  });

  test("fails at the second error in a row", async () => {
    const [code, asked] = await run(tool, ["answer", "error"]);
    assertEquals([code !== 0, asked], [true, [...paced(1, 2), "/alive"]]);
  });

  test("fails at once where nobody listens", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    listener.close();
    assertEquals(await script(tool, port) !== 0, true);
  });
}

// Side by side: each waits for its limit, twice.
Deno.test("check_haproxy_alive.sh fails when HAProxy hangs, and asks no more than twice", async () => {
  const tools = TOOLS.filter(runs);
  const results = await Promise.all(tools.map((tool) => run(tool, ["answer", "silence"])));
  assertEquals(
    results.map(([code, asked]) => [code !== 0, asked]),
    tools.map(() => [true, [...paced(1, 2), "/alive"]]),
  );
});

/** Whether the tool can be had here. */
function runs({ name, shell, programs }: Tool): boolean {
  const texts = Object.values(programs).map((text) => text.replace('"$@"', "--help"));
  const [program = "", ...args] = shell;
  const works = texts.every((text) => codeOf(program, [...args, "-c", text]) !== 127);
  if (!works) console.warn(`tests/endpoint: ${name} is not installed, its cases are left out`);
  return works;
}

function codeOf(program: string, args: readonly string[]): number {
  try {
    return new Deno.Command(program, { args: [...args] }).outputSync().code;
  } catch {
    return 127;
  }
}
