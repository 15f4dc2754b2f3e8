import { assert, assertEquals, assertMatch } from "@std/assert";
import { denoArgs } from "../../src/commands/permissions.ts";
import { STATE_DIR } from "../../src/journal/places.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { attempt } from "../../src/lab/run.ts";
import {
  canary,
  found,
  heardOn,
  holding,
  rootOf,
  Sampler,
  watchHost,
  watchSsh,
  writtenSince,
} from "./canary.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

const PASS_VARIABLE = "HOLDFAST_TEST_PASS";
const SUDO_VARIABLE = "HOLDFAST_TEST_SUDO";

/** One password for VRRP from each kind of place, and one for sudo on each host. */
const PASS = { env: canary(8), file: canary(8), command: canary(8), old: canary(8) };
const SUDO: Readonly<Record<string, string>> = {
  lb1: canary(24, `'"\\ $%é`),
  lb2: canary(16, "+/&<"),
};
/** Reports that a failing run writes; they are looked at with the files of this machine. */
const REPORTS = ["report.xml", "report.jsonl"];
const ALL = [...Object.values(PASS), ...Object.values(SUDO)];

const CONFIGURATION = "/etc/keepalived/keepalived.conf";
/** What stood there before a run, for its undo; only root may enter the folder. */
const OLD_FILE = new RegExp(`^${STATE_DIR}/(run|history/[^/]+)/steps/\\d+/\\d+$`);

/** Everything that one round of the test needs. */
interface Scene {
  readonly lab: Lab;
  readonly dir: string;
  readonly sampler: Sampler;
  /** All that was ever printed. */
  readonly said: string[];
}

async function writePrivate(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(path, text, { mode: 0o600 });
}

/** Gives sudo on a host a password that it asks for; only the hash ever reaches the host. */
async function setSudoPassword(lab: Lab, host: string): Promise<void> {
  const { stdout } = await attempt(["openssl", "passwd", "-6", "-stdin"], {
    to: "hash a password",
    stdin: `${SUDO[host]}\n`,
  });
  await hf.root(lab, host, `usermod -p '${stdout.trim()}' asker && rm -f /etc/sudoers.d/zz-asker`);
}

/** An inventory of profile guide, the one with a password, whose sudo asks on every host. */
function inventoryWith(lab: Lab, dir: string, authPass: string): Promise<string> {
  const endpoint = hf.withEndpoint("profile: guide", `vrrp: { auth_pass: ${authPass} }`);
  return hf.editInventory(lab, "secret", (text) =>
    endpoint(text)
      .replace(/ansible_user: .*/, "ansible_user: asker")
      .replace(/(lb1: \{ .*) \}/, `$1, ansible_become_password: { env: ${SUDO_VARIABLE} } }`)
      .replace(/(lb2: \{ .*) \}/, `$1, ansible_become_pass: { file: ${dir}/sudo2 } }`));
}

/** Starts a command as its user does, with secrets in variables, under the eyes of the sampler. */
function start({ dir, said }: Scene, words: readonly string[]) {
  const named = Deno.readTextFileSync(words[1] ?? "").includes(PASS_VARIABLE);
  const wants = {
    env: [],
    programs: [`${dir}/give-pass`],
    writes: ["plan", ...REPORTS].map((name) => `${dir}/${name}`),
  };
  const env = {
    PATH: `${dir}/bin:${Deno.env.get("PATH")}`,
    // A variable that the inventory does not name is none of the product's business.
    ...(named ? { [PASS_VARIABLE]: PASS.env } : {}),
    [SUDO_VARIABLE]: SUDO["lb1"] ?? "",
  };
  const { child, done } = hf.spawn(denoArgs(words[0] ?? "", "cli.ts", words, wants), env);
  const heard = done.then((run) => {
    said.push(run.stdout, run.stderr);
    assertEquals(found(ALL, run.stdout + run.stderr), [], words.join(" "));
    return run;
  });
  return { child, done: heard };
}

function run(scene: Scene, ...words: readonly string[]): Promise<hf.Run> {
  return start(scene, words).done;
}

/** Daemons that refuse a configuration and repeat all of it, as it is and encoded. */
const TALKATIVE = `cat > /usr/local/sbin/keepalived <<'END'
#!/bin/sh
for last; do :; done
[ -f "$last" ] || exec /usr/sbin/keepalived "$@"
grep -n auth_pass "$last"; base64 "$last"; od -An -tx1 "$last"
exit 1
END
chmod 755 /usr/local/sbin/keepalived`;
const QUIET = "rm -f /usr/local/sbin/keepalived";

/** One host alone gets no other password while the service stands: it lies still. */
async function lieStill(lab: Lab): Promise<void> {
  for (const { name } of lab.hosts) await hf.root(lab, name, "systemctl stop keepalived || :");
}

Deno.test({
  name: "no secret is anywhere but where it belongs",
  ignore,
  fn: (t) =>
    withLab("secret", async (lab) => {
      const dir = `${lab.stateDir}/secrets`;
      const stamp = `${lab.stateDir}/stamp`;
      await Deno.mkdir(dir, { mode: 0o700 });
      await Deno.writeTextFile(stamp, "");
      // Clocks of files tick slowly: what is written at once would not be newer.
      await Deno.utime(stamp, Date.now() / 1000 - 2, Date.now() / 1000 - 2);
      await writePrivate(`${dir}/pass`, `${PASS.file}\n`);
      await writePrivate(`${dir}/source`, `${PASS.command}\n`);
      await writePrivate(`${dir}/sudo2`, `${SUDO["lb2"]}\n`);
      const give = `#!/bin/sh\nexec cat '${dir}/source'\n`;
      await Deno.writeTextFile(`${dir}/give-pass`, give, { mode: 0o755 });
      await watchSsh(dir);
      for (const { name } of lab.hosts) await setSudoPassword(lab, name);
      for (const { name } of lab.hosts) await watchHost(lab, name);
      const sampler = new Sampler([PASS_VARIABLE, SUDO_VARIABLE]);
      const scene: Scene = { lab, dir, sampler, said: [] };

      await t.step("the sampler sees processes of this machine and of a host", async () => {
        const sampler = new Sampler();
        const [here, there, variable] = [canary(20), canary(20), canary(20)];
        const go = "/run/sampled";
        const wait = `while [ ! -e ${go} ]; do sleep 0.2; done`;
        const child = new Deno.Command("sh", {
          args: ["-c", `read -r go; : ${here}`],
          env: { CONTROL: variable },
          stdin: "piped",
        }).spawn();
        const onHost = hf.root(lab, "lb1", `touch ${go}-begun; ${wait}; : ${there}`);
        await hf.eventually("the host's process runs", async () =>
          (await hf.root(lab, "lb1", "ls /run")).includes("sampled-begun"));
        // However slow this machine is: it looks while both are there.
        await sampler.looks(12);
        await hf.root(lab, "lb1", `touch ${go}`);
        await onHost;
        await child.stdin.close();
        await child.status;
        assertEquals(found([here, there, variable], await sampler.end()), [here, there, variable]);
      });

      await t.step("from a variable: check, the first apply, and verify", async () => {
        const inventory = await inventoryWith(lab, dir, `{ env: ${PASS_VARIABLE} }`);
        const check = await run(scene, "check", inventory);
        hf.assertExit(check, 2);
        assertMatch(check.stdout, /auth_pass \[secret\]/);
        hf.assertExit(await run(scene, "apply", inventory, "--diff", "--json"), 0);
        hf.assertExit(await run(scene, "verify", inventory), 0);
        const again = await run(scene, "apply", inventory, "--json");
        hf.assertExit(again, 0);
        assertEquals(hf.tasksOf(again, "changed"), []);
      });

      await t.step("from a file: a change, and what stood there before", async () => {
        const inventory = await inventoryWith(lab, dir, `{ file: ${dir}/pass }`);
        const check = await run(scene, "check", inventory);
        assertMatch(check.stdout, /-.*auth_pass \[another secret\]\n\+.*auth_pass \[secret\]/);
        hf.assertExit(await run(scene, "apply", inventory, "--diff"), 0);
        await hf.root(
          lab,
          "lb1",
          `sed -i 's/auth_pass .*/auth_pass  1111/' /etc/keepalived/keepalived.conf`,
        );
        const drift = await run(scene, "check", inventory);
        assertMatch(drift.stdout, /-.*auth_pass {2}\[another secret\]\n/);
        assert(!drift.stdout.includes("1111"));
        hf.assertExit(await run(scene, "apply", inventory), 0);
      });

      await t.step("in a saved plan, and when it is applied", async () => {
        const inventory = await inventoryWith(lab, dir, `{ env: ${PASS_VARIABLE} }`);
        hf.assertExit(await run(scene, "check", inventory, "--out", `${dir}/plan`), 2);
        // Names where the password comes from, and so it is given to the run.
        assertEquals(found(ALL, await Deno.readTextFile(`${dir}/plan`)), []);
        hf.assertExit(await run(scene, "apply", `${dir}/plan`, "--diff"), 0);
      });

      await t.step("a daemon that refuses a file and repeats all of it", async () => {
        const inventory = await inventoryWith(lab, dir, `{ command: [${dir}/give-pass] }`);
        await lieStill(lab);
        await hf.root(lab, "lb1", TALKATIVE);
        const reports = [`junit:${dir}/${REPORTS[0]}`, `jsonl:${dir}/${REPORTS[1]}`, "github"]
          .flatMap((report) => ["--report", report]);
        for (const flags of [["--diff", ...reports], ["--json"]]) {
          const failed = await run(scene, "apply", inventory, "--limit", "lb1", ...flags);
          hf.assertExit(failed, 3);
          assertMatch(failed.stdout, /\[secret\]/);
        }
        for (const name of REPORTS) {
          assertMatch(await Deno.readTextFile(`${dir}/${name}`), /auth_pass|\[secret\]/);
        }
        await hf.root(lab, "lb1", QUIET);
      });

      await t.step("from a program: Ctrl-C in the middle, and then the end", async () => {
        const inventory = await inventoryWith(lab, dir, `{ command: [${dir}/give-pass] }`);
        const slow = TALKATIVE.replace(
          /^grep -n.*\nexit 1$/m,
          'touch /run/waits; sleep 4; exec /usr/sbin/keepalived "$@"',
        );
        await hf.root(lab, "lb1", slow);
        const { child, done } = start(scene, ["apply", inventory, "--diff"]);
        const waits = () =>
          hf.root(lab, "lb1", "ls /run").then((said) => said.includes("waits"));
        await hf.eventually("the test of the files", waits, 30_000);
        child.kill("SIGINT");
        hf.assertExit(await done, 130);
        await hf.root(lab, "lb1", QUIET);
        hf.assertExit(await run(scene, "apply", inventory, "--json"), 0);
      });

      await t.step("a password that sudo does not take", async () => {
        const inventory = await inventoryWith(lab, dir, `{ env: ${PASS_VARIABLE} }`);
        await hf.root(lab, "lb2", "usermod -p '!' asker");
        const refused = await run(scene, "check", inventory);
        hf.assertExit(refused, 4);
        assertMatch(refused.stdout, /sudo did not take the password/);
        await setSudoPassword(lab, "lb2");
      });

      await t.step("nothing that was started saw one", async () => {
        assertEquals(
          found(ALL, await scene.sampler.end()),
          [],
          "processes of this machine and its hosts",
        );
        const ssh = await Deno.readTextFile(`${dir}/ssh.log`);
        assertMatch(ssh, /sudo -S .*\0PATH=/s);
        assertEquals(found(ALL, ssh), [], "arguments and variables of ssh");
        for (const { name } of lab.hosts) {
          const heard = await heardOn(lab, name);
          assertMatch(heard, /mktemp\0.*keepalived/);
          assertEquals(found(ALL, heard), [], `arguments and variables on ${name}`);
        }
      });

      await t.step("no file of this machine holds one but those that it came from", async () => {
        const folders = ["/tmp", "/var/tmp", "/dev/shm", "/run", lab.stateDir];
        // Disks of the hosts lie below the lab's folder: they are looked at from within.
        const files = (await writtenSince(stamp, folders))
          .filter((path) => !path.startsWith(`${lab.stateDir}/hosts/`));
        const sources = ["pass", "source", "sudo2"].map((name) => `${dir}/${name}`);
        assertEquals(holding(ALL, files).toSorted(), sources);
      });

      await t.step(
        "no file of a host holds one but the configuration and its way back",
        async () => {
          for (const { name } of lab.hosts) {
            const root = await rootOf(lab, name);
            const folders = ["/", "/run", "/tmp", "/dev/shm", "/var/tmp"].map((path) =>
              root + path
            );
            const files = await writtenSince(stamp, folders);
            const where = [
              ...new Set(
                holding(ALL, files).map((path) => path.replace(/^\/proc\/\d+\/root\/*/, "/")),
              ),
            ];
            const kept = where.filter((path) => OLD_FILE.test(path));
            assertEquals(where.filter((path) => !kept.includes(path)), [CONFIGURATION], name);
            assert(kept.length > 0, `nothing on ${name} could go back to an old password`);
            const access = await hf.root(lab, name, `stat -c '%a %U:%G %n' ${STATE_DIR}`);
            assertEquals(access, `700 root:root ${STATE_DIR}\n`);
            const journal = await hf.root(lab, name, "journalctl --no-pager -o export");
            assertMatch(journal, /COMMAND=|sudo/);
            assertEquals(found(ALL, journal), [], `journal of ${name}`);
          }
        },
      );
    }),
});
