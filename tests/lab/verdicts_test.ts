/**
 * However a step ends, the verdict says which way, and what cannot be done twice is done once: the
 * real command line with a play of one's own, counted on the host.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Status } from "../../src/events.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { below } from "./processes.ts";

const ignore = await labAvailable() !== undefined;
const DIR = "/run/verdicts";
const MOD = new URL("../../mod.ts", import.meta.url).href;

/** How the step on lb1 ends, and what is to be said of it. */
interface Ending {
  readonly script: string;
  /** Must finish, as dpkg must. */
  readonly finish?: boolean;
  /** What happens while the step runs. */
  readonly meanwhile?: (child: Deno.ChildProcess) => Promise<void>;
  readonly status: Status;
  readonly says: RegExp;
}

/** A play with one step that must not be made twice: it adds a line to a file on every host. */
async function writePlay(lab: Lab, { script, finish = false }: Ending): Promise<string> {
  const count = `mkdir -p ${DIR}; date +%s.%N >> ${DIR}/count`;
  const here = JSON.stringify(`${count}; ${script}`);
  const there = JSON.stringify(`${count}; touch ${DIR}/done`);
  const path = `${lab.stateDir}/play-${crypto.randomUUID()}.ts`;
  await Deno.writeTextFile(
    path,
    `import { definePlay, defineTask } from ${JSON.stringify(MOD)};
const step = defineTask<string, boolean>({
  kind: "step",
  title: () => "step",
  probe: () => "[ -e ${DIR}/done ]",
  parse: ({ code }) => code === 0,
  plan: (done, script) => ({
    changes: done ? [] : [{ kind: "run", summary: "make the step", script, finish: ${finish} }],
  }),
});
export default definePlay({
  name: "one step",
  packages: [],
  tasks: (_, { host }) => [step(host.name === "lb1" ? ${here} : ${there})],
  handlers: () => [],
  checks: () => [],
});
`,
  );
  return path;
}

const count = (lab: Lab, host: string) =>
  hf.root(lab, host, `wc -l < ${DIR}/count 2>/dev/null || echo 0`).then(Number);

/** Applies the play, and asserts the verdict, the count, and that lb2 was not held up. */
async function assertVerdict(lab: Lab, ending: Ending): Promise<void> {
  for (const { name } of lab.hosts) await hf.root(lab, name, `rm -rf ${DIR}`);
  const flags = ["--play", await writePlay(lab, ending)];
  const { child, done } = hf.start("apply", lab.inventoryFile, { flags });
  if (ending.meanwhile) {
    await hf.eventually("the step is under way", async () => await count(lab, "lb1") > 0);
    await ending.meanwhile(child).catch(async (error) => {
      child.kill("SIGKILL");
      await done;
      throw error;
    });
  }
  const run = await done;
  hf.assertExit(run, ending.status === "unreachable" ? 4 : 3);
  const [error, ...more] = hf.errorsOf(run);
  assertEquals([more, error?.host, error?.task], [[], "lb1", "step"]);
  assertMatch(error?.text ?? "", ending.says);
  assertEquals(error?.status, ending.status);
  assertEquals(hf.tasksOf(run, "changed"), ["lb2 step"]);
  assertEquals([await count(lab, "lb1"), await count(lab, "lb2")], [1, 1]);
}

/** Ends the ssh of a run that leads to an address, and nothing else. */
function killSsh(child: Deno.ChildProcess, address: string): Promise<void> {
  const ours = below(child.pid).filter((pid) => {
    const words = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
    return words[0]?.split("/").at(-1) === "ssh" && words.includes(address);
  });
  assertEquals(ours.length, 1);
  ours.forEach((pid) => Deno.kill(pid, "SIGKILL"));
  return Promise.resolve();
}

/**
 * Ends every sshd on a host that is above the step, the listener aside, all of them at once. One may
 * follow another by itself before its turn comes.
 */
const KILL_SSHD = `while [ ! -s ${DIR}/pid ]; do sleep 0.1; done
pid=$(cat ${DIR}/pid) found=
while [ "$pid" -gt 1 ]; do
  read -r name < /proc/$pid/comm
  this=$pid pid=$(awk '/^PPid:/ { print $2 }' /proc/$pid/status)
  case $name in sshd*) [ "$pid" -eq 1 ] || found="$found $this" ;; esac
done
kill -KILL $found || [ -n "$found" ]`;

const LOST =
  /^Cannot tell whether request \d+ finished on "lb1": the link was lost after \d+\.\d s: /;
const WAIT = `echo $$ > ${DIR}/pid; sleep 600`;

Deno.test({
  name: "every end of a step has a verdict of its own, and no step runs twice",
  ignore,
  fn: (t) =>
    withLab("verdict", async (lab) => {
      const address = lab.hosts[0]?.address ?? "";
      const step = (name: string, ending: Ending) => t.step(name, () => assertVerdict(lab, ending));
      const failed = (code: string): Pick<Ending, "status" | "says"> => ({
        status: "failed",
        says: new RegExp(
          `^Cannot make the step on "lb1": it ended with ${code}(: Segmentation fault)?$`,
        ),
      });

      await step("exit 255, as ssh's own", { script: "exit 255", ...failed("255") });
      await step("exit 254", { script: "exit 254", ...failed("254") });
      await step("exit 4, as ours for unreachable", { script: "exit 4", ...failed("4") });
      await step("killed by SIGKILL", { script: "kill -KILL $$", ...failed("137 \\(SIGKILL\\)") });
      await step("ended by SIGTERM", { script: "kill $$", ...failed("143 \\(SIGTERM\\)") });
      await step("a crash", {
        script: "sh -c 'kill -SEGV $$'; exit",
        ...failed("139 \\(SIGSEGV\\)"),
      });
      await step("its whole session's shell dies", {
        script: "kill -KILL $PPID; sleep 600",
        status: "unreachable",
        says: LOST,
      });
      await step("ssh dies on this machine", {
        script: WAIT,
        meanwhile: (child) => killSsh(child, address),
        status: "unreachable",
        says: new RegExp(`${LOST.source}it was ended by SIGKILL$`),
      });
      await step("sshd dies on the host", {
        script: WAIT,
        meanwhile: async () => void await hf.root(lab, "lb1", KILL_SSHD),
        status: "unreachable",
        says: new RegExp(`${LOST.source}it ended with 255`),
      });

      await t.step("what ran on a lost link has ended on the host", async () => {
        const left = () => hf.root(lab, "lb1", "pgrep -xf 'sleep 600' || :");
        await hf.eventually("the host ends the step", async () => await left() === "");
      });

      await t.step("what must finish does, though sshd died: once", async () => {
        const script = `echo $$ > ${DIR}/pid; while [ ! -e ${DIR}/go ]; do sleep 0.1; done; ` +
          `touch ${DIR}/done`;
        await assertVerdict(lab, {
          script,
          finish: true,
          meanwhile: async () => {
            await hf.root(lab, "lb1", KILL_SSHD);
            // The host goes back when the step has ended, and the run waits for that.
            await hf.root(lab, "lb1", `touch ${DIR}/go`);
          },
          status: "unreachable",
          says: LOST,
        });
        const done = () => hf.root(lab, "lb1", `[ ! -e ${DIR}/done ] || echo yes`);
        await hf.eventually("the step finishes", async () => await done() !== "");
        const flags = ["--play", await writePlay(lab, { script, status: "ok", says: /^$/ })];
        const again = await hf.holdfast("apply", lab.inventoryFile, { flags });
        hf.assertExit(again, 0);
        assertEquals(hf.tasksOf(again, "changed"), []);
        assertEquals(await count(lab, "lb1"), 1);
      });

      await t.step("ssh refused: nothing ran, and that is what is said", async () => {
        for (const { name } of lab.hosts) await hf.root(lab, name, `rm -rf ${DIR}`);
        const ending: Ending = { script: `touch ${DIR}/done`, status: "unreachable", says: /./ };
        const flags = ["--play", await writePlay(lab, ending)];
        const inventory = await hf.editInventory(
          lab,
          "refused",
          (text) => text.replace(/(lb1: \{ .*) \}/, "$1, ansible_port: 2298 }"),
        );
        const run = await hf.holdfast("apply", inventory, { flags });
        hf.assertExit(run, 4);
        const [error] = hf.errorsOf(run);
        assertEquals([error?.host, error?.task, error?.status], ["lb1", "connect", "unreachable"]);
        assertMatch(error?.text ?? "", /^Cannot open a shell on "lb1" .*: connection refused/);
        assert(!/Cannot tell/.test(error?.text ?? ""));
        assertEquals([await count(lab, "lb1"), await count(lab, "lb2")], [0, 1]);
      });
    }),
});
