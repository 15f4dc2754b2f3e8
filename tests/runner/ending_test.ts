/** What is said of an endpoint of which one host goes back. */
import { assertEquals } from "@std/assert";
import { ConnectError, EXIT } from "../../src/errors.ts";
import type { ExecResult, GroupCheck, Play, Task } from "../../src/model.ts";
import { LocalSession, runPlay, withTempDir } from "../helpers.ts";

/** The service stands on lb1, whatever happens. */
const onLb1: GroupCheck = {
  kind: "test",
  name: "test",
  hosts: ["lb1", "lb2"],
  deadlineMs: 1000,
  probe: () => ":",
  judge: () => ({ ok: true, message: "fine", last: ["lb1"], faults: [] }),
};

/** A file of ours, with the numbers of whoever runs the tests. */
function fileTask(path: string): Task {
  const spec = {
    path,
    content: "new",
    mode: "0600",
    owner: `${Deno.uid()}`,
    group: `${Deno.gid()}`,
  };
  return {
    kind: "file",
    name: "file",
    notify: ["read it"],
    tags: [],
    probe: `cat ${path} 2>/dev/null || :`,
    plan: ({ stdout }) => ({
      changes: stdout === "new"
        ? []
        : [{ kind: "write", summary: "write it", files: [spec], validations: [], before: {} }],
    }),
  };
}

/** A play that writes a file on every host, and whose handler fails on one of them. */
function play(dir: string, failing: string): Partial<Play> {
  return {
    tasks: (_, { host: { name } }) => [fileTask(`${dir}/${name}/file`)],
    handlers: (_, { host: { name } }) => [
      { name: "read it", script: failing === name ? `[ ! -e ${dir}/${name}/file ]` : ":" },
    ],
    checks: () => [onLb1],
  };
}

/** Applies it, and says what came of it: exit code, diagnostics, hosts that have the file. */
async function assertApplied(
  failing: string,
  expected: { code: number; said: string[]; left: string[] },
): Promise<void> {
  await withTempDir(async (dir) => {
    for (const name of ["lb1", "lb2"]) await Deno.mkdir(`${dir}/${name}`);
    const { code, events } = await runPlay("apply", play(dir, failing), {
      lb1: new LocalSession(`${dir}/lb1`),
      lb2: new LocalSession(`${dir}/lb2`),
    });
    const said = events.flatMap((it) => it.type === "diagnostic" ? [it.diagnostic.message] : []);
    const exists = (name: string) => Deno.stat(`${dir}/${name}/file`).then(() => [name], () => []);
    const left = [...await exists("lb1"), ...await exists("lb2")];
    assertEquals({ code, said, left }, expected);
  });
}

Deno.test("a host that goes back takes those with it that were changed before", async () => {
  await assertApplied("lb1", {
    code: EXIT.rolledBack,
    said: [
      'Cannot keep the change on "lb1": cannot read it on "lb1": it ended with 1; it is as it was ' +
      "before this run, and the endpoint stands as before",
      'Cannot keep the change on "lb2": what was changed on "lb1" was undone; it is as it was ' +
      "before this run, and the endpoint stands as before",
    ],
    left: [],
  });
});

Deno.test("a host that goes back first leaves the others as they are, and nobody keeps anything", async () => {
  await assertApplied("lb2", {
    code: EXIT.rolledBack,
    said: [
      'Cannot keep the change on "lb2": cannot read it on "lb2": it ended with 1; it is as it was ' +
      "before this run, and the endpoint stands as before",
      'Cannot go on with "lb1": what was changed on "lb2" was undone; it is as it was',
    ],
    left: [],
  });
});

/** A host whose link is cut at the first question about the service when its file has changed. */
class Cut extends LocalSession {
  #whole = true;
  readonly #file: string;

  constructor(dir: string) {
    super(dir);
    this.#file = `${dir}/file`;
  }

  override async run(script: string): Promise<ExecResult> {
    const changed = await Deno.stat(this.#file).then(() => true, () => false);
    if (!this.#whole || script !== ASKED || !changed) return await super.run(script);
    this.#whole = false;
    throw new ConnectError("lb1", "a cable was cut");
  }
}

const ASKED = "echo here";

/** Both hosts must answer. */
const everyone: GroupCheck = {
  ...onLb1,
  probe: () => ASKED,
  judge: ({ size }) => {
    const faults = size === 2 ? [] : ["no answer"];
    return { ok: size === 2, message: "answers", last: ["lb1"], faults };
  },
};

Deno.test("a host that is lost while the service is looked at goes back, and it is said why", async () => {
  await withTempDir(async (dir) => {
    for (const name of ["lb1", "lb2"]) await Deno.mkdir(`${dir}/${name}`);
    const { code, events } = await runPlay(
      "apply",
      { ...play(dir, ""), checks: () => [everyone] },
      {
        lb1: new Cut(`${dir}/lb1`),
        lb2: new LocalSession(`${dir}/lb2`),
      },
    );
    const said = events.flatMap((it) => it.type === "diagnostic" ? [it.diagnostic.message] : []);
    assertEquals([code, said], [EXIT.rolledBack, [
      'Cannot keep the change on "lb1": with the change test: no answer (a cable was cut); it is as ' +
      "it was before this run, and the endpoint stands as before",
      'Cannot keep the change on "lb2": what was changed on "lb1" was undone; it is as it was ' +
      "before this run, and the endpoint stands as before",
    ]]);
  });
});
