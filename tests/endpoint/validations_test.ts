/** The tests' shell text against daemons that answer as the real ones were seen to. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { validations } from "../../src/endpoint/validations.ts";
import type { Endpoint } from "../../src/model.ts";
import { quote } from "../../src/shell.ts";
import { endpoint } from "./fixtures.ts";

const SECURITY = "SECURITY VIOLATION - scripts are being executed but script_security not enabled.";
const FORWARDFOR =
  "[WARNING]  (1) : config : 'option forwardfor' ignored for frontend 'apiserver'" +
  " as it requires HTTP mode.";

interface Daemon {
  /** Version that Keepalived says. */
  version?: string;
  /** What the daemon prints. */
  prints?: string;
  /** How it ends. */
  code?: number;
  /** Prepares the staged files, in their folder. */
  before?: string;
}

/** Runs one validation in a folder of its own, with a stand-in for the daemon. */
async function run(profile: Endpoint["profile"], name: string, daemon: Daemon = {}) {
  const dir = await Deno.makeTempDir();
  const { version = "2.3.3", prints = "", code = 0, before = ":" } = daemon;
  const validation = validations(endpoint({ profile })).find((it) => it.name === name);
  const script = `cd ${quote(dir)}
mkdir -p etc/haproxy etc/keepalived
echo 'global' >etc/haproxy/haproxy.cfg
printf 'global_defs {\\n    script_user keepalived_script\\n}\\nscript "/etc/keepalived/check_haproxy_alive.sh"\\n' >etc/keepalived/keepalived.conf
for it in check_apiserver check_haproxy_alive check_haproxy_ready; do echo '#!/bin/sh' >etc/keepalived/$it.sh; done
chmod 755 etc/keepalived/*.sh
staged() { printf %s ${quote(dir)}"$1"; }
id() { echo 99; }
answer() { [ -z ${quote(prints)} ] || printf '%s\\n' ${quote(prints)}; return ${code}; }
haproxy() { answer; }
keepalived() {
  case $1 in --version) echo 'Keepalived v${version} (01/16,2022)' >&2 ;; *) cp "$3" tested; answer ;; esac
}
${before}
${validation?.script}
code=$?
ls -A etc/* | grep holdfast
exit $code`;
  const { code: ended, stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  const tested = await Deno.readTextFile(`${dir}/tested`).catch(() => "");
  await Deno.remove(dir, { recursive: true });
  return { code: ended, out: new TextDecoder().decode(stdout), tested };
}

Deno.test("validations() accept a daemon that says nothing, and leave no copy behind", async () => {
  for (const name of ["haproxy -c", "keepalived -t"]) {
    const { code, out } = await run("standard", name);
    assertEquals([code, out], [0, ""]);
  }
});

Deno.test("validations() show a daemon's own words when it refuses", async () => {
  const { code, out } = await run("standard", "haproxy -c", { prints: "[ALERT] line 3", code: 1 });
  assertEquals([code, out], [1, "[ALERT] line 3\n"]);
});

Deno.test("validations() fail on a line from keepalived even when it ends with 0", async () => {
  const { code, out } = await run("fast", "keepalived -t", { prints: "track script not found" });
  assertEquals([code, out], [1, "track script not found\n"]);
});

Deno.test("validations() fail when keepalived ends with another code and says nothing", async () => {
  for (const code of [4, 5, 6, 143]) {
    const result = await run("standard", "keepalived -t", { code });
    assertEquals([result.code, result.out], [
      1,
      `keepalived -t ended with ${code} and said nothing else\n`,
    ]);
  }
});

Deno.test("validations() refuse a file that is empty, missing or cannot run", async () => {
  const results = await Promise.all([
    run("standard", "keepalived -t", { before: ": >etc/keepalived/keepalived.conf" }),
    run("standard", "haproxy -c", { before: "rm etc/haproxy/haproxy.cfg" }),
    run("standard", "keepalived -t", {
      before: "chmod 644 etc/keepalived/check_haproxy_ready.sh",
    }),
  ]);
  assertEquals(results.map((it) => it.out), [
    "/etc/keepalived/keepalived.conf is missing or empty\n",
    "/etc/haproxy/haproxy.cfg is missing or empty\n",
    "/etc/keepalived/check_haproxy_ready.sh is not executable\n",
  ]);
});

Deno.test("validations() of the guide accept the seed's own messages and no other", async () => {
  const haproxy = (prints: string) => run("guide", "haproxy -c", { prints });
  assertEquals((await haproxy(`${FORWARDFOR}\nWarnings were found.`)).code, 0);
  assertEquals((await haproxy(`${FORWARDFOR}\n[WARNING]  (1) : config : other`)).code, 1);
  const keepalived = (prints: string) => run("guide", "keepalived -t", { prints, code: 6 });
  assertEquals((await keepalived(SECURITY)).code, 0);
  assertEquals((await keepalived(`${SECURITY}\nUnknown keyword`)).code, 1);
  assertEquals((await run("standard", "keepalived -t", { prints: SECURITY, code: 6 })).code, 1);
});

Deno.test("validations() test a copy with scripts as root, pointed at the staged scripts", async () => {
  const { tested } = await run("standard", "keepalived -t", { version: "2.2.7" });
  assertStringIncludes(tested, "global_defs {\n    script_user root\n}");
  assertEquals(tested.includes("keepalived_script"), false);
  assertEquals(tested.includes('"/etc/keepalived/'), false);
});

Deno.test("validations() ask a unit of the host whether it can have the descriptors", async () => {
  const haproxy = { ...endpoint().haproxy, maxConnections: 20_000 };
  const judged = async (has: string, of: Partial<Endpoint> = { haproxy }) => {
    const found = validations(endpoint(of)).find(({ name }) => name.startsWith("descriptors"));
    const dir = await Deno.makeTempDir();
    await Deno.writeTextFile(`${dir}/systemd-run`, `#!/bin/sh\necho ${has}\n`, { mode: 0o755 });
    const script = `PATH=${dir}:$PATH\n${found?.script}`;
    const { code, stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
    await Deno.remove(dir, { recursive: true });
    return found && [code, new TextDecoder().decode(stdout)];
  };
  // The unit says it, where there is one that can.
  assertEquals(await judged("41200"), [0, ""]);
  assertEquals(await judged("unlimited"), [0, ""]);
  assertEquals(await judged(""), [0, ""]);
  assertEquals(await judged("20000"), [
    1,
    "max_connections 20000 needs 41200 descriptors, and a unit of this host can have 20000: " +
    "at most 9400 fit\n",
  ]);
  const fits = { ...haproxy, maxConnections: 9400 };
  assertEquals(await judged("20000", { haproxy: fits }), [0, ""]);
  // Nothing that was asked for: it fits everywhere.
  assertEquals(await judged("20000", {}), undefined);
  assertEquals(await judged("20000", { haproxy, profile: "guide" }), undefined);
});

Deno.test("validations() take what HAProxy 3.1 and 3.2 say of the seed's names", async () => {
  const said = "[WARNING]  (34) : config : Parsing [/etc/haproxy/haproxy.cfg:43]: backend " +
    "'apiserver' has the same name as frontend 'apiserver' declared at " +
    "/etc/haproxy/haproxy.cfg:34. This is dangerous and will not be supported anymore in version 3.3.";
  const newer = FORWARDFOR.replace("config : ", "");
  const haproxy = (profile: Endpoint["profile"], prints: string) =>
    run(profile, "haproxy -c", { prints, code: profile === "guide" ? 0 : 1 });
  assertEquals((await haproxy("guide", `${said}\n${newer}\nWarnings were found.`)).code, 0);
  assertEquals((await haproxy("guide", said.replaceAll("apiserver", "other"))).code, 1);
  assertEquals((await haproxy("standard", said)).code, 1);
});
