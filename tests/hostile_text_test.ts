import { assert } from "@std/assert";
import { getColorEnabled, setColorEnabled } from "@std/fmt/colors";
import type { Event } from "../src/events.ts";
import { systemSecrets } from "../src/inventory/real_secrets.ts";
import { formatDiagnostics } from "../src/diagnostics.ts";
import type { ExecResult, Task } from "../src/model.ts";
import { github } from "../src/reporters/github.ts";
import { human } from "../src/reporters/human.ts";
import { jsonl } from "../src/reporters/jsonl.ts";
import { junit } from "../src/reporters/junit.ts";
import { explain } from "../src/ssh/reasons.ts";
import { localTransport } from "../src/ssh/local.ts";
import { openSession } from "../src/ssh/session.ts";
import { file } from "../tasks/file.ts";
import { service } from "../tasks/service.ts";
import { aHost, LocalSession, runPlay, withTempDir } from "./helpers.ts";
import { assertShows, HOSTILE, HOSTILE_BYTES } from "./hostile_text.ts";
import { load, shown } from "./inventory/helpers.ts";
import { withText } from "./reporters/events.ts";

/** Every report that a person may read, or that may be shown on a terminal. */
const REPORTERS: Readonly<
  Record<string, (write: (text: string) => void) => (event: Event) => void>
> = {
  human: (write) => human(write, { diff: true }),
  "human, narrow": (write) => human(write, { diff: true, columns: 60 }),
  jsonl,
  junit,
  github: (write) => github(write),
};

/** What comes out of a reporter, as bytes; colors on, as on a terminal. */
function bytesOf(name: string, events: readonly Event[]): Uint8Array {
  const before = getColorEnabled();
  setColorEnabled(true);
  try {
    let text = "";
    const report = REPORTERS[name]?.((part) => text += part);
    for (const event of events) report?.(event);
    return new TextEncoder().encode(text);
  } finally {
    setColorEnabled(before);
  }
}

/** Reports that show every text of every event; the others choose. */
const COMPLETE = ["human", "jsonl"];

/** Shows events through every reporter; `sign` proves that the hostile text arrived at all. */
function assertHarmless(
  events: readonly Event[],
  what: string,
  sign = "[2K",
  complete: readonly string[] = COMPLETE,
): void {
  for (const name of Object.keys(REPORTERS)) {
    const bytes = bytesOf(name, events);
    assertShows(bytes, `${what}, ${name}`);
    const arrived = new TextDecoder().decode(bytes).includes(sign);
    assert(arrived || !complete.includes(name), `${what}, ${name}: nothing arrived`);
  }
}

/** Puts the hostile text and all bytes into two files of a folder. */
async function write(dir: string): Promise<string> {
  await Deno.writeTextFile(`${dir}/text`, HOSTILE);
  await Deno.writeFile(`${dir}/bytes`, HOSTILE_BYTES);
  return `cat ${dir}/bytes ${dir}/text`;
}

const task = (more: Partial<Task>): Task => ({
  kind: "x",
  name: "x",
  notify: [],
  tags: [],
  probe: "true",
  plan: () => ({ changes: [] }),
  ...more,
});

Deno.test("no reporter lets hostile text through, in whichever field of whichever event", () => {
  const events = withText(HOSTILE);
  // In JUnit's and GitHub's reports, too, something of a whole run arrives.
  assertHarmless(events, "a run", "[2K", Object.keys(REPORTERS));
  for (const event of events) assertHarmless([event], event.type, "[2K", ["jsonl"]);
});

Deno.test("what a failing step says on a host is harmless", () =>
  withTempDir(async (dir) => {
    const say = await write(dir);
    for (const to of [">&2", ""]) {
      const broken = task({
        plan: () => ({
          changes: [{ kind: "run", summary: "break", script: `${say} ${to}; exit 5` }],
        }),
      });
      const { events } = await runPlay("apply", { tasks: () => [broken] }, {
        lb1: new LocalSession(dir),
      });
      assertHarmless(events, `a step that fails ${to}`);
    }
  }));

Deno.test("what stands in a file of a host is harmless in a diff, its name too", () =>
  withTempDir(async (dir) => {
    await write(dir);
    const tasks = ["text", "bytes"].map((name) => file({ path: `${dir}/${name}`, content: "x\n" }));
    const { events } = await runPlay("check", { tasks: () => tasks }, {
      lb1: new LocalSession(dir),
    });
    assertHarmless(events, "a diff", "-");
    const named = file({ path: `${dir}/\x1b[2K\u202e\n`, content: HOSTILE });
    const other = await runPlay("check", { tasks: () => [named] }, { lb1: new LocalSession(dir) });
    assertHarmless(other.events, "a file's name and new content");
  }));

Deno.test("what stands in the place of a file is harmless", () =>
  withTempDir(async (dir) => {
    await Deno.symlink(`\x1b[2K\u202e${"\x9b"}`, `${dir}/link`);
    const tasks = [file({ path: `${dir}/link`, content: "x" })];
    const { events } = await runPlay("check", { tasks: () => tasks }, {
      lb1: new LocalSession(dir),
    });
    assertHarmless(events, "a link's end");
  }));

Deno.test("what systemd says of a unit is harmless", () =>
  withTempDir(async (dir) => {
    const say = await write(dir);
    const answer = new TextDecoder().decode(
      (await new Deno.Command("sh", { args: ["-c", say] }).output()).stdout,
    );
    const unit = service({ name: "haproxy", enabled: true, running: true });
    const tasks = [
      task({ ...unit, probe: say }),
      task({
        plan: (seen: ExecResult) => ({
          changes: [{ kind: "run", summary: seen.stdout, script: "true", targets: [seen.stdout] }],
        }),
        probe: say,
      }),
    ];
    const { events } = await runPlay("check", { tasks: () => tasks }, {
      lb1: new LocalSession(dir),
    });
    assert(answer.includes("\x1b"));
    assertHarmless(events, "an answer");
  }));

Deno.test("what a condition found is harmless", () =>
  withTempDir(async (dir) => {
    const say = await write(dir);
    const { events } = await runPlay("verify", {
      checks: () => [{
        kind: "vip",
        name: HOSTILE,
        hosts: ["lb1"],
        probe: () => say,
        judge: (answers) => ({ ok: false, message: answers.get("lb1")?.stdout ?? "" }),
        deadlineMs: 0,
      }],
    }, { lb1: new LocalSession(dir) });
    assertHarmless(events, "a condition");
  }));

Deno.test("what ssh, its banner or a login shell say is harmless", () =>
  withTempDir(async (dir) => {
    const say = await write(dir);
    for (const to of ["", ">&2"]) {
      const host = aHost("lb1");
      const session = await openSession(
        "lb1",
        () => localTransport(["sh", "-c", `${say} ${to}; exit 255`]),
        { explain: (gone) => explain(host, gone) },
      );
      const { events } = await runPlay("check", {}, { lb1: session });
      await session[Symbol.asyncDispose]();
      assertHarmless(events, `a login that fails ${to}`);
    }
  }));

Deno.test("what a person is told about an inventory is harmless, its lines and its files' names too", async () => {
  const line = HOSTILE.replaceAll(/[\n\r\x85\u2028\u2029]/g, "").replaceAll(/[\ud800\udfff]/g, "");
  const wrong = (text: string) =>
    `all:\n  hosts:\n    lb1: { ansible_host: "x y", note: ${JSON.stringify(line)} } # ${text}\n`;
  const bare = line.replaceAll(/[^\P{C}\u202e\u200b]/gu, "");
  const inventories: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "a line below a message": { "hosts.yaml": wrong(bare) },
    "a raw line that is no YAML": { "hosts.yaml": wrong(line) },
    "names of hosts, groups and keys": {
      "hosts.yaml": `all: { hosts: { ${JSON.stringify(HOSTILE)}: { ansible_port: ${
        JSON.stringify(HOSTILE)
      } } }, children: { ${JSON.stringify(line)}: } }`,
    },
    "names of files": {
      "hosts.yaml": "all: { hosts: { lb1: { ansible_host: 10.0.0.1 } } }\n",
      [`group_vars/all/\x1b[2K\u202e.yml`]: "a: [\n",
    },
    "keys and values of an endpoint": {
      "hosts.yaml": `lbs: { vars: { endpoint: { ${JSON.stringify(HOSTILE)}: 1, profile: ${
        JSON.stringify(HOSTILE)
      }, address: 10.0.0.1, vrrp: { auth_pass: { env: ${
        JSON.stringify(HOSTILE)
      } } } } }, hosts: { lb1: } }`,
    },
  };
  for (const [what, files] of Object.entries(inventories)) {
    const text = await shown(load(files));
    assert(text.length > 0, what);
    assertShows(new TextEncoder().encode(text), what);
  }
});

Deno.test("a warning about an inventory is harmless", async () => {
  const { warnings, sources } = await load({
    "hosts.yaml": "all: { hosts: { lb1: { ansible_host: 10.0.0.1 } } }\n",
    "group_vars/al\u202e.yml": "a: 1\n",
  });
  const text = formatDiagnostics(warnings, sources);
  assert(text.includes("\\u{202e}"), text);
  assertShows(new TextEncoder().encode(text), "a warning");
});

Deno.test("what a program of a secret complained is harmless", () =>
  withTempDir(async (dir) => {
    const say = await write(dir);
    const text = await shown(load(
      {
        "hosts.yaml":
          `lbs: { vars: { endpoint: { address: 10.0.0.10, backends: [{ name: m1, address: 10.0.0.21 }],
  vrrp: { auth_pass: { command: [sh, -c, "${say} >&2; exit 1"] } } } }, hosts: { lb1: { ansible_host: 10.0.0.1 } } }`,
      },
      { secrets: systemSecrets() },
    ));
    assert(text.includes("it ended with 1"), text);
    assertShows(new TextEncoder().encode(text), "a complaint");
  }));
