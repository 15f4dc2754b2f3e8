import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { atTerminal } from "./terminal.ts";

const ignore = await labAvailable() !== undefined;
const FILES = "files haproxy and keepalived";
const QUESTION = "(N)o/(y)es/(c)ontinue: ";

/** Every managed file of a host by path, with its times and its content's sum. */
async function files(lab: Lab, host: string): Promise<Map<string, string>> {
  const lines = (await hf.managedFiles(lab, host)).trim().split("\n");
  const found = new Map<string, string>();
  for (const line of lines) {
    const path = /\/etc\/\S+/.exec(line)?.[0] ?? line;
    found.set(path, `${found.get(path) ?? ""} ${line}`);
  }
  return found;
}

/** Paths of a host that differ from what was there before. */
async function differing(lab: Lab, host: string, before: Map<string, string>): Promise<string[]> {
  const after = await files(lab, host);
  return [...after].filter(([path, what]) => before.get(path) !== what).map(([path]) => path);
}

/** The same inventory with another timeout of HAProxy and other priorities of Keepalived. */
function edited(lab: Lab, name: string, timeout: string, first: number): Promise<string> {
  const priority = (host: string, value: number) => (text: string) =>
    text.replace(
      new RegExp(`(\\b${host}: \\{ .*) \\}`),
      `$1, endpoint_host: { priority: ${value} } }`,
    );
  return hf.editInventory(lab, name, (text) =>
    [
      hf.withEndpoint(`haproxy: { client_timeout: ${timeout} }`),
      priority("lb1", first),
      priority("lb2", first - 10),
    ].reduce((whole, edit) => edit(whole), text));
}

Deno.test({
  name: "hosts and tasks that are chosen change, and no others",
  ignore,
  fn: (t) =>
    withLab("select", async (lab) => {
      const { inventoryFile } = lab;

      await t.step(
        "--skip-tags packages on a bare host fails and says what was left out",
        async () => {
          const run = await hf.holdfast("check", inventoryFile, {
            flags: ["--skip-tags", "packages"],
          });
          hf.assertExit(run, 3);
          const [error] = hf.errorsOf(run);
          assertStringIncludes(
            error?.text ?? "",
            'This run left out what comes before it: "packages haproxy, keepalived, curl"',
          );
        },
      );

      await t.step("--tags packages prepares a bare host, and is no failure", async () => {
        const run = await hf.holdfast("apply", inventoryFile, { flags: ["--tags", "packages"] });
        hf.assertExit(run, 0);
        assertEquals(hf.tasksOf(run, "changed"), [
          "lb1 packages haproxy, keepalived, curl",
          "lb2 packages haproxy, keepalived, curl",
        ]);
        assertMatch(hf.checksOf(run).join(), /^skipped .*did not do all of the play$/);
      });

      await t.step("what was left out is done by the next apply", async () => {
        hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
      });

      const path = await edited(lab, "select", "7m", 120);

      await t.step("--tags haproxy --limit lb1 changes one file of one host", async () => {
        const [one, two] = [await files(lab, "lb1"), await files(lab, "lb2")];
        const flags = ["--tags", "haproxy", "--limit", "lb*:!lb2"];
        const run = await hf.holdfast("apply", path, { flags });
        hf.assertExit(run, 0);
        assertEquals(hf.tasksOf(run, "changed"), [`lb1 ${FILES}`, "lb1 handler reload haproxy"]);
        assertEquals(Object.keys(hf.recapOf(run)), ["lb1"]);
        assertMatch(hf.checksOf(run).join(), /^ok held by lb[12]/);
        assertEquals(await differing(lab, "lb1", one), ["/etc/haproxy/haproxy.cfg"]);
        assertEquals(await differing(lab, "lb2", two), []);
      });

      await t.step("--step changes what is approved, and leaves what is declined", async () => {
        const before = { lb1: await files(lab, "lb1"), lb2: await files(lab, "lb2") };
        const { code, text, questions } = await atTerminal(["apply", path, "--step"], QUESTION, [
          "\n",
          "y\n",
        ]);
        assertEquals([code, questions], [0, 2], text);
        const [declined = "", approved = ""] = [...text.matchAll(/Perform task: .* on (lb[12])/g)]
          .map(([, host]) => host);
        assertEquals([declined, approved].toSorted(), ["lb1", "lb2"]);
        assertMatch(text, new RegExp(`^${declined} +skipped +${FILES}`, "m"));
        assertMatch(text, new RegExp(`^${approved} +changed +${FILES}`, "m"));
        assertStringIncludes(text, "/etc/keepalived/keepalived.conf");
        const changed = async (host: "lb1" | "lb2") =>
          (await differing(lab, host, before[host])).length;
        assertEquals(await changed(declined as "lb1"), 0);
        assertNotEquals(await changed(approved as "lb1"), 0);
      });

      await t.step("Ctrl-C at a question ends the run with 130 and changes nothing", async () => {
        const before = { lb1: await files(lab, "lb1"), lb2: await files(lab, "lb2") };
        const { code, text, questions } = await atTerminal(["apply", path, "--step"], QUESTION, [
          "\x03",
        ]);
        assertEquals([code, questions], [130, 1], text);
        assertMatch(text, /^lb1 : ok=\d+ changed=0 /m);
        for (const host of ["lb1", "lb2"] as const) {
          assertEquals(await differing(lab, host, before[host]), []);
          assertEquals(await hf.litter(lab, host), "");
        }
      });

      await t.step("an answer c asks no more", async () => {
        const other = await edited(lab, "continue", "8m", 140);
        const { code, text, questions } = await atTerminal(["apply", other, "--step"], QUESTION, [
          "c\n",
        ]);
        assertEquals([code, questions], [0, 1], text);
        await hf.assertConverged(other);
      });

      await t.step("--start-at-task leaves what stands above it as it is", async () => {
        const other = `${lab.stateDir}/continue.yaml`;
        const [holder] = await hf.holders(lab);
        const spare = holder === "lb1" ? "lb2" : "lb1";
        const drift = "echo '# by hand' >> /etc/haproxy/haproxy.cfg";
        await hf.root(lab, spare, `${drift}; systemctl disable -q haproxy`);
        const flags = ["--start-at-task", "service haproxy*"];
        const run = await hf.holdfast("apply", other, { flags });
        hf.assertExit(run, 0);
        assertEquals(hf.tasksOf(run, "changed"), [`${spare} service haproxy enabled, running`]);
        assertEquals(
          await hf.root(lab, spare, "tail -n 1 /etc/haproxy/haproxy.cfg"),
          "# by hand\n",
        );
        const rest = await hf.holdfast("apply", other);
        hf.assertExit(rest, 0);
        assertEquals(hf.tasksOf(rest, "changed"), [
          `${spare} ${FILES}`,
          `${spare} handler reload haproxy`,
        ]);
        await hf.assertConverged(other);
      });
    }),
});
