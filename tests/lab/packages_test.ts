import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { offer } from "./mirror.ts";

const ignore = await labAvailable() !== undefined;
const TASK = "packages haproxy, keepalived, curl";

// As apt and dpkg lock: with fcntl.
const HOLD = `cat >/root/hold.pl <<'END'
use Fcntl;
open(F, '+>>', $ARGV[0]);
my $lock = pack('s s l! l! i', F_WRLCK, 0, 0, 0, 0);
fcntl(F, F_SETLK, $lock) or exit 1;
sleep $ARGV[1];
END
`;

/** Has a process hold a lock for some seconds; gives the process. */
async function holdLock(lab: Lab, host: string, path: string, seconds: number): Promise<number> {
  const started = `${HOLD}perl /root/hold.pl ${path} ${seconds} >/dev/null 2>&1 & echo $!`;
  return Number(await hf.root(lab, host, started));
}

/** Version and state of the daemons' packages on a host. */
function versions(lab: Lab, host: string): Promise<string> {
  const format = "'${Package} ${Version} ${Status}\\n'";
  return hf.root(lab, host, `dpkg-query -W -f=${format} haproxy keepalived curl`);
}

/** How often systemd has begun to start each daemon since the boot. */
async function starts(lab: Lab, host: string): Promise<number[]> {
  const count = (unit: string) =>
    `journalctl -q -b --no-pager -o cat -u ${unit} | grep -c '^Starting ${unit}' || :`;
  const text = await hf.root(lab, host, `${count("haproxy")}\n${count("keepalived")}`);
  return text.trim().split("\n").map(Number);
}

/** The only error of a run. */
function errorOf(run: hf.Run): string {
  const [error, ...more] = hf.errorsOf(run);
  assertEquals(more, []);
  return error?.text ?? "";
}

const packages = (text: string) => hf.withEndpoint(`packages: { ${text} }`);

Deno.test({
  name: "packages are installed, finished, pinned and held, and no daemon moves unasked",
  ignore,
  fn: (t) =>
    withLab("packages", async (lab) => {
      const { inventoryFile } = lab;
      const base = await offer(lab, "lb1", "haproxy", "2.2.0-1~test");
      await offer(lab, "lb1", "keepalived", "1:2.1.1-1~test");

      await t.step("who holds the lock is named when the limit has passed", async () => {
        const path = await hf.editInventory(lab, "soon", packages("lock_timeout: 2s"));
        const pid = await holdLock(lab, "lb2", "/var/lib/dpkg/lock-frontend", 60);
        const run = await hf.holdfast("apply", path, { flags: ["--tags", "packages"] });
        hf.assertExit(run, 3);
        assertMatch(
          errorOf(run),
          new RegExp(
            `^Cannot install haproxy, keepalived, curl on "lb2": .*: process ${pid} ` +
              `\\(perl /root/hold.pl /var/lib/dpkg/lock-frontend 60\\), which runs since .* UTC, ` +
              `has the lock /var/lib/dpkg/lock-frontend, and was waited for 2 s. .*: kill ${pid}$`,
          ),
        );
        await hf.root(lab, "lb2", `kill ${pid}`);
        await hf.root(lab, "lb2", `! dpkg-query -W haproxy && ! systemctl -q is-enabled haproxy`);
      });

      await t.step("a lock that is given back is waited for", async () => {
        const pid = await holdLock(lab, "lb2", "/var/lib/apt/lists/lock", 4);
        const run = await hf.holdfast("apply", inventoryFile, { flags: ["--tags", "packages"] });
        hf.assertExit(run, 0);
        assertEquals(
          await hf.root(lab, "lb2", `kill -0 ${pid} 2>/dev/null || echo ended`),
          "ended\n",
        );
      });

      await t.step("an installation starts nothing", async () => {
        assertEquals(await starts(lab, "lb1"), [0, 0]);
        assertEquals(await starts(lab, "lb2"), [0, 0]);
        hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
        assertEquals(await starts(lab, "lb1"), [1, 1]);
        await hf.assertConverged(inventoryFile);
      });

      await t.step(
        "a version that nobody offers is an error that names what is offered",
        async () => {
          const path = await hf.editInventory(lab, "none", packages('haproxy: "9.*"'));
          const before = await versions(lab, "lb1");
          const check = await hf.holdfast("check", path, { flags: ["--limit", "lb1"] });
          const run = await hf.holdfast("apply", path, { flags: ["--limit", "lb1"] });
          hf.assertExit(run, 3);
          assertEquals(errorOf(run), errorOf(check));
          assertMatch(
            errorOf(run),
            /^Cannot begin on "lb1": haproxy 9\.\* cannot be installed: it is offered /,
          );
          assertStringIncludes(errorOf(run), base);
          assertStringIncludes(errorOf(run), "2.2.0-1~test");
          assertEquals(await versions(lab, "lb1"), before);
        },
      );

      const pinned = await hf.editInventory(
        lab,
        "pinned",
        packages('haproxy: "2.2.*", keepalived: "2.1.*", hold: true'),
      );
      await t.step(
        "another version of what runs on the holder is one start, by the play",
        async () => {
          const before = await starts(lab, "lb1");
          const check = await hf.holdfast("check", pinned, { flags: ["--limit", "lb1"] });
          const run = await hf.holdfast("apply", pinned, { flags: ["--limit", "lb1"] });
          hf.assertExit(run, 0);
          hf.assertForecast(check, run);
          assertEquals(hf.tasksOf(run, "changed"), [
            // What is rendered is for the version that will be there.
            "lb1 files haproxy and keepalived",
            "lb1 handler restart haproxy",
            "lb1 handler restart keepalived",
            `lb1 ${TASK}`,
          ]);
          assertEquals(await starts(lab, "lb1"), before.map((count) => count + 1));
          const now = await versions(lab, "lb1");
          assertStringIncludes(now, "haproxy 2.2.0-1~test hold ok installed");
          assertStringIncludes(now, "keepalived 1:2.1.1-1~test hold ok installed");
          assertMatch(now, /^curl \S+ install ok installed$/m);
          const again = await hf.holdfast("apply", pinned, { flags: ["--limit", "lb1"] });
          assertEquals([again.code, hf.tasksOf(again, "changed")], [0, []]);
          assertEquals(
            await hf.root(lab, "lb1", "ls /run/systemd/system | grep -v transient || :"),
            "",
          );
        },
      );

      await t.step("a package on hold goes to another version, and stays on hold", async () => {
        const path = await hf.editInventory(
          lab,
          "back",
          packages(`haproxy: "${base}", hold: true`),
        );
        const run = await hf.holdfast("apply", path, { flags: ["--limit", "lb1"] });
        hf.assertExit(run, 0);
        assertStringIncludes(await versions(lab, "lb1"), `haproxy ${base} hold ok installed`);
      });

      await t.step("a hold by hand is left alone, and is not gone over", async () => {
        hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
        const path = await hf.editInventory(lab, "mine", packages('haproxy: "2.2.*"'));
        const before = await versions(lab, "lb1");
        const run = await hf.holdfast("apply", path, { flags: ["--limit", "lb1"] });
        hf.assertExit(run, 3);
        assertMatch(
          errorOf(run),
          /somebody has put haproxy on hold at .* "apt-mark unhold haproxy"/,
        );
        assertEquals(await versions(lab, "lb1"), before);
      });

      await t.step("a hold is let go where the inventory says so", async () => {
        const path = await hf.editInventory(lab, "free", packages("hold: false"));
        const run = await hf.holdfast("apply", path);
        hf.assertExit(run, 0);
        assertEquals(hf.tasksOf(run, "changed"), [`lb1 ${TASK}`]);
        assertEquals((await versions(lab, "lb1")).includes("hold"), false);
      });

      await t.step("what an interrupted dpkg left is finished", async () => {
        const status = (name: string, word: string) =>
          `sed -i '/^Package: ${name}$/,/^Status:/s/^Status: .*/Status: ${word}/' /var/lib/dpkg/status`;
        await hf.root(
          lab,
          "lb1",
          // A record that was not merged yet, as a power cut leaves it.
          `dpkg -s curl | sed 's/^Status: .*/Status: install ok unpacked/' >/var/lib/dpkg/updates/0001
${status("keepalived", "install ok half-configured")}`,
        );
        await hf.root(lab, "lb2", status("haproxy", "install reinstreq half-installed"));
        const before = await starts(lab, "lb1");
        const check = await hf.holdfast("check", inventoryFile);
        hf.assertExit(check, 2);
        const run = await hf.holdfast("apply", inventoryFile);
        hf.assertExit(run, 0);
        hf.assertForecast(check, run);
        assertEquals(hf.changesOf(run).filter((line) => line.includes(TASK)), [
          `lb1 | ${TASK} | run | curl`,
          `lb1 | ${TASK} | run | keepalived`,
          `lb2 | ${TASK} | run | haproxy`,
        ]);
        for (const host of ["lb1", "lb2"]) {
          assertEquals((await versions(lab, host)).match(/install ok installed/g)?.length, 3);
          assertEquals(await hf.root(lab, host, "ls /var/lib/dpkg/updates; dpkg --audit"), "");
        }
        const [haproxy = 0, keepalived = 0] = before;
        assertEquals(await starts(lab, "lb1"), [haproxy, keepalived + 1]);
        await hf.assertConverged(inventoryFile);
        assert((await hf.holders(lab)).length === 1);
      });
    }),
});
