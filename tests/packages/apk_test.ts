/**
 * apk is not to be had on Debian: what is said to it is tried with a stand-in that answers as its
 * manual and its source say. What it cannot show is written in docs/systems.md.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { TaskError } from "../../src/errors.ts";
import type { Change } from "../../src/model.ts";
import { factsScript, parseFacts } from "../../src/runner/facts.ts";
import { availablePackages } from "../../src/endpoint/preflight/packages.ts";
import { packages, type PackagesArgs } from "../../tasks/packages.ts";
import { endpoint, member } from "../endpoint/fixtures.ts";
import { runSh, withTempDir } from "../helpers.ts";
import { plan } from "../tasks/cases.ts";

const APK = `#!/bin/sh
# Packages in $ROOT/installed and $ROOT/offers, "NAME VERSION" a line, best last; constraints in world.
version_in() { sed -n "s/^$2 //p" "$ROOT/$1" | tail -n 1; }
put() {
  grep -v "^$2 " "$ROOT/$1" >"$ROOT/new"; echo "$2 $3" >>"$ROOT/new"; mv "$ROOT/new" "$ROOT/$1"
}
while :; do
  case $1 in -q) ;; --wait) shift ;; *) break ;; esac
  shift
done
verb=$1; shift
[ "$verb" != info ] || { [ "$1 $2" = "-e -v" ] || exit 9; shift 2; }
[ "$verb" = update ] || { [ "$1" = -- ] || exit 9; shift; }
echo "$verb $*" >>"$ROOT/log"
case $verb in
  info)
    version=$(version_in installed "$1")
    [ -n "$version" ] || exit 1
    echo "$1-$version" ;;
  policy)
    for name do
      grep -q "^$name " "$ROOT/offers" || continue
      echo "$name policy:"
      grep "^$name " "$ROOT/offers" | while read -r _ version tag; do
        echo "  $version:"
        [ "$version" != "$(version_in installed "$name")" ] || echo "    lib/apk/db/installed"
        echo "    \${tag:+$tag }https://mirror.example/alpine/v3.22/main"
      done
    done ;;
  update) mkdir -p "$ROOT/cache"; : >"$ROOT/cache/APKINDEX.1.tar.gz" ;;
  add)
    for spec do
      name=\${spec%%=*} version=
      case $spec in
        *=*) version=\${spec#*=}
          grep -q "^$name $version" "$ROOT/offers" || { echo "ERROR: unable to select packages: $spec" >&2; exit 1; } ;;
        *) version=$(version_in installed "$name"); version=\${version:-$(grep -v @ "$ROOT/offers" | sed -n "s/^$name //p" | tail -n 1)}
          [ -n "$version" ] || { echo "ERROR: unable to select packages: $name (no such package)" >&2; exit 1; } ;;
      esac
      put installed "$name" "$version"
      grep -v "^$name\\($\\|=\\)" "$ROOT/world" >"$ROOT/new"; echo "$spec" >>"$ROOT/new"; mv "$ROOT/new" "$ROOT/world"
    done ;;
esac
`;

const OFFERS = `haproxy 2.6.12-r0
haproxy 2.8.9-r0
haproxy 2.8.10-r1
haproxy 3.9.0-r0 @edge
keepalived 2.3.1-r0
curl 8.14.1-r2
`;

/** A host with that apk. */
class Alpine {
  constructor(readonly dir: string) {}

  async run(script: string) {
    const here = script.replaceAll("/etc/os-release", `${this.dir}/os-release`)
      .replaceAll("/etc/apk/repositories", `${this.dir}/repositories`)
      .replaceAll("/etc/apk/world", `${this.dir}/world`)
      .replaceAll("/var/cache/apk/", `${this.dir}/cache/`);
    return await runSh(`PATH=${this.dir}/bin:$PATH ROOT=${this.dir}; export ROOT\n${here}`);
  }

  async planned(args: Partial<PackagesArgs> = {}): Promise<readonly Change[]> {
    const task = packages({ names: ["haproxy", "keepalived", "curl"], ...args });
    return plan({ task, seen: (await this.run(task.probe)).stdout });
  }

  /** Makes it so, and gives what was done. */
  async applied(args: Partial<PackagesArgs> = {}): Promise<string[]> {
    const changes = await this.planned(args);
    for (const change of changes) {
      assert(change.kind === "run");
      const { code, stderr } = await this.run(change.script);
      assertEquals([code, stderr], [0, ""]);
    }
    assertEquals(await this.planned(args), []);
    return changes.map(({ summary }) => summary);
  }

  world(): Promise<string> {
    return Deno.readTextFile(`${this.dir}/world`);
  }
}

function onAlpine(work: (host: Alpine) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/bin`);
    await Deno.writeTextFile(`${dir}/bin/apk`, APK, { mode: 0o755 });
    await Deno.writeTextFile(`${dir}/os-release`, "ID=alpine\nVERSION_ID=3.22.0\n");
    await Deno.writeTextFile(`${dir}/offers`, OFFERS);
    await Deno.writeTextFile(`${dir}/installed`, "");
    await Deno.writeTextFile(
      `${dir}/repositories`,
      "https://mirror.example/alpine/v3.22/main\nhttps://mirror.example/alpine/v3.22/community\n",
    );
    await Deno.writeTextFile(`${dir}/world`, "alpine-base\n");
    await work(new Alpine(dir));
  });
}

Deno.test("packages() installs with apk what no list names yet, and reads lists first", () =>
  onAlpine(async (host) => {
    assertEquals(await host.applied(), ["install haproxy, keepalived, curl"]);
    assertEquals(await host.world(), "alpine-base\nhaproxy\nkeepalived\ncurl\n");
    const log = await Deno.readTextFile(`${host.dir}/log`);
    assertMatch(log, /update \nadd haproxy keepalived curl\n/);
  }));

Deno.test("packages() finds a version with apk, and leaves no pin that nobody asked for", () =>
  onAlpine(async (host) => {
    assertEquals(await host.applied({ versions: { haproxy: "2.8.*" } }), [
      "install haproxy 2.8.*, keepalived, curl",
    ]);
    assertStringIncludes(await Deno.readTextFile(`${host.dir}/installed`), "haproxy 2.8.10-r1\n");
    assertEquals((await host.world()).includes("haproxy="), false);
    // The lists are there now.
    assertEquals(await host.applied({ versions: { haproxy: "2.6.*" } }), [
      "install haproxy 2.6.12-r0 (was 2.8.10-r1)",
    ]);
  }));

Deno.test("packages() names what apk offers, and nothing that only a tag gives", () =>
  onAlpine(async (host) => {
    await host.run("mkdir $ROOT/cache; : >$ROOT/cache/APKINDEX.1.tar.gz");
    const task = packages({ names: ["haproxy"], versions: { haproxy: "3.*" } });
    const seen = (await host.run(task.probe)).stdout;
    assertEquals(
      assertThrows(() => plan({ task, seen }), TaskError).message,
      "Cannot install haproxy 3.*: the host is offered 2.8.10-r1, 2.8.9-r0, 2.6.12-r0; ask for one " +
        'of them, or give it a source that has another and type "apk update" there',
    );
  }));

Deno.test("packages() holds with apk by a pin, changes it, and lets go", () =>
  onAlpine(async (host) => {
    const hold = { haproxy: true };
    assertEquals(await host.applied({ hold, versions: { haproxy: "2.8.9-r0" } }), [
      "install haproxy 2.8.9-r0, keepalived, curl",
      "hold haproxy",
    ]);
    assertStringIncludes(await host.world(), "haproxy=2.8.9-r0\n");
    assertEquals(await host.applied({ hold, versions: { haproxy: "2.6.*" } }), [
      "install haproxy 2.6.12-r0 (was 2.8.9-r0)",
    ]);
    assertStringIncludes(await host.world(), "haproxy=2.6.12-r0\n");
    assertEquals(await host.applied({ hold: { haproxy: false } }), ["let go of haproxy"]);
    assertStringIncludes(await host.world(), "\nhaproxy\n");
  }));

Deno.test("packages() takes whatever constrains a package in apk's world for somebody's", async () => {
  for (const own of ["haproxy=2.8.9-r0", "haproxy~2.8", "haproxy<2.9", "haproxy@edge"]) {
    await onAlpine(async (host) => {
      await host.applied();
      await Deno.writeTextFile(`${host.dir}/world`, `alpine-base\n${own}\nkeepalived\ncurl\n`);
      const task = packages({ names: ["haproxy"], versions: { haproxy: "2.6.*" } });
      const seen = (await host.run(task.probe)).stdout;
      assertStringIncludes(
        assertThrows(() => plan({ task, seen }), TaskError).message,
        'somebody has put haproxy on hold at 2.8.10-r1; type "apk add haproxy" there',
      );
      assertEquals(await host.planned(), []);
    });
  }
});

Deno.test("facts of Alpine name versions where its lists are there", () =>
  onAlpine(async (host) => {
    const facts = async () =>
      parseFacts((await host.run(factsScript(["haproxy", "curl"], { fetchLists: true }))).stdout);
    assertEquals((await facts()).packageManager, "apk");
    // apk reads no lists into a folder of our own.
    assertEquals((await facts()).packages, {});
    await host.run("mkdir $ROOT/cache; : >$ROOT/cache/APKINDEX.1.tar.gz");
    assertEquals((await facts()).packages, {
      haproxy: { candidate: "2.8.10-r1" },
      curl: { candidate: "8.14.1-r2" },
    });
    await host.run("echo 'haproxy 2.8.9-r0' >$ROOT/installed");
    assertEquals((await facts()).packages["haproxy"], { installed: "2.8.9-r0" });
  }));

/** What the preflight says of a pin, `severity message` each. */
async function preflight(host: Alpine, haproxy: string): Promise<string[]> {
  const one = availablePackages(
    endpoint({
      packages: { versions: { haproxy }, lockTimeoutMs: 0 },
      members: [member("lb1", "")],
    }),
  );
  const known = parseFacts((await host.run(factsScript(["haproxy", "keepalived"]))).stdout);
  const { code, stdout, stderr } = await host.run(one.probe?.("lb1", new Map()) ?? "false");
  assertEquals([code, stderr], [0, ""]);
  const answer = { code, stdout, stderr, askedAt: 0, answeredAt: 0 };
  return one.judge(new Map([["lb1", answer]]), new Map([["lb1", known]])).findings
    .map(({ severity, message }) => `${severity} ${message}`);
}

Deno.test("the preflight stops nothing on a fresh Alpine host, and knows its lists once they are there", () =>
  onAlpine(async (host) => {
    assertEquals(await preflight(host, "9.*"), [
      "note whether haproxy 9.* and keepalived can be installed: its package lists are not read yet",
    ]);
    await host.run("mkdir $ROOT/cache; : >$ROOT/cache/APKINDEX.1.tar.gz");
    assertEquals(await preflight(host, "9.*"), [
      "error haproxy 9.* cannot be installed: it is offered 2.8.10-r1, 2.8.9-r0, 2.6.12-r0",
    ]);
    assertEquals(await preflight(host, "2.8.*"), []);
    await host.run("echo 'haproxy 2.8.9-r0' >$ROOT/installed");
    assertEquals(await preflight(host, "2.8.*"), []);
    assertEquals((await preflight(host, "3.*")).length, 1, "a tag is no offer");
  }));

Deno.test("the preflight names the repository that a fresh Alpine host has not enabled", () =>
  onAlpine(async (host) => {
    await Deno.writeTextFile(
      `${host.dir}/repositories`,
      "https://mirror.example/alpine/v3.22/main\n",
    );
    assertEquals(await preflight(host, "2.8.*"), [
      'warning none of its repositories is Alpine\'s "community", which has keepalived',
    ]);
    await Deno.writeTextFile(
      `${host.dir}/repositories`,
      "#https://mirror.example/alpine/v3.22/main\n",
    );
    assertEquals(await preflight(host, "2.8.*"), [
      "error haproxy 2.8.* and keepalived cannot be installed: apk has no repository",
    ]);
  }));
