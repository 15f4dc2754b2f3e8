import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { TaskError } from "../../src/errors.ts";
import type { Change } from "../../src/model.ts";
import { lockFunctions, LOCKS } from "../../src/packages/lock.ts";
import { factsScript, parseFacts } from "../../src/runner/facts.ts";
import { packages, type PackagesArgs } from "../../tasks/packages.ts";
import { availablePackages } from "../../src/endpoint/preflight/packages.ts";
import { endpoint, member } from "../endpoint/fixtures.ts";
import { plan } from "../tasks/cases.ts";
import { type Real, Sandbox, unavailable } from "./sandbox.ts";

const ignore = unavailable();

const NAMES = ["haproxy", "keepalived", "curl"];
const wish = (args: Partial<PackagesArgs> = {}) => packages({ names: NAMES, ...args });

/** What a task would do, by its summaries. */
async function planned(box: Sandbox, args: Partial<PackagesArgs>): Promise<readonly Change[]> {
  const task = wish(args);
  return plan({ task, seen: await box.must(task.probe) });
}

/** Makes a task true, and gives what was done. */
async function applied(box: Sandbox, args: Partial<PackagesArgs>): Promise<string[]> {
  const changes = await planned(box, args);
  for (const change of changes) {
    assert(change.kind === "run");
    await box.must(change.script);
  }
  assertEquals(await planned(box, args), [], "what was made true is true");
  return changes.map(({ summary }) => summary);
}

/** The error that a plan ends with. */
async function refused(box: Sandbox, args: Partial<PackagesArgs>): Promise<string> {
  const task = wish(args);
  const seen = await box.must(task.probe);
  return assertThrows(() => plan({ task, seen }), TaskError).message;
}

const version = (box: Sandbox) => box.must("rpm -q --qf '%{VERSION}' haproxy");

/** What the preflight says of a pin, `severity message` each, and what asking has written. */
async function preflight(box: Sandbox, haproxy: string) {
  const one = availablePackages(
    endpoint({
      packages: { versions: { haproxy }, lockTimeoutMs: 0 },
      members: [member("lb1", "")],
    }),
  );
  const known = parseFacts(await box.must(factsScript(NAMES)));
  let stdout = "";
  const files = await written(box, async () => {
    stdout = await box.must(one.probe?.("lb1", new Map()) ?? "false");
  });
  assertEquals(files, "");
  const answer = { code: 0, stdout, stderr: "", askedAt: 0, answeredAt: 0 };
  return one.judge(new Map([["lb1", answer]]), new Map([["lb1", known]])).findings
    .map(({ severity, message }) => `${severity} ${message}`);
}

/** What it says of a pin that nothing is for. */
const REFUSED = "error haproxy 9.* cannot be installed: it is offered 2.8.3-1, 2.6.12-1, 2.4.22-1";

/** Files that have changed while something was done; the map of rpm's database is written by readers. */
async function written(box: Sandbox, work: () => Promise<void>): Promise<string> {
  await box.must("touch /tmp/mark; sleep 1.1");
  await work();
  return await box.must(
    "find /etc /run /usr /var/cache /var/lib/rpm /var/lib/dnf /var/lib/zypp /var/log /var/tmp " +
      "-newer /tmp/mark ! -name rpmdb.sqlite-shm ! -path /run ! -path /var/tmp 2>/dev/null || :",
  );
}

const READ: Readonly<Record<Real, string>> = {
  dnf: "dnf -q makecache",
  zypper: "zypper -n -q refresh",
};

for (const manager of ["dnf", "zypper"] as const) {
  Deno.test({
    name: `packages() with real ${manager}`,
    ignore,
    fn: async (t) => {
      await using box = await Sandbox.open(manager);
      const facts = async (fetchLists: boolean) =>
        parseFacts(await box.must(factsScript(NAMES, { fetchLists })));

      await t.step("a look without lists leaves nothing, and knows no version", async () => {
        const files = await written(box, async () => {
          const [change] = await planned(box, { versions: { haproxy: "2.6.*" } });
          assertEquals(change?.summary, "install haproxy 2.6.*, keepalived, curl");
          assertEquals((await facts(false)).packages, {});
        });
        assertEquals(files, "");
      });

      await t.step("facts read lists into a folder that is gone again", async () => {
        const files = await written(box, async () => {
          const { packageManager, os, packages } = await facts(true);
          assertEquals(packageManager, manager);
          assertEquals(os.id, manager === "dnf" ? "rocky" : "opensuse-leap");
          assertEquals(packages["haproxy"], { candidate: "2.8.3-1" });
          assertEquals(packages["keepalived"], { candidate: "1:2.2.8-3" });
        });
        assertEquals(files, "");
      });

      const unread = (names: string) =>
        `note whether ${names} can be installed: its package lists are not read yet`;

      await t.step("the preflight reads lists for a pin, and leaves nothing", async () => {
        assertEquals(await preflight(box, "9.*"), [REFUSED, unread("keepalived")]);
        assertEquals(await preflight(box, "2.6.*"), [unread("keepalived")]);
      });

      await t.step("the preflight knows a host without a repository", async () => {
        const folder = manager === "dnf" ? "/etc/yum.repos.d" : "/etc/zypp/repos.d";
        await box.must(`sed -i.away 's/^\\[.*/&\\nenabled=0/; /^enabled=1/d' ${folder}/*.repo`);
        assertEquals(await preflight(box, "2.6.*"), [
          "error haproxy 2.6.* and keepalived cannot be installed: " +
          `${manager} has no repository that is enabled`,
        ]);
        await box.must(`for it in ${folder}/*.away; do mv "$it" "\${it%.away}"; done`);
      });

      await t.step("the host finds the version where it had no lists", async () => {
        assertEquals(await applied(box, { versions: { haproxy: "2.6.*", keepalived: "2.2.*" } }), [
          "install haproxy 2.6.*, keepalived 2.2.*, curl",
        ]);
        assertEquals(await version(box), "2.6.12");
        // It stands in for curl, and the two cannot be installed together.
        assertStringIncludes(await box.must("rpm -qa"), "curl-minimal");
        assertEquals((await facts(false)).packages["haproxy"], { installed: "2.6.12-1" });
        assertEquals((await facts(false)).packages["keepalived"], { installed: "1:2.2.8-3" });
      });

      await t.step("a look with lists leaves nothing either, and knows the version", async () => {
        await box.must(READ[manager]);
        const files = await written(box, async () => {
          const [change] = await planned(box, { versions: { haproxy: "2.4.*" } });
          assertEquals(change?.summary, "install haproxy 2.4.22-1 (was 2.6.12-1)");
        });
        assertEquals(files, "");
      });

      await t.step("an older version, and a newer one", async () => {
        await applied(box, { versions: { haproxy: "2.4.*" } });
        assertEquals(await version(box), "2.4.22");
        assertEquals(await applied(box, { versions: { haproxy: "2.8.3-1" } }), [
          "install haproxy 2.8.3-1 (was 2.4.22-1)",
        ]);
        assertEquals(await version(box), "2.8.3");
      });

      await t.step("a version that nobody offers", async () => {
        assertEquals(await preflight(box, "9.*"), [REFUSED]);
        assertEquals(await preflight(box, "2.8.3-1"), []);
        assertEquals(
          await refused(box, { versions: { haproxy: "9.*" } }),
          "Cannot install haproxy 9.*: the host is offered 2.8.3-1, 2.6.12-1, 2.4.22-1; ask for one " +
            `of them, or give it a source that has another and type "${
              manager === "dnf" ? "dnf makecache --refresh" : "zypper refresh"
            }" there`,
        );
        await box.must("mv /var/cache /var/cache.away");
        const [change] = await planned(box, { versions: { haproxy: "9.*" } });
        assert(change?.kind === "run");
        const { code, stderr } = await box.run(change.script);
        assertEquals(code, 1);
        assertMatch(
          stderr,
          /no version of haproxy that is offered is 9\.\*; offered are: 2\.8\.3-1 2\.6\.12-1 2\.4\.22-1/,
        );
        await box.must("rm -rf /var/cache; mv /var/cache.away /var/cache");
      });

      await t.step(
        "a package on hold stays, changes when it shall, and is held again",
        async () => {
          const hold = { haproxy: true };
          assertEquals(await applied(box, { hold }), ["hold haproxy"]);
          const upgrade = manager === "dnf"
            ? "dnf -q -y install haproxy-2.4.22-1"
            : "zypper -n -q install --oldpackage haproxy=2.4.22-1";
          await box.run(upgrade);
          assertEquals(await version(box), "2.8.3", "the manager itself takes it for held");
          assertStringIncludes(
            await refused(box, { versions: { haproxy: "2.6.*" } }),
            "Cannot install haproxy 2.6.*: somebody has put haproxy on hold at 2.8.3-1; type " +
              `"${
                manager === "dnf" ? "dnf versionlock delete haproxy" : "zypper removelock haproxy"
              }" there`,
          );
          await applied(box, { hold, versions: { haproxy: "2.6.*" } });
          assertEquals(await version(box), "2.6.12");
          await box.run(upgrade);
          assertEquals(await version(box), "2.6.12", "it is held at its new version");
          assertEquals(await applied(box, { hold: { haproxy: false } }), ["let go of haproxy"]);
          await box.must(upgrade);
          assertEquals(await version(box), "2.4.22");
        },
      );

      await t.step("what is held can be let go by the undo", async () => {
        const [change] = await planned(box, { hold: { haproxy: true } });
        assert(change?.kind === "run");
        await box.must(change.script);
        await box.must(change.undo ?? "false");
        assertEquals((await planned(box, { hold: { haproxy: true } })).length, 1);
      });

      await t.step("lists that have grown old are read anew", async () => {
        await box.must(`set -e
sed -i 's/^Made up/Built anew/' /srv/haproxy.spec
rpmbuild -bb --quiet --define '_topdir /tmp/rpmbuild' --define '_rpmdir /srv/repo' /srv/haproxy.spec
createrepo_c -q /srv/repo`);
        await applied(box, { versions: { haproxy: "2.8.*" } });
        assertEquals(await version(box), "2.8.3");
      });

      await t.step("who has a lock is named after the limit", async () => {
        const [change] = await planned(box, { versions: { haproxy: "2.4.*" }, lockSeconds: 1 });
        assert(change?.kind === "run");
        for (const [path, holder] of locked(manager)) {
          const { code, stderr } = await box.run(
            `mkdir -p ${path.replace(/[^/]*$/, "")}; ${holder} & holder=$!
for turn in $(seq 50); do [ -s /tmp/held ] || sleep 0.1; done; rm /tmp/held || exit 1
( ${change.script}
)
code=$?; kill $holder; wait $holder 2>/dev/null; [ ${path} = ${
              LOCKS[manager].files[1]
            } ] || rm -f ${path}; exit $code`,
          );
          assertEquals(code, 75, path);
          assertMatch(
            stderr,
            new RegExp(`^process \\d+ \\(.*\\), which .*, has the lock ${path}, .* for 1 s\\.`),
          );
        }
        assertEquals(await version(box), "2.8.3");
      });

      await t.step("a number of a process that is gone is no lock", async () => {
        const [pid] = LOCKS[manager].pids;
        const text = lockFunctions(LOCKS[manager], 0).text;
        await box.must(`printf 4194303 >${pid}\n${text}\nawait_lock; rm ${pid}`);
      });

      await t.step("a package in two versions is not taken for installed", async () => {
        await box.must(
          "rpm -i --justdb --force --nodeps /srv/repo/noarch/haproxy-2.4.22-1.noarch.rpm 2>/dev/null",
        );
        assertMatch(
          await refused(box, {}),
          /^Cannot take haproxy for installed: an interrupted installation has left it in several versions at once \(2\.4\.22-1, 2\.8\.3-1\); type "/,
        );
        if (manager === "dnf") {
          await box.must("dnf -q -y remove --duplicates haproxy");
          assertEquals(await planned(box, {}), []);
        }
      });
    },
  });
}

/** Every lock that a manager of this machine has, and how somebody holds it. */
function locked(manager: Real): [path: string, holder: string][] {
  // The third argument of fcntl has to be a variable.
  const perl =
    "use Fcntl; open(F, '+>>', $ARGV[0]); my $lock = pack('s s l! l! i', F_WRLCK, 0, 0, 0, 0); " +
    "fcntl(F, F_SETLK, $lock) or exit 1; open(H, '>', '/tmp/held'); print H 1; close H; sleep 60";
  const { files, pids } = LOCKS[manager];
  return [
    ...files.map((
      path,
    ): [string, string] => [path, `perl -e "${perl.replaceAll("$", "\\$")}" ${path}`]),
    ...pids.map((path): [string, string] => [
      path,
      `sh -c 'printf $$ >${path}; echo 1 >/tmp/held; exec sleep 60'`,
    ]),
  ];
}
