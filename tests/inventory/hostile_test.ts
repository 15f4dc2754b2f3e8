/** Whatever is written, only what the grammar allows becomes a host, and nothing else happens. */
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { stringify } from "yaml";
import { InputError } from "../../src/errors.ts";
import { sshArgs } from "../../src/inventory/connection/ssh_args.ts";
import { words } from "../../src/inventory/connection/words.ts";
import { load } from "./helpers.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const ADDRESS = /^[A-Za-z0-9:][A-Za-z0-9.:_-]*$/;
const USER = /^[A-Za-z_][A-Za-z0-9_.-]*\$?$/;

/** Good names with bad things put into them, and anything at all. */
const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.tuple(
    fc.constantFrom("lb1", "10.0.0.1", "", "deploy", "::1"),
    fc.constantFrom("-", "$(id)", "`id`", ";id", "\n", "\r", "\0", " ", "%h", "'", '"', "\u202e"),
    fc.constantFrom("", "x", "\n", "-oProxyCommand=id"),
  ).chain((parts) => fc.shuffledSubarray(parts, { minLength: 1 })).map((parts) => parts.join("")),
);

/** What was loaded, or nothing where it was refused; anything else that is thrown is a bug. */
async function attempt(data: unknown) {
  return await attemptText(stringify(data));
}

/** As {@link attempt}, for a file in any format. */
async function attemptText(text: string) {
  try {
    return (await load(text)).inventory.hosts;
  } catch (error) {
    assert(error instanceof InputError, String(error));
    assert(error.diagnostics.some((d) => d.severity === "error"));
    return [];
  }
}

Deno.test("no hostile string becomes the name of a host", async () => {
  await fc.assert(fc.asyncProperty(hostile, async (name) => {
    for (const host of await attempt({ all: { hosts: { [name]: { ansible_host: "h" } } } })) {
      assert(NAME.test(host.name), JSON.stringify(host.name));
    }
  }));
});

/** The formats that are not YAML, with a name and a value put where they can be put. */
const FORMATS: Readonly<Record<string, (name: string, key: string, value: string) => string>> = {
  "INI host": (name, key, value) => `[g]\n${name} ${key}='${value}'\n`,
  "INI host, bare": (name, key, value) => `[g]\n${name} ${key}=${value}\n`,
  "INI vars": (name, key, value) => `[g]\n${name}\n[g:vars]\n${key}=${value}\n`,
  "INI literal": (name, key, value) => `[g]\n${name}\n[g:vars]\n${key}=${JSON.stringify(value)}\n`,
  "INI section": (name, key, value) => `[${name}]\nh1 ${key}=1\n[${value}:children]\n${name}\n`,
  "JSON listing": (name, key, value) =>
    JSON.stringify({ _meta: { hostvars: { [name]: { [key]: value } } }, g: { hosts: [name] } }),
  "JSON list": (name, key, value) =>
    JSON.stringify({ _meta: {}, g: [name], [value]: { [key]: 1 } }),
  "JSON map": (name, key, value) => JSON.stringify({ g: { hosts: { [name]: { [key]: value } } } }),
};

for (const [format, write] of Object.entries(FORMATS)) {
  Deno.test(`no hostile string becomes a host, an address or a user: ${format}`, async () => {
    const keys = fc.constantFrom("ansible_host", "ansible_user", "ansible_port", "x");
    const name = fc.oneof(fc.constant("h1"), hostile);
    await fc.assert(fc.asyncProperty(name, keys, hostile, async (name, key, value) => {
      for (const host of await attemptText(write(name, key, value))) {
        assert(NAME.test(host.name), JSON.stringify(host.name));
        assert(ADDRESS.test(host.address), JSON.stringify(host.address));
        assert(host.user === undefined || USER.test(host.user), JSON.stringify(host.user));
        assert(host.port === undefined || (host.port > 0 && host.port < 65536));
        assert(
          host.groups.every((group) => /^\w[\w.-]*$/.test(group)),
          JSON.stringify(host.groups),
        );
      }
    }));
  });
}

Deno.test("no hostile string becomes an address, a user or a port", async () => {
  await fc.assert(fc.asyncProperty(
    fc.constantFrom("ansible_host", "ansible_ssh_host", "ansible_user", "ansible_port"),
    hostile,
    async (key, value) => {
      for (const host of await attempt({ all: { hosts: { h1: { [key]: value } } } })) {
        assert(ADDRESS.test(host.address), JSON.stringify(host.address));
        assert(host.user === undefined || USER.test(host.user), JSON.stringify(host.user));
        assert(host.port === undefined || (host.port > 0 && host.port < 65536));
      }
    },
  ));
});

Deno.test("no hostile string reaches an endpoint's tokens", async () => {
  const paths = ["address", "interface", "backends", "profile", "ca_file"];
  await fc.assert(fc.asyncProperty(fc.constantFrom(...paths), hostile, async (key, value) => {
    const endpoint = { address: "10.0.0.10", backends: "lbs", [key]: value };
    const hosts = { lb1: { ansible_host: "10.0.0.1" } };
    for (const host of await attempt({ lbs: { vars: { endpoint }, hosts } })) {
      const loaded = host.vars["endpoint"] as Record<string, string>;
      assert(/^[A-Za-z0-9_.-]+$/.test(loaded[key]!), JSON.stringify(loaded));
    }
  }));
});

Deno.test("no hostile line of ssh arguments gives anything but listed options", () => {
  const part = fc.oneof(
    hostile,
    fc.constantFrom(
      "-o",
      "-oLocalCommand=id",
      "-L",
      "PermitLocalCommand=yes",
      "-J",
      "-i",
      "-F",
      " ",
    ),
  );
  fc.assert(fc.property(fc.array(part), (parts) => {
    const { args, problems } = sshArgs(parts.join(" "));
    if (problems.length > 0) return;
    for (let i = 0; i < args.length; i++) {
      const option = args[i]!;
      if (/^-[46Cqvax]+$/.test(option)) continue;
      assert(/^-[oJipcmF]$/.test(option), JSON.stringify(args));
      const value = args[++i]!;
      assert(!/^-|[\n\r$`]/.test(value), JSON.stringify(args));
      if (option === "-o") assert(!/^(local|permitlocal|knownhosts|remote)command/i.test(value));
    }
  }));
});

Deno.test("words() gives back what was quoted", () => {
  // Everything but what it refuses to hold at all.
  const word = fc.string({ unit: "grapheme-ascii" }).filter((text) => !/[$`\p{C}]/u.test(text));
  const single = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const double = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  const escaped = (text: string) => text === "" ? "''" : text.replace(/[^A-Za-z0-9]/g, "\\$&");
  fc.assert(fc.property(fc.array(word), fc.array(fc.nat(2), { minLength: 1 }), (list, ways) => {
    const line = list.map((text, i) => [single, double, escaped][ways[i % ways.length]!]!(text));
    assertEquals(words(line.join("  ")), list);
  }));
});

Deno.test("words() joins parts and refuses what a shell would expand or run", () => {
  assertEquals(words(`a"b c"'d e'\\ f  g`), ["ab cd e f", "g"]);
  assertEquals(words(`"a\\b" '' `), ["a\\b", ""]);
  for (
    const line of ["$x", "'$x'", '"`id`"', "a;b", "a|b", "a&", "(a)", "'a", '"a', "a\\", "a\nb"]
  ) {
    assertThrows(() => words(line), SyntaxError);
  }
});

Deno.test("sshArgs() writes options anew, one word each", () => {
  const line =
    "-oConnectTimeout=5 -o 'UserKnownHostsFile=a b' -Jops@jump:2222 -i ~/.ssh/id -4 -o " +
    "'ServerAliveInterval 5'";
  assertEquals(sshArgs(line), {
    args: [
      ...["-o", "ConnectTimeout=5", "-o", "UserKnownHostsFile=a b", "-J", "ops@jump:2222"],
      ...["-i", "~/.ssh/id", "-4", "-o", "ServerAliveInterval=5"],
    ],
    problems: [],
    warnings: [],
  });
});

Deno.test("sshArgs() takes a proxy command with a warning", () => {
  const { args, problems, warnings } = sshArgs(`-o ProxyCommand="ssh -W %h:%p -q jump"`);
  assertEquals(args, ["-o", "ProxyCommand=ssh -W %h:%p -q jump"]);
  assertEquals([problems.length, warnings.length], [0, 1]);
});

Deno.test("a key named __proto__ is a key", async () => {
  const { inventory } = await load("all: { vars: { __proto__: { a: 1 } }, hosts: { h1: } }");
  const { vars } = inventory.hosts[0]!;
  assertEquals(Object.keys(vars), ["__proto__"]);
  assertEquals(Object.getPrototypeOf(vars), Object.prototype);
});

Deno.test("bombs are refused at once", async () => {
  const start = performance.now();
  const deep = `all: ${"[".repeat(200_000)}`;
  const wide = `a: [${"1,".repeat(300_000)}]`;
  const aliases = `a0: &a0 [x]\n` +
    Array.from({ length: 60 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join("");
  for (const text of [deep, wide, aliases, "a".repeat(5_000_000)]) {
    assertEquals(await isRefused(text), true);
  }
  // One that is unfolded takes for ever. How little it takes is measured where nothing else runs.
  assert(performance.now() - start < 120_000, "it took too long");
});

async function isRefused(text: string): Promise<boolean> {
  return await load(text).then(() => false, (error) => error instanceof InputError);
}
