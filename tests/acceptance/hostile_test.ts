/**
 * Whatever is written in an inventory or on the command line, what could become an option, a line
 * or a command is refused with its place, and no process is started: the real command line, with
 * its documented permissions, beside an `ssh` that leaves a mark.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { denoArgs } from "../../src/commands/permissions.ts";
import { CLI, type CliResult, plainEnv, start } from "../commands/cli.ts";
import { withTempDir } from "../helpers.ts";

const OPTION = "-oProxyCommand=id";
const LONG = "a".repeat(300);
/** What no name of anything may be. */
const VALUES = [
  ...[OPTION, "-x", "a\nb", "a\r", "a\0b", "a$(id)", "a`id`", "a;id", "a|id", "a&id", "%h", "a%hb"],
  ...["a b", "a'b", 'a"b', "a\\b", "a\tb", "a\u202eb", "a\u00a0b", "a{b}", "../a", "a/../b", LONG],
];
/** What no path and no line of arguments may hold. */
const CONTROLS = [OPTION, "-x", "a\nb", "a\r", "a\0b", "a\u202eb"];

interface Place {
  /** Lines of YAML before the values. */
  readonly head: string;
  /** The line that holds one value. `n` tells lines apart. */
  readonly line: (value: string, n: number) => string;
  /** Lines after them. */
  readonly tail?: string;
  /** What is refused there. @default {VALUES} */
  readonly values?: readonly string[];
}

const hostVariable = (name: string, values = VALUES): Place => ({
  head: "all:\n  hosts:",
  line: (value, n) => `    h${n}: { ansible_host: 10.1.0.${n + 1}, ${name}: ${value} }`,
  values,
});

/** One endpoint for each value. */
const endpointKey = (key: string, values = VALUES): Place => ({
  head: "all:\n  children:\n    masters: { hosts: { m1: { ansible_host: 10.0.0.21 } } }",
  line: (value, n) => {
    const own = key === "address" ? "" : `address: 10.0.0.${100 + n}, `;
    const backends = key === "backends" ? "" : "backends: masters, ";
    const nested = key.split(".").reduceRight((inner, name) => `${name}: ${inner}`, "VALUE")
      .replace(/: (\w+: VALUE)$/, ": { $1 }").replace("VALUE", () => value);
    return `    lbs${n}: { vars: { endpoint: { ${own}${backends}${nested} } }, ` +
      `hosts: { lb${n}: { ansible_host: 10.2.0.${n + 1} } } }`;
  },
  values,
});

const member: Place = {
  head: `all:
  children:
    lbs:
      vars: { endpoint: { address: 10.0.0.10, backends: [{ name: m1, address: 10.0.0.21 }] } }
      hosts:`,
  line: (value, n) =>
    `        lb${n}: { ansible_host: 10.1.0.${n + 1}, endpoint_host: { interface: ${value} } }`,
};

const backend = (entry: (value: string, n: number) => string): Place => ({
  head: `all:
  children:
    lbs:
      hosts: { lb1: { ansible_host: 10.1.0.1 } }
      vars:
        endpoint:
          address: 10.0.0.10
          backends:`,
  line: (value, n) => `            - { ${entry(value, n)} }`,
});

const PLACES: Readonly<Record<string, Place>> = {
  "the name of a host": {
    head: "all:\n  hosts:",
    line: (value) => `    ${value}: { ansible_host: 10.0.0.1 }`,
  },
  "the name of a group": {
    head: "all:\n  children:",
    line: (value, n) => `    ${value}: { hosts: { h${n}: { ansible_host: 10.1.0.${n + 1} } } }`,
  },
  ansible_host: {
    head: "all:\n  hosts:",
    line: (value, n) => `    h${n}: { ansible_host: ${value} }`,
  },
  ansible_user: hostVariable("ansible_user"),
  ansible_port: hostVariable("ansible_port"),
  ansible_become: hostVariable("ansible_become"),
  ansible_ssh_private_key_file: hostVariable("ansible_ssh_private_key_file", CONTROLS),
  ansible_ssh_common_args: hostVariable("ansible_ssh_common_args", [
    ...["-oLocalCommand=id", "-oPermitLocalCommand=yes", "-L 1:a:2", "-w 1", "a", "$(id)", "`id`"],
    ...["-o User=$(id)", "-4;id", "-4\n-6", "-4\0", "-4 |id", "-i -F", "-J -oProxyCommand=id"],
    ...[
      "-J a$(id)",
      "-E /tmp/log",
      "-M",
      "-S /tmp/x",
      "-oControlPath=a\nb",
      "-F -x",
      "-oProxyUseFdpass",
    ],
  ]),
  "the address of an endpoint": endpointKey("address"),
  "its interface": endpointKey("interface"),
  "its group of backends": endpointKey("backends"),
  "its profile": endpointKey("profile"),
  "its ca_file": endpointKey("ca_file"),
  "its VRRP mode": endpointKey("vrrp.mode"),
  "its VRRP password": endpointKey("vrrp.auth_pass", ["a\nb", "a\r", "a\0b", "a b", 'a"b', LONG]),
  "its balance": endpointKey("haproxy.balance"),
  "its timeout": endpointKey("haproxy.client_timeout"),
  "its statistics listener": endpointKey("haproxy.stats"),
  "the interface of a member": member,
  "the name of a backend": backend((value, n) => `name: ${value}, address: 10.3.0.${n + 1}`),
  "the address of a backend": backend((value, n) => `name: m${n}, address: ${value}`),
};

const MARK = "ssh-was-started";

/** Runs `check` with the permissions that the documentation gives it. */
async function check(dir: string, flags: readonly string[] = []): Promise<CliResult> {
  const stub = `#!/bin/sh\necho "$*" >> '${dir}/${MARK}'\nexit 255\n`;
  await Deno.mkdir(`${dir}/bin`, { recursive: true });
  await Deno.writeTextFile(`${dir}/bin/ssh`, stub, { mode: 0o755 });
  const args = denoArgs("check", CLI, ["check", "hosts.yaml", ...flags]);
  const env = { PATH: `${dir}/bin:${plainEnv().PATH}` };
  return await start(Deno.execPath(), args, { cwd: dir, env });
}

const started = (dir: string) => Deno.readTextFile(`${dir}/${MARK}`).catch(() => "");

const FINE = `all:
  children:
    lbs:
      vars: { endpoint: { address: 10.0.0.10, backends: [{ name: m1, address: 10.0.0.21 }] } }
      hosts: { lb1: { ansible_host: 10.0.0.11 } }
`;

Deno.test("a harmless inventory starts ssh, so that the mark means something", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, FINE);
    assertEquals((await check(dir)).code, 4);
    assertMatch(await started(dir), / -- 10\.0\.0\.11 /);
  }));

for (const [name, { head, line, tail = "", values = VALUES }] of Object.entries(PLACES)) {
  Deno.test(`hostile values are refused one by one: ${name}`, () =>
    withTempDir(async (dir) => {
      const lines = values.map((value, n) => line(JSON.stringify(value), n));
      await Deno.writeTextFile(`${dir}/hosts.yaml`, [head, ...lines, tail].join("\n"));
      const { code, out, err } = await check(dir);
      assertEquals([code, out], [1, ""]);
      assertEquals(await started(dir), "");
      const first = head.split("\n").length + 1;
      const errors = err.matchAll(/^hosts\.yaml:(\d+):\d+: (?!warning)/gm);
      const refused = new Set([...errors].map(([, n]) => Number(n)));
      const accepted = values.filter((_, n) => !refused.has(first + n));
      assertEquals(accepted, []);
      // Whatever they hold, a terminal gets letters.
      // deno-lint-ignore no-control-regex
      assert(!/[\0-\x08\x0b-\x1f\x7f\u202e]/.test(err), JSON.stringify(err));
    }));
}

/** NUL cannot be given on a command line, and Deno takes a carriage return off its end. */
const TYPED = VALUES.filter((value) => !/\0|\r$/.test(value));

const FLAGS: Readonly<Record<string, (value: string) => string[]>> = {
  "-u": (value) => [`--user=${value}`],
  "-e with JSON": (value) => ["-e", JSON.stringify({ ansible_host: value })],
  "-e with k=v": (value) => ["-e", `ansible_user=${value}`],
  "--limit": (value) => [`--limit=${value}`],
};

for (const [name, flags] of Object.entries(FLAGS)) {
  Deno.test(`hostile values are refused on the command line: ${name}`, () =>
    withTempDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/hosts.yaml`, FINE);
      for (const value of TYPED) {
        const { code, out, err } = await check(dir, flags(value));
        assertEquals([code, out, await started(dir)], [1, "", ""], JSON.stringify(value) + err);
        assertMatch(err, /Cannot /);
      }
    }));
}
