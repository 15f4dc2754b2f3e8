/**
 * Files that are small and mean something huge, or that are huge and mean nothing: each is refused
 * before it costs anything. Measured in a process of its own, the best of a few runs.
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { withTempDir } from "../helpers.ts";
import type { Cost } from "./bomb_child.ts";

const CHILD = fromFileUrl(new URL("bomb_child.ts", import.meta.url));
const LIMIT_MS = 100;
const LIMIT_BYTES = 50 * 1024 * 1024;
/** A busy machine may be slow a few times in a row, never for good. */
const TRIES = 8;

const DEEP = 10_000;
const GROUPS = 5_000;
const repeated = (count: number, line: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join("");

/** Name of the file, its text, and the code of what is said about it. */
const BOMBS: Readonly<Record<string, readonly [file: string, text: string, code: string]>> = {
  "aliases that multiply (500 bytes)": [
    "a.yaml",
    `a: &a [x, x, x, x, x, x, x, x, x]\n` +
    repeated(9, (i) => {
      const [name, before] = ["bcdefghij"[i], "abcdefghi"[i]];
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(",")}]\n`;
    }),
    "too-large",
  ],
  "merges that multiply": [
    "a.yaml",
    `m0: &m0 {a: 1, b: 2}\n` +
    repeated(40, (i) => `m${i + 1}: &m${i + 1} { <<: [*m${i}, *m${i}], x: [*m${i}, *m${i}] }\n`),
    "too-large",
  ],
  "deep flow lists": ["a.yaml", `a: ${"[".repeat(DEEP)}${"]".repeat(DEEP)}\n`, "too-deep"],
  "deep flow maps": ["a.yaml", `a: ${"{a: ".repeat(DEEP)}${"}".repeat(DEEP)}\n`, "too-deep"],
  "deep block lists": ["a.yaml", `a:\n  ${"- ".repeat(DEEP)}x\n`, "too-deep"],
  "deep block keys": ["a.yaml", `${"? ".repeat(DEEP)}x\n`, "too-deep"],
  "deep block maps": [
    "a.yaml",
    repeated(1_900, (i) => `${" ".repeat(i)}a:\n`),
    "too-deep",
  ],
  "deep JSON lists": ["a.json", `{"a": ${"[".repeat(DEEP)}${"]".repeat(DEEP)}}`, "too-deep"],
  "deep JSON maps": ["a.json", `${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}`, "too-deep"],
  "a line of YAML beyond all limits": ["a.yaml", `a: ${"x".repeat(3_000_000)}\n`, "too-large"],
  "a line of INI beyond all limits": ["a", `[a]\nh1 x=${"x".repeat(3_000_000)}\n`, "too-large"],
  "a range of millions in INI": ["a", "[a]\nh[1:99999999]\n", "host-range"],
  "ranges that multiply in INI": ["a", "[a]\nh[1:999][1:999][1:999][1:999]\n", "host-range"],
  "many ranges in INI": ["a", `[a]\n${repeated(2_000, (i) => `h${i}-[1:9999]\n`)}`, "too-large"],
  "the same range again and again": [
    "a",
    repeated(2_000, (i) => `[g${i}]\nh[1:9999]\n`),
    "too-large",
  ],
  "groups in groups": [
    "a",
    repeated(GROUPS, (i) => `[g${i}:children]\ng${i + 1}\n`) + `[g${GROUPS}]\n`,
    "too-deep",
  ],
  "groups in groups, backwards": [
    "a",
    `[g${GROUPS}]\n` + repeated(GROUPS, (i) => `[g${GROUPS - i - 1}:children]\ng${GROUPS - i}\n`),
    "too-deep",
  ],
  "a circle of many groups": [
    "a",
    repeated(GROUPS, (i) => `[g${i}:children]\ng${(i + 1) % GROUPS}\n`),
    "too-deep",
  ],
  "every group in every later group": [
    "a",
    repeated(300, (i) => `[g${i}:children]\n${repeated(i, (j) => `g${j}\n`)}`),
    "too-deep",
  ],
  "ranges that multiply in YAML": ["a.yaml", "a: { hosts: { 'h[1:999][1:999]': } }", "host-range"],
  "duplicate keys": ["a.yaml", `a:\n${repeated(1_000, () => "  vars: {}\n")}`, "duplicate-key"],
  "duplicate keys in JSON": [
    "a.json",
    `{"a": {"hosts": [], ${repeated(1_000, () => '"vars": {}, ')} "vars": {}}}`,
    "duplicate-key",
  ],
  "duplicate keys in INI": ["a", `h1 ${repeated(1_000, () => "x=1 ")}\n`, "duplicate-key"],
  "a deep Python literal is only a string": ["a", `h1 x=${"[".repeat(DEEP)}\nh1:\n`, "host-name"],
};

async function costOf(warmUp: string, path: string): Promise<Cost> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", "--allow-all", CHILD, warmUp, path],
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Measures until one run is within the limits; the cheapest run of each kind is what it costs. */
async function best(dir: string, path: string): Promise<Cost> {
  // The first host of a format compiles its reader: that is no cost of the bomb's.
  const warmUp = `${dir}/small${/\.\w+$/.exec(path)?.[0] ?? ""}`;
  const small: Readonly<Record<string, string>> = {
    ".yaml": "g: { hosts: { 'a[1:2]': { x: [1], <<: { y: 2 } } } }",
    ".json": '{"g": {"hosts": ["a"], "vars": {"x": [1.5, true]}}}',
  };
  const text = small[/\.\w+$/.exec(path)?.[0] ?? ""] ??
    "[g]\na[1:2] x=\"[1, 'y']\"\n[g:vars]\nz=1\n";
  await Deno.writeTextFile(warmUp, text);
  let cost = await costOf(warmUp, path);
  for (let i = 1; i < TRIES && (cost.ms > LIMIT_MS || cost.bytes > LIMIT_BYTES); i++) {
    const next = await costOf(warmUp, path);
    cost = {
      ...next,
      ms: Math.min(cost.ms, next.ms),
      bytes: Math.min(cost.bytes, next.bytes),
    };
  }
  return cost;
}

function judge(cost: Cost, code: string): void {
  assertEquals([cost.refused, cost.codes.includes(code)], [true, true], JSON.stringify(cost));
  assert(cost.ms <= LIMIT_MS, `it took ${cost.ms} ms`);
  assert(cost.bytes <= LIMIT_BYTES, `it took ${cost.bytes} bytes`);
}

for (const [name, [file, text, code]] of Object.entries(BOMBS)) {
  Deno.test(`an inventory is refused at once: ${name}`, () =>
    withTempDir(async (dir) => {
      await Deno.writeTextFile(join(dir, file), text);
      judge(await best(dir, join(dir, file)), code);
    }));
}

Deno.test("an inventory is refused at once: a line of 100 MB", () =>
  withTempDir(async (dir) => {
    for (const name of ["a.yaml", "a.json", "a"]) {
      const path = join(dir, name);
      const file = await Deno.open(path, { create: true, write: true });
      const chunk = new TextEncoder().encode("x".repeat(1024 * 1024));
      for (let i = 0; i < 100; i++) await file.write(chunk);
      file.close();
      judge(await best(dir, path), "unreadable");
      await Deno.remove(path);
    }
  }));
