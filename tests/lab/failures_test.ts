import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Lab, powerOff, powerOn } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const FILES = "files haproxy and keepalived";
const SET = "/etc/haproxy/haproxy.cfg /etc/keepalived/keepalived.conf";

/** What apply is to say of lb1, which alone is in trouble. */
interface Trouble {
  readonly code: number;
  readonly task: string;
  readonly says: RegExp;
  readonly flags?: readonly string[];
  readonly stdin?: string;
}

/** Applies while lb1 is in trouble: it is named with its reason, and lb2 is still brought to an end. */
async function assertTrouble(lab: Lab, inventory: string, trouble: Trouble): Promise<void> {
  const { code, task, says, ...options } = trouble;
  await hf.root(lab, "lb2", "chmod 0600 /etc/haproxy/kube-ca.crt");
  const run = await hf.holdfast("apply", inventory, options);
  hf.assertExit(run, code);
  const [error, ...more] = hf.errorsOf(run);
  assertEquals(more, []);
  assertEquals([error?.host, error?.task], ["lb1", task]);
  assertMatch(error?.text ?? "", /^Cannot .*"lb1"/);
  assertMatch(error?.text ?? "", says);
  assert(hf.tasksOf(run, "changed").includes(`lb2 ${FILES}`), "lb2 was not finished");
  assertEquals(await hf.root(lab, "lb2", "stat -c %a /etc/haproxy/kube-ca.crt"), "644\n");
  assertEquals(await hf.litter(lab, "lb2"), "");
}

/** Does something while a host is not as it should be, then puts it right again. */
async function meanwhile(lab: Lab, wrong: string, right: string, act: () => Promise<void>) {
  await hf.root(lab, "lb1", wrong);
  try {
    await act();
  } finally {
    await hf.root(lab, "lb1", right);
  }
}

let edition = 10;
/** An inventory that asks for a change of haproxy.cfg on both hosts, another one at every call. */
function changed(lab: Lab): Promise<string> {
  const lines = [`haproxy: { client_timeout: ${edition++}m }`];
  return hf.editInventory(lab, `changed-${edition}`, hf.withEndpoint(...lines));
}

/** Puts a haproxy before the real one that refuses every configuration; the running one is not touched. */
const REFUSING = `cat > /usr/local/sbin/haproxy <<'END'
#!/bin/sh
case " $* " in *" -c "*) echo "[ALERT] moon phase is wrong" >&2; exit 1 ;; esac
exec /usr/sbin/haproxy "$@"
END
chmod 755 /usr/local/sbin/haproxy`;

/** Gives /etc/haproxy a small disk of its own, with the files that were there and no room for more. */
const NO_ROOM = `cp -a /etc/haproxy /root/kept && mount -t tmpfs -o size=64k none /etc/haproxy &&
cp -a /root/kept/. /etc/haproxy/ && ! dd if=/dev/zero of=/etc/haproxy/filler bs=1k 2>/dev/null`;

Deno.test({
  name: "apply says which host failed, where and why, and finishes the other one",
  ignore,
  fn: (t) =>
    withLab("fail", async (lab) => {
      const { inventoryFile } = lab;
      hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);

      await t.step("a host key that is not the known one", async () => {
        const wrong = `${lab.stateDir}/wrong_hosts`;
        const known = (await Deno.readTextFile(lab.knownHostsFile)).split("\n");
        const [one, two] = lab.hosts.map(({ address }) => address);
        const key = known.find((line) => line.startsWith(`${two} `))?.slice(two?.length ?? 0);
        const swapped = known.map((line) => line.startsWith(`${one} `) ? `${one}${key}` : line);
        await Deno.writeTextFile(wrong, swapped.join("\n"));
        const inventory = await hf.editInventory(
          lab,
          "wrong-key",
          (text) => text.replace(lab.knownHostsFile, wrong),
        );
        await assertTrouble(lab, inventory, {
          code: 4,
          task: "connect",
          says: /its host key has changed.* ssh-keygen -f \S+wrong_hosts -R/,
        });
      });

      await t.step("sudo that asks, without a password for it", async () => {
        await hf.root(lab, "lb2", "echo 'asker ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/zz-asker");
        const flags = ["-u", "asker"];
        await assertTrouble(lab, inventoryFile, {
          code: 4,
          task: "connect",
          says: /sudo asks for a password: add -K/,
          flags,
        });
      });

      await t.step("sudo that asks, with a wrong password for it", async () => {
        await assertTrouble(lab, inventoryFile, {
          code: 4,
          task: "connect",
          says: /sudo did not take the password/,
          flags: ["-u", "asker", "-K"],
          stdin: "not-the-password\n",
        });
      });

      await t.step("sudo that asks, with its password from standard input", async () => {
        const run = await hf.holdfast("apply", inventoryFile, {
          flags: ["-u", "asker", "-K"],
          stdin: "asker-pass\n",
        });
        hf.assertExit(run, 0);
        assertEquals(`${run.stdout}${run.stderr}`.includes("asker-pass"), false);
      });

      await t.step("a package that cannot be had", async () => {
        const wrong =
          `apt-get -q -y purge curl && mkdir /root/apt && mv /var/lib/apt/lists /root/apt/
mv /etc/apt/sources.list* /root/apt/ && mkdir /etc/apt/sources.list.d`;
        const right = `rm -rf /var/lib/apt/lists /etc/apt/sources.list.d
mv /root/apt/lists /var/lib/apt/ && mv /root/apt/sources.list* /etc/apt/`;
        await meanwhile(lab, wrong, right, () =>
          assertTrouble(lab, inventoryFile, {
            code: 3,
            task: "packages haproxy, keepalived, curl",
            says:
              /^Cannot install curl on "lb1": [^]*E: Package 'curl' has no installation candidate|Unable to locate package curl/,
          }));
        hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
      });

      await t.step("a daemon that refuses its configuration keeps both old files", async () => {
        const inventory = await changed(lab);
        const look = `sha256sum ${SET}; stat -c '%y %i' ${SET}`;
        const before = await hf.root(lab, "lb1", look);
        await meanwhile(lab, REFUSING, "rm /usr/local/sbin/haproxy", () =>
          assertTrouble(lab, inventory, {
            code: 3,
            task: FILES,
            says: /haproxy -c refuses it:[^]*moon phase is wrong/,
          }));
        assertEquals(await hf.root(lab, "lb1", look), before);
        assertEquals(await hf.litter(lab, "lb1"), "");
        hf.assertExit(await hf.holdfast("apply", inventory), 0);
      });

      await t.step("a full disk keeps the old file and holds no part of the new one", async () => {
        const inventory = await changed(lab);
        const look = "sha256sum /etc/haproxy/haproxy.cfg; ls -A /etc/haproxy";
        await meanwhile(lab, NO_ROOM, "umount /etc/haproxy && rm -r /root/kept", async () => {
          const before = await hf.root(lab, "lb1", look);
          await assertTrouble(lab, inventory, {
            code: 3,
            task: FILES,
            says: /cannot write \/etc\/haproxy\/haproxy\.cfg: .*disk full/,
          });
          assertEquals(await hf.root(lab, "lb1", look), before);
          assertEquals(await hf.litter(lab, "lb1"), "");
        });
        hf.assertExit(await hf.holdfast("apply", inventory), 0);
      });

      await t.step("the report for people says the same sentence", async () => {
        const inventory = await changed(lab);
        await meanwhile(lab, REFUSING, "rm /usr/local/sbin/haproxy", async () => {
          const { code, stdout } = await hf.holdfast("apply", inventory, { human: true });
          assertEquals(code, 3);
          assertMatch(stdout, /Cannot .*"lb1": [^]*moon phase is wrong/);
          assertMatch(stdout, /^lb1 : ok=\d+ changed=\d+ unreachable=0 failed=1 skipped=\d+$/m);
          assertMatch(stdout, /^lb2 : ok=\d+ changed=\d+ unreachable=0 failed=0 skipped=0$/m);
        });
        hf.assertExit(await hf.holdfast("apply", inventory), 0);
      });

      await t.step("a login that prints noise does not disturb an apply", async () => {
        const noisy = `cp /home/deploy/.bashrc /root/bashrc
printf 'echo "noise {\\"on\\": 1}"\\necho grumble >&2\\n' | cat - /root/bashrc > /home/deploy/.bashrc
echo 'Authorized personnel only' | tee /etc/motd > /etc/issue.net
echo 'Banner /etc/issue.net' > /etc/ssh/sshd_config.d/banner.conf && systemctl reload ssh`;
        const quiet = `cat /root/bashrc > /home/deploy/.bashrc
rm /etc/ssh/sshd_config.d/banner.conf && systemctl reload ssh`;
        const inventory = await changed(lab);
        await hf.root(lab, "lb1", noisy);
        const run = await hf.holdfast("apply", inventory);
        hf.assertExit(run, 0);
        assert(hf.tasksOf(run, "changed").includes("lb1 handler reload haproxy"));
        await hf.assertConverged(inventory);
        const { stdout } = await hf.holdfast("verify", inventory, { human: true });
        assertEquals(/noise|grumble|Authorized/.test(stdout), false);
        const login = await hf.root(lab, "lb1", "true").catch(() =>
          ""
        );
        assertMatch(login, /noise/, "the login is not noisy, so that nothing was tried");
        await hf.root(lab, "lb1", quiet);
      });

      await t.step("a host without power, and no host with power", async () => {
        await powerOff(lab, "lb1");
        const says = /the connection timed out|there is no route to it/;
        await assertTrouble(lab, inventoryFile, { code: 4, task: "connect", says });
        await hf.eventually("an answer", async () =>
          await hf.throughVip(lab) === 200);
        await powerOff(lab, "lb2");
        const run = await hf.holdfast("apply", inventoryFile);
        hf.assertExit(run, 4);
        assertEquals(hf.errorsOf(run).map(({ host }) => host).sort(), ["lb1", "lb2"]);
        assertEquals(hf.checksOf(run), ["skipped no host answered"]);
        for (const { name } of lab.hosts) await powerOn(lab, name);
        hf.assertExit(await hf.holdfast("verify", inventoryFile, { flags: ["--wait", "20s"] }), 0);
        hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
        await hf.assertConverged(inventoryFile);
      });
    }),
});
