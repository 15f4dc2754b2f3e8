import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { denoArgs } from "../../src/commands/permissions.ts";
import { platformNeeds } from "../../src/commands/secrets_named.ts";
import { withTempDir } from "../helpers.ts";
import { cli, DEAD_END } from "./cli.ts";

const SCRIPT = "/x/cli.ts";

/** Names of the permissions of a command, without what they are limited to. */
function granted(command: string): string[] {
  const args = denoArgs(command, SCRIPT, [command, "hosts.yaml"]);
  return args.filter((arg) => arg.startsWith("--allow-")).map((arg) => arg.split("=")[0] ?? "")
    .sort();
}

const NEEDED: Readonly<Record<string, readonly string[]>> = {
  apply: ["--allow-env", "--allow-read", "--allow-run"],
  check: ["--allow-env", "--allow-read", "--allow-run"],
  verify: ["--allow-env", "--allow-read", "--allow-run"],
  drill: ["--allow-env", "--allow-read", "--allow-run"],
  render: ["--allow-env", "--allow-read", "--allow-write"],
  simulate: ["--allow-env", "--allow-read"],
  placement: ["--allow-env", "--allow-read"],
  lab: ["--allow-all"],
};

for (const [command, flags] of Object.entries(NEEDED)) {
  Deno.test(`denoArgs() gives ${command} what it needs and no more`, () => {
    assertEquals(granted(command), flags);
  });
}

Deno.test("denoArgs() lets a run start nothing but ssh, and hides other variables", () => {
  const args = denoArgs("apply", SCRIPT, ["apply", "hosts.yaml", "--", "-x"]);
  assertEquals(args.slice(0, 2), ["run", "--no-prompt"]);
  assert(args.includes("--allow-run=ssh") && args.includes("--ignore-env"), args.join(" "));
  assertEquals(args.slice(args.indexOf(SCRIPT)), [SCRIPT, "apply", "hosts.yaml", "--", "-x"]);
  const variables = args.find((arg) => arg.startsWith("--allow-env="))?.split(/[=,]/).slice(1);
  assertEquals(variables?.includes("VRRP_PASS"), true);
  assertEquals(variables?.some((name) => /^\*|SSH_AUTH_SOCK|TOKEN/.test(name)), false);
});

Deno.test("denoArgs() lets a listing start nothing", () => {
  const args = denoArgs("apply", SCRIPT, ["apply", "hosts.yaml", "--list-tasks"], {
    env: [],
    programs: [],
    offline: true,
  });
  assertEquals(args.some((arg) => arg.startsWith("--allow-run")), false);
  assert(args.includes("--allow-read"));
});

Deno.test("denoArgs() adds what secrets need, and nothing that is granted anyway", () => {
  const secrets = { env: ["VRRP_PASS", "HOLDFAST_X", "OTHER"], programs: ["pass"] };
  const args = denoArgs("apply", SCRIPT, ["apply", "hosts.yaml"], secrets);
  const variables = args.find((arg) => arg.startsWith("--allow-env="))?.split(/[=,]/) ?? [];
  assertEquals(variables.at(-1), "OTHER");
  assertEquals(variables.filter((name) => name === "VRRP_PASS").length, 1);
  assertEquals(args.find((arg) => arg.startsWith("--allow-run=")), "--allow-run=ssh,pass");
});

Deno.test("denoArgs() lets drills ask the endpoint, and start what the inventory names, each once", () => {
  const drills = { programs: ["ipmi", "ssh"], addresses: ["10.0.0.10:8443", "[fd00::1]:8443"] };
  const named = { env: [], programs: ["pass"], drills };
  const args = denoArgs("drill", SCRIPT, ["drill", "hosts.yaml"], named);
  assertEquals(args.filter((arg) => /^--allow-(run|net)/.test(arg)), [
    "--allow-run=ssh,sh,pass,ipmi",
    "--allow-net=10.0.0.10:8443,[fd00::1]:8443",
  ]);
  const apply = denoArgs("apply", SCRIPT, ["apply", "hosts.yaml"], named);
  assertEquals(apply.filter((arg) => /^--allow-(run|net)/.test(arg)), ["--allow-run=ssh,pass"]);
  const list = denoArgs("drill", SCRIPT, ["drill", "x", "--list"], { ...named, offline: true });
  assertEquals(list.filter((arg) => /^--allow-(run|net)/.test(arg)), ["--allow-run=pass"]);
});

Deno.test("denoArgs() lets placement ask the platforms, and a run those that it asks", () => {
  const platform = { env: ["VC_PW"], programs: ["pass"], address: "vc1:443", required: false };
  const platforms = [
    platform,
    { env: ["OTHER"], programs: [], address: "vc2:8443", required: false },
  ];
  const named = { env: [], programs: [], platforms };
  const asked = (command: string, more: Partial<Parameters<typeof denoArgs>[3]> = {}) =>
    denoArgs(command, SCRIPT, [], { ...named, ...more }).flatMap((arg) => {
      const [flag = "", values = ""] = arg.split("=");
      const shown = values.split(",").filter((it) => !/^ssh$|^HOLDFAST|^[A-Z_]+$/.test(it));
      const own = values.split(",").filter((it) => ["VC_PW", "OTHER"].includes(it));
      return /^--allow-(run|net|env)$/.test(flag) ? [...shown, ...own] : [];
    });
  assertEquals(asked("placement"), ["VC_PW", "OTHER", "pass", "vc1:443", "vc2:8443"]);
  assertEquals(asked("apply"), ["OTHER", "vc2:8443"]);
  assertEquals(asked("check"), ["OTHER", "vc2:8443"]);
  const required = { platforms: [{ ...platform, required: true }] };
  assertEquals(asked("apply", required), ["pass", "VC_PW", "vc1:443"]);
  assertEquals([asked("simulate"), asked("simulate", { asksPlatforms: true })], [
    [],
    ["VC_PW", "OTHER", "pass", "vc1:443", "vc2:8443"],
  ]);
  assertEquals([asked("verify"), asked("lint"), asked("apply", { offline: true })], [[], [], []]);
});

Deno.test("denoArgs() lets placement start virsh, and a run only where that is required", () => {
  const flags = (command: string, required: boolean) => {
    const hypervisors = [{ name: "kvm1", uri: "qemu+ssh://kvm1/system" }];
    const platforms = platformNeeds([
      { name: "all", provider: "libvirt", required, groups: [], libvirt: { hypervisors } },
    ]);
    const args = denoArgs(command, SCRIPT, [], { env: [], programs: [], platforms });
    const env = args.find((arg) => arg.startsWith("--allow-env="))?.split(/[=,]/) ?? [];
    return [
      ...args.filter((arg) => /^--allow-(run|net)/.test(arg)),
      ...env.filter((name) => ["PATH", "SSH_AUTH_SOCK"].includes(name)),
    ];
  };
  const variables = ["PATH", "SSH_AUTH_SOCK"];
  assertEquals(flags("placement", false), ["--allow-run=virsh", ...variables]);
  assertEquals(flags("apply", false), ["--allow-run=ssh"]);
  assertEquals(flags("check", true), ["--allow-run=ssh,virsh", ...variables]);
  assertEquals(flags("verify", true), ["--allow-run=ssh"]);
});

Deno.test("a run whose other variables are neither given nor closed says so, and is no bug", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, DEAD_END);
    const open = ["--no-prompt", "--allow-read", "--allow-env=HOME"];
    const words = ["lint", "hosts.yaml"];
    const { code, err } = await cli(words, { flags: open, cwd: dir });
    assertEquals(code, 1);
    assertStringIncludes(err, "  --ignore-env\n      to find every other variable unset");
    const closed = await cli(words, { flags: [...open, "--ignore-env"], cwd: dir });
    assertEquals([closed.code, closed.err], [0, ""]);
  }));

Deno.test("placement names virsh, and the variables that its ssh needs", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(
      `${dir}/hosts.yaml`,
      `all:
  vars:
    placement: { provider: libvirt, groups: { all: { policy: spread } }, libvirt: { hypervisors: [kvm1] } }
  hosts: { a: {} }
`,
    );
    const flags = ["--allow-read"];
    const { code, err } = await cli(["placement", "check", "hosts.yaml"], { flags, cwd: dir });
    assertEquals(code, 1);
    const needs = "--allow-run=virsh --allow-env=PATH,SSH_AUTH_SOCK";
    assertStringIncludes(err, `\n  ${needs}\n      to ask the platform where machines run\n`);
    assertMatch(err, /Type:\n[^\n]*,PATH,SSH_AUTH_SOCK'? --ignore-env --allow-run=virsh /);
  }));

Deno.test("placement names the platform that it would connect to, and its variables", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(
      `${dir}/hosts.yaml`,
      `all:
  vars:
    placement: { provider: vsphere, cluster_name: prod, groups: { all: { policy: spread } }, vsphere: { server: vc.example.com } }
  hosts: { a: {} }
`,
    );
    const flags = ["--allow-read"];
    const { code, err } = await cli(["placement", "check", "hosts.yaml"], { flags, cwd: dir });
    assertEquals(code, 1);
    assertStringIncludes(err, "--allow-env=VSPHERE_USER,VSPHERE_PASSWORD\n");
    const net = "--allow-net=vc.example.com:443";
    assertStringIncludes(err, `  ${net}\n      to ask the platform where machines run\n`);
    assertStringIncludes(err.slice(err.indexOf("Type:")), ` ${net} `);
  }));

Deno.test("placement names a Proxmox VE at its own port, and the variable of its token", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(
      `${dir}/hosts.yaml`,
      `all:
  vars:
    placement: { provider: proxmox, cluster_name: prod, groups: { all: { policy: spread } }, proxmox: { server: pve.example.com } }
  hosts: { a: {} }
`,
    );
    const flags = ["--allow-read"];
    const { code, err } = await cli(["placement", "check", "hosts.yaml"], { flags, cwd: dir });
    assertEquals(code, 1);
    assertStringIncludes(err, "--allow-env=PROXMOX_VE_API_TOKEN\n");
    assertStringIncludes(err, "  --allow-net=pve.example.com:8006\n");
  }));

/** An inventory with a secret that is taken from somewhere. */
const WITH_SECRET = (from: string) =>
  `all:
  children:
    lb:
      vars:
        endpoint:
          address: 10.0.0.10
          backends: [{ name: m1, address: 10.0.0.21 }]
          vrrp: { auth_pass: ${from} }
      hosts: { lb1: { ansible_host: 10.0.0.11 } }
`;

async function refusal(from: string, flags: readonly string[]): Promise<string> {
  let text = "";
  await withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, WITH_SECRET(from));
    const { code, out, err } = await cli(["apply", "hosts.yaml"], { flags, cwd: dir });
    assertEquals([code, out], [1, ""]);
    text = err;
  });
  return text;
}

const KNOWING: Readonly<Record<string, readonly string[]>> = {
  "that may read": ["--no-prompt", "--allow-read"],
  "that may start deno": ["--no-prompt", `--allow-run=${Deno.execPath()}`],
  "that may read a closed environment": ["--no-prompt", "--allow-read", "--ignore-env"],
};

for (const [name, flags] of Object.entries(KNOWING)) {
  Deno.test(`a run ${name} names what the inventory's secrets need`, async () => {
    const variable = await refusal("{ env: KEEPALIVED_PW }", flags);
    assertMatch(variable, /^ {2}--allow-env=KEEPALIVED_PW\n {6}to fetch the secrets/m);
    assertMatch(variable, /\n {2}deno run [^\n]*HOLDFAST_\*,KEEPALIVED_PW[^\n]*\n$/);
    const program = await refusal("{ command: [pass, show] }", flags);
    assertMatch(program, /^ {2}--allow-run=pass\n {6}to fetch the secrets/m);
    assertMatch(program, /\n {2}deno run [^\n]*--allow-run=ssh,pass [^\n]*\n$/);
  });
}

Deno.test("a run that may not read says that it cannot know what secrets need", async () => {
  const text = await refusal("{ env: KEEPALIVED_PW }", ["--no-prompt"]);
  assertMatch(text, /secrets need beside that is not known before it may be read/);
  assertEquals(text.includes("KEEPALIVED_PW"), false);
});

Deno.test("a run whose secrets need no more says no more", async () => {
  const text = await refusal("{ env: VRRP_PASS }", ["--no-prompt", "--allow-read"]);
  assertEquals(/secrets that the inventory names|not known/.test(text), false);
});
