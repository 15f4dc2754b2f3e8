import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { packages, type PackagesArgs } from "../../tasks/packages.ts";
import { runSh } from "../helpers.ts";
import { cases, plan } from "./cases.ts";

const task = packages({ names: ["haproxy", "curl"] });
const half = "manager apt\ninstalled curl 7.88.1 install ok\nlists\nknown haproxy\n";

const daemons = (args: Partial<PackagesArgs>) =>
  packages({ names: ["haproxy", "curl"], services: ["haproxy"], ...args });
const pinned = daemons({ versions: { haproxy: "2.6.*" } });
const held = daemons({ hold: { haproxy: true } });
const loose = daemons({ hold: { haproxy: false } });
const both = daemons({ versions: { haproxy: "2.6.*" }, hold: { haproxy: true } });

/** What a host says of haproxy; curl is there. */
const says = (haproxy: string, ...more: readonly string[]) =>
  ["manager apt", haproxy, "installed curl 7.88.1 install ok", ...more].join("\n");
const offered = ["lists", "offered haproxy 3.0.1-1", "offered haproxy 2.6.12-1+deb12u2"]
  .concat(["offered haproxy 2.6.12-1"]);

cases("packages()", {
  "wants nothing when all are installed": {
    task,
    seen: says("installed haproxy 2.6.12-1 install ok"),
    changes: [],
  },
  "installs what is missing": { task, seen: half, changes: ["install haproxy"] },
  "takes a removed package with configuration left for missing": {
    task,
    seen: says("config-files haproxy 2.6.12-1 deinstall ok"),
    changes: ["install haproxy"],
  },
  "says which package managers it knows": {
    task,
    seen: "manager unknown\n",
    error: 'Cannot install haproxy, curl: the package manager is "unknown", supported: ' +
      "apt, dnf, zypper, apk",
  },
  "says what holding needs where the manager cannot": {
    task: held,
    seen: "manager dnf\ninstalled haproxy 2.6.12-1 install ok\n" +
      "installed curl 7.88.1-1 install ok\ncannot hold\n",
    error: "Cannot hold haproxy: dnf cannot hold packages on this host; type " +
      '"dnf install python3-dnf-plugin-versionlock" there',
  },
  "needs no holding where nothing shall be held": {
    task,
    seen: "manager dnf\ninstalled haproxy 2.6.12-1 install ok\n" +
      "installed curl 7.88.1-1 install ok\ncannot hold\n",
    changes: [],
  },
  "takes no package for installed that rpm has twice": {
    task,
    seen: "manager zypper\ndoubled haproxy 2.4.22-1 2.6.12-1\n" +
      "installed curl 7.88.1-1 install ok\n",
    error:
      "Cannot take haproxy for installed: an interrupted installation has left it in several " +
      'versions at once (2.4.22-1, 2.6.12-1); type "rpm -q haproxy; rpm -e --justdb ' +
      'haproxy-OLD_VERSION" there',
  },
  "finishes a package that was unpacked only": {
    task,
    seen: says("unpacked haproxy 2.6.12-1 install ok"),
    changes: ["finish the interrupted installation of haproxy"],
  },
  "finishes a package that is half configured": {
    task,
    seen: says("half-configured haproxy 2.6.12-1 install ok"),
    changes: ["finish the interrupted installation of haproxy"],
  },
  "finishes a package whose triggers have not run": {
    task,
    seen: says("triggers-pending haproxy 2.6.12-1 install ok"),
    changes: ["finish the interrupted installation of haproxy"],
  },
  "finishes a package that dpkg wants installed anew": {
    task,
    seen: says("installed haproxy 2.6.12-1 install reinstreq"),
    changes: ["finish the interrupted installation of haproxy"],
  },
  "finishes what dpkg began with others": {
    task,
    seen: says("installed haproxy 2.6.12-1 install ok", "journal"),
    changes: ["finish what an interrupted dpkg has begun"],
  },
  "finishes first, then installs": {
    task,
    seen: "manager apt\nhalf-installed curl 7.88.1 install reinstreq\nlists\nknown haproxy\n",
    changes: ["finish the interrupted installation of curl", "install haproxy"],
  },
  "leaves a version alone that the pattern means": {
    task: pinned,
    seen: says("installed haproxy 2.6.11-2 install ok"),
    changes: [],
  },
  "installs the best version that the pattern means": {
    task: pinned,
    seen: says("installed haproxy 2.4.0-1 install ok", ...offered),
    changes: ["install haproxy 2.6.12-1+deb12u2 (was 2.4.0-1)"],
  },
  "goes back to an older version": {
    task: pinned,
    seen: says("installed haproxy 3.0.1-1 install ok", ...offered),
    changes: ["install haproxy 2.6.12-1+deb12u2 (was 3.0.1-1)"],
  },
  "installs a missing package at its version": {
    task: pinned,
    seen: says("not-installed haproxy  unknown ok", "known haproxy", ...offered),
    changes: ["install haproxy 2.6.12-1+deb12u2"],
  },
  "lets the host find the version where it has no lists": {
    task: pinned,
    seen: says("not-installed haproxy  unknown ok"),
    changes: ["install haproxy 2.6.*"],
  },
  "names what is offered when the pattern means none of it": {
    task: daemons({ versions: { haproxy: "2.8.*" } }),
    seen: says("installed haproxy 2.6.12-1 install ok", ...offered),
    error: "Cannot install haproxy 2.8.*: the host is offered 3.0.1-1, 2.6.12-1+deb12u2, " +
      '2.6.12-1; ask for one of them, or give it a source that has another and type "apt-get ' +
      'update" there',
  },
  "holds": {
    task: held,
    seen: says("installed haproxy 2.6.12-1 install ok"),
    changes: ["hold haproxy"],
  },
  "wants nothing when it is held": {
    task: held,
    seen: says("installed haproxy 2.6.12-1 hold ok"),
    changes: [],
  },
  "holds what it installs": {
    task: held,
    seen: half,
    changes: ["install haproxy", "hold haproxy"],
  },
  "lets go": {
    task: loose,
    seen: says("installed haproxy 2.6.12-1 hold ok"),
    changes: ["let go of haproxy"],
  },
  "leaves a hold of somebody else's alone": {
    task: pinned,
    seen: says("installed haproxy 2.6.12-1 hold ok"),
    changes: [],
  },
  "does not go over a hold of somebody else's": {
    task: pinned,
    seen: says("installed haproxy 2.4.0-1 hold ok", ...offered),
    error: "Cannot install haproxy 2.6.*: somebody has put haproxy on hold at 2.4.0-1; type " +
      '"apt-mark unhold haproxy" there, or say "hold: true" or "hold: false" for it here',
  },
  "does not install over a hold of somebody else's": {
    task,
    seen: says("config-files haproxy 2.4.0-1 hold ok"),
    error: "Cannot install haproxy: somebody has put haproxy on hold; type " +
      '"apt-mark unhold haproxy" there, or say "hold: true" or "hold: false" for it here',
  },
  "changes the version of what it holds": {
    task: both,
    seen: says("installed haproxy 2.4.0-1 hold ok", ...offered),
    changes: ["install haproxy 2.6.12-1+deb12u2 (was 2.4.0-1)"],
  },
});

/** The one change of a plan. */
function only(one: Parameters<typeof plan>[0]) {
  const [change, ...more] = plan(one);
  assert(change?.kind === "run" && more.length === 0);
  return change;
}

Deno.test("packages() reads package lists first when a name is not in them", () => {
  const known = only({ task, seen: half }).script;
  const unknown = only({ task, seen: "manager apt\ninstalled curl 7.88.1\nlists\n" }).script;
  assertStringIncludes(unknown, "\nlists\nset --\n");
  assertStringIncludes(known, "\n:\nset --\n");
});

Deno.test("packages() lets dpkg finish when the controller goes away", () => {
  assertEquals(only({ task, seen: half }).finish, true);
  assertEquals(only({ task, seen: says("unpacked haproxy 1 install ok") }).finish, true);
});

Deno.test("packages() gives an older version only to what has to have it, and trusts no archive blindly", () => {
  const other = only({
    task: pinned,
    seen: says("installed haproxy 3.0.1-1 install ok", ...offered),
  });
  assertMatch(other.script, /--allow-downgrades install/);
  assertStringIncludes(
    other.script,
    "'haproxy=2.6.12-1+deb12u2'",
  );
  for (const { script } of [other, only({ task, seen: half })]) {
    assertEquals(script.includes("unauthenticated"), false);
  }
  assertEquals(only({ task, seen: half }).script.includes("downgrades"), false);
});

Deno.test("packages() marks another version of a daemon as felt, and restarts it by the play", () => {
  const seen = says("installed haproxy 2.4.0-1 install ok", ...offered);
  const { disrupts, notify } = only({ task: pinned, seen });
  assertEquals([disrupts, notify], [true, ["restart haproxy"]]);
  const plain = packages({ names: ["haproxy"], versions: { haproxy: "2.6.*" } });
  const { disrupts: felt, notify: none } = only({ task: plain, seen });
  assertEquals([felt, none], [undefined, []]);
  const first = only({ task: daemons({}), seen: half });
  assertEquals([first.disrupts, first.notify], [undefined, undefined]);
  const finished = only({ task: daemons({}), seen: says("half-configured haproxy 1 install ok") });
  assertEquals(finished.notify, ["restart haproxy"]);
});

Deno.test("packages() holds back the services of all that it touches", () => {
  const seen = says("installed haproxy 2.4.0-1 install ok", ...offered);
  for (const { script } of [only({ task: pinned, seen }), only({ task, seen: half })]) {
    assertMatch(script, /await_lock\nrelease\(\) .*\n.*\n.*unmask --runtime -- haproxy\.service/);
    assertStringIncludes(script, "mask --runtime -- haproxy.service");
  }
});

Deno.test("packages() changes what it holds without letting go, and holds it again", () => {
  const seen = says("installed haproxy 2.4.0-1 hold ok", ...offered);
  const { script } = only({ task: both, seen });
  assertStringIncludes(script, "--allow-change-held-packages");
  assertStringIncludes(script, "apt-mark -q hold -- haproxy");
  const free = only({ task: pinned, seen: seen.replace(" hold ok", " install ok") });
  assertEquals(free.script.includes("apt-mark"), false);
});

Deno.test("packages() takes a hold back, and a release", () => {
  const hold = only({ task: held, seen: says("installed haproxy 2.6.12-1 install ok") });
  assertMatch(hold.script, /apt-mark -q hold -- haproxy/);
  assertMatch(hold.undo ?? "", /apt-mark -q unhold -- haproxy/);
  const release = only({ task: loose, seen: says("installed haproxy 2.6.12-1 hold ok") });
  assertMatch(release.script, /apt-mark -q unhold -- haproxy/);
  assertMatch(release.undo ?? "", /apt-mark -q hold -- haproxy/);
});

Deno.test("packages() predicts the version that it is going to install", () => {
  const predicts = (seen: string) => {
    const world = {
      host: "lb1",
      facts: new Map(),
      predicted: { packages: [], users: [], paths: [] },
    };
    return pinned.plan({ code: 0, stdout: seen, stderr: "" }, world).predicts;
  };
  assertEquals(predicts(says("installed haproxy 2.4.0-1 install ok", ...offered)), {
    packages: [],
    versions: { haproxy: "2.6.12-1+deb12u2" },
  });
  assertEquals(predicts(says("not-installed haproxy  unknown ok")), {
    packages: ["haproxy"],
    versions: { haproxy: "" },
  });
});

Deno.test("packages() refuses a pattern that means more than a version", () => {
  for (const pattern of ["", "*", "2.6 *", "$(x)", "2;x", "2.[0-9]", "2|3", "-1", "2/sid"]) {
    assertThrows(
      () => packages({ names: ["haproxy"], versions: { haproxy: pattern } }),
      TypeError,
      "Cannot ask for haproxy",
    );
  }
});

Deno.test("packages() asks this machine and understands the answer", async () => {
  const here = packages({ names: ["dpkg", "no-such-package"] });
  const { stdout } = await runSh(here.probe);
  assertEquals(plan({ task: here, seen: stdout }).map(({ summary }) => summary), [
    "install no-such-package",
  ]);
  const same = packages({ names: ["dpkg"], versions: { dpkg: "1.*" } });
  assertEquals(plan({ task: same, seen: (await runSh(same.probe)).stdout }), []);
});

Deno.test("packages() says the same wish in the words of each manager", () => {
  const words = (manager: string) => {
    const seen = `manager ${manager}\nlists\ninstalled haproxy 2.4.0-1 hold ok\n` +
      "installed curl 7.88.1-1 install ok\noffered haproxy 2.6.12-1\n";
    return only({ task: both, seen }).script.split("\n").filter((line) =>
      /^install\(|2\.6\.12|versionlock|removelock|addlock/.test(line.trim())
    );
  };
  assertEquals(words("dnf"), [
    'lock() { get versionlock "$@" >/dev/null; }',
    'install() { get --setopt=install_weak_deps=False install -- "$@"; }',
    'set -- "$@" haproxy-2.6.12-1',
  ]);
  assertEquals(words("zypper"), [
    "  get addlock haproxy >/dev/null",
    "get removelock haproxy >/dev/null || exit",
    'install() { get install --no-recommends --auto-agree-with-licenses --oldpackage -- "$@"; }',
    `set -- "$@" 'haproxy=2.6.12-1'`,
  ]);
  assertEquals(words("apk"), ['install() { get add -- "$@"; }', `set -- "$@" 'haproxy=2.6.12-1'`]);
});
