/** What `lint` is told of files by hand beside the files: units, versions, systems. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SYSTEMS } from "../../src/lints/systems.ts";
import { RELEASES } from "../endpoint/fixtures.ts";
import { withTempDir } from "../helpers.ts";
import { cli } from "./cli.ts";

const FILES = {
  "keepalived.conf": `global_defs {
    enable_script_security
    script_user nobody
    reload_check_config
}
vrrp_script check {
    script "/usr/bin/killall -0 haproxy"
    interval 0.5
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 91
    track_script {
        check
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`,
  "haproxy.cfg": `global
    maxconn 20000
    nbproc 2
defaults
    mode tcp
    clitcpka-idle 60s
`,
  // As Debian has it.
  "keepalived.service": `[Unit]
Description=Keepalive Daemon (LVS and VRRP)
[Service]
Type=notify
ExecStart=/usr/sbin/keepalived --dont-fork $DAEMON_ARGS
`,
  "override.conf": "[Service]\nRestart=on-failure\n",
  "haproxy.conf": "[Service]\nLimitNOFILE=20000\n",
  "notes.txt": "Restart=always\n",
};

/** Runs `lint` in a folder with these files; `says`: code and severity of what depends on it. */
async function lint(...args: readonly string[]) {
  let [says, out, err, code] = [[] as string[], "", "", 0];
  await withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/keepalived.service.d`);
    for (const [name, text] of Object.entries(FILES)) {
      await Deno.writeTextFile(`${dir}/${name}`, text);
    }
    await Deno.writeTextFile(`${dir}/keepalived.service.d/own.conf`, FILES["override.conf"]);
    const both = ["--keepalived", "keepalived.conf", "--haproxy", "haproxy.cfg"];
    ({ out, err, code } = await cli(["lint", ...both, ...args], { cwd: dir }));
    says = [...out.matchAll(/^\S+: (?:(warning): )?.* \[([a-z-]+)\]$/gm)]
      .map(([, severity = "error", found = ""]) => `${found} ${severity}`)
      .filter((it) => DEPEND.some((one) => it.startsWith(`${one} `))).toSorted();
  });
  return { says, out, err, code };
}

/** Rules that look at units or versions. */
const DEPEND = [
  "descriptors-over-limit",
  "interval-fraction",
  "keepalived-not-restarted",
  "nbproc",
  "reload-check",
  "unknown-word",
];

Deno.test("lint without a version says what holds of some, and warns", async () => {
  const { says, out } = await lint();
  assertEquals(says, ["interval-fraction warning", "nbproc error", "reload-check warning"]);
  assertMatch(out, /reload_check_config of Keepalived 2\.2\.5 to 2\.2\.7 ends itself/);
  assertMatch(out, /Keepalived before 2\.3 knows whole seconds only/);
});

Deno.test("lint --system knows the versions that a system brings", async () => {
  assertEquals((await lint("--system", "bullseye")).says, [
    "interval-fraction error",
    "unknown-word error",
  ]);
  assertEquals((await lint("--system", "bookworm")).says, [
    "interval-fraction error",
    "nbproc error",
    "reload-check error",
  ]);
  assertEquals((await lint("--system", "trixie")).says, ["nbproc error"]);
});

Deno.test("lint --haproxy-version and --keepalived-version count before those of the system", async () => {
  const { says } = await lint("--system", "bullseye", "--haproxy-version", "2.6.12-1+deb12u4");
  assertEquals(says, ["interval-fraction error", "nbproc error"]);
  const own = await lint("--keepalived-version", "1:2.3.3-1", "--haproxy-version", "2.4");
  assertEquals(own.says, []);
  const wrong = await lint("--keepalived-version", "newest");
  assertEquals(wrong.code, 1);
  assertStringIncludes(wrong.err, "expected a version such as 2.6.12");
});

Deno.test("lint --unit looks into units and drop-ins, the last one of them counts", async () => {
  const units = async (...files: readonly string[]) =>
    (await lint("--system", "trixie", ...files.flatMap((it) => ["--unit", it]))).says
      .filter((it) => it !== "nbproc error");
  assertEquals(await units("keepalived.service"), ["keepalived-not-restarted error"]);
  assertEquals(await units("keepalived.service.d/own.conf", "keepalived.service"), []);
  assertEquals(await units("haproxy.conf"), ["descriptors-over-limit error"]);
  const { out } = await lint("--unit", "keepalived.service");
  assertMatch(out, /^keepalived\.conf:10:15: .*no "Restart=" \[keepalived-not-restarted\]$/m);
  assert(out.includes("when Keepalived is killed: it leaves the address behind"), out);
});

Deno.test("lint takes no unit of which nobody can tell whose it is, and nothing else for one", async () => {
  const { code, err } = await lint("--unit", "override.conf", "--unit", "notes.txt");
  assertEquals([code, err], [
    1,
    `Cannot use "notes.txt": it has no section, as every unit of systemd has [wrong-file]
Cannot use "override.conf": neither its name nor an ExecStart says whether it is of keepalived or of haproxy [wrong-file]
   hint: put it at keepalived.service.d/override.conf or haproxy.service.d/override.conf

2 errors, 0 warnings
`,
  ]);
});

Deno.test("lint takes no unit alone: nothing would be found in it, and it would look green", async () => {
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/keepalived.service`, FILES["keepalived.service"]);
    const { code, err } = await cli(["lint", "--unit", "keepalived.service"], { cwd: dir });
    assertEquals(code, 1);
    assertStringIncludes(err, "Cannot lint a unit alone");
  });
});

Deno.test("lint takes no word about hosts for an inventory", async () => {
  const { code, err } = await cli(["lint", "hosts.yaml", "--system", "trixie"]);
  assertEquals(code, 1);
  assertStringIncludes(err, "Cannot take --system for an inventory: that is for files by hand");
});

Deno.test("systems have the versions that everything else is tried with", () => {
  for (const [name, versions] of Object.entries(SYSTEMS)) {
    const known = RELEASES[name as keyof typeof SYSTEMS];
    const upstream = (text: string) => text.replace(/^\d+:/, "").replace(/-.*/, "");
    assertEquals(versions, {
      haproxy: upstream(known.haproxy),
      keepalived: upstream(known.keepalived),
    }, name);
  }
});
