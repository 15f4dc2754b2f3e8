/**
 * The guide profile against the seed document itself (golden/seed.md is an exact copy), and
 * docs/seed.md against both. `HOLDFAST_UPDATE=1` writes the figures of docs/drills.md into it.
 */
import { assert, assertEquals } from "@std/assert";
import { managedFiles } from "../../src/endpoint/files.ts";
import { PATHS } from "../../src/endpoint/paths.ts";
import { endpoint, secret, TEMPLATES, world } from "./fixtures.ts";
import {
  drillFigures,
  figuresOf,
  linesOf,
  longerLine,
  longerWithStandard,
  seedRows,
  tableUnder,
} from "./seed_page.ts";

const SEED = await Deno.readTextFile(new URL("golden/seed.md", import.meta.url));

const GUIDE = endpoint({
  profile: "guide",
  vrrp: { ...endpoint().vrrp, authPass: secret("s3cr3t") },
});

const VARIABLES: Readonly<Record<string, string>> = {
  STATE: "MASTER",
  INTERFACE: "eth0",
  ROUTER_ID: "10",
  PRIORITY: "101",
  AUTH_PASS: "s3cr3t",
  APISERVER_VIP: "10.88.0.10",
  APISERVER_DEST_PORT: "8443",
  APISERVER_SRC_PORT: "6443",
  HOST1_ID: "m1",
  HOST1_ADDRESS: "10.88.0.21",
};

/** Code blocks of the seed in order, filled in, with its `[...]` replaced by the other servers. */
const BLOCKS = [...SEED.matchAll(/^```\n(.*?)^```$/gms)].map(([, block = ""]) =>
  block.replaceAll(/\$\{(\w+)\}/g, (whole, name) => VARIABLES[name] ?? whole)
    .replace("# [...]", "server m2 10.88.0.22:6443 check\nserver m3 10.88.0.23:6443 check")
);

/** Words of every line that is not blank. */
function words(text: string): string[] {
  return text.split("\n").map((it) => it.trim().replaceAll(/\s+/g, " ")).filter((it) => it !== "");
}

Deno.test("managedFiles() of profile guide are the seed's files, word for word", () => {
  const files = managedFiles(GUIDE, GUIDE.members[0]!, TEMPLATES);
  const [keepalived, script, haproxy] = BLOCKS;
  const expected = {
    "/etc/haproxy/haproxy.cfg": haproxy,
    "/etc/keepalived/keepalived.conf": keepalived,
    "/etc/keepalived/check_apiserver.sh": script,
  };
  assertEquals(BLOCKS.length, 3);
  assertEquals(
    Object.fromEntries(files.map((it) => [it.path, words(it.content(world(GUIDE)))])),
    Object.fromEntries(Object.entries(expected).map(([path, text]) => [path, words(text ?? "")])),
  );
});

Deno.test("managedFiles() of profile guide keep the seed's line breaks inside the script", () => {
  const script = managedFiles(GUIDE, GUIDE.members[0]!, TEMPLATES).at(-1);
  assertEquals(script?.content(world(GUIDE)), BLOCKS[1]);
});

const PAGE = new URL("../../docs/seed.md", import.meta.url);
const golden = (name: string) => Deno.readTextFile(new URL(`golden/${name}.txt`, import.meta.url));

const TABLES = {
  "### `haproxy.cfg`": PATHS.haproxy,
  "### `keepalived.conf`": PATHS.keepalived,
  "### `check_apiserver.sh`": PATHS.guideScript,
} as const;

/** What `standard` has in the place of the files of each table. */
const INSTEAD: Readonly<Record<string, readonly string[]>> = {
  "### `haproxy.cfg`": [PATHS.haproxy],
  "### `keepalived.conf`": [PATHS.keepalived],
  "### `check_apiserver.sh`": [PATHS.aliveScript, PATHS.readyScript],
  "### Beside the files": [PATHS.haproxyUnit, PATHS.keepalivedUnit, PATHS.addressesUnit],
};

for (const [heading, path] of Object.entries(TABLES)) {
  Deno.test(`docs/seed.md has a row for every line of ${path}, and none for another`, async () => {
    const rows = seedRows(await Deno.readTextFile(PAGE), heading);
    const lines = linesOf(await golden("guide"), path).filter((line) => line !== "}");
    const begins = (line: string, word: string) =>
      line === word || line.startsWith(word) && !/^[\w-]/.test(line.slice(word.length));
    const says = rows.flatMap((row) => row.says);
    assertEquals(lines.filter((line) => !says.some((word) => begins(line, word))), []);
    assertEquals(says.filter((word) => !lines.some((line) => begins(line, word))), []);
    assertEquals(rows.flatMap((row) => row.guide).filter((line) => !lines.includes(line)), []);
  });
}

for (const [heading, paths] of Object.entries(INSTEAD)) {
  const files = paths.join(" and ");
  Deno.test(`docs/seed.md shows lines of standard that ${files} have`, async () => {
    const text = await golden("standard");
    const lines = paths.flatMap((path) => linesOf(text, path));
    const shown = seedRows(await Deno.readTextFile(PAGE), heading).flatMap((row) => row.standard);
    assert(shown.length >= 3, `${shown.length} lines`);
    assertEquals(shown.filter((line) => !lines.includes(line)), []);
  });
}

Deno.test("docs/seed.md has a row for what the page says beside its files", async () => {
  const rows = tableUnder(await Deno.readTextFile(PAGE), "### Beside the files");
  const said = rows.map(([says = ""]) => says);
  for (const remark of ["affinity", "static pods"]) {
    assert(SEED.toLowerCase().includes(remark));
    assertEquals(said.filter((it) => it.includes(remark)).length, 1, remark);
  }
});

Deno.test("docs/seed.md says truly what a killed Keepalived costs with either profile", async () => {
  const drills = await Deno.readTextFile(new URL("../../docs/drills.md", import.meta.url));
  const [guide = [], standard = []] = ["guide", "standard"]
    .map((profile) => figuresOf(drills, `### \`${profile}\``).get("`keepalived-killed`"));
  assertEquals([guide[2] === "none", standard[2]], [false, "none"]);
  const longer = [...longerWithStandard(drills)].filter(([, more]) => more >= 100);
  assertEquals(longer.map(([drill]) => drill), ["`keepalived-killed`"]);
  const [units = []] = tableUnder(await Deno.readTextFile(PAGE), "### Beside the files");
  assert(units[3]?.includes("clients wait longer with `standard`"), units[3]);
});

Deno.test("docs/seed.md has the figures of docs/drills.md, and names drills that are there", async () => {
  const drills = await Deno.readTextFile(new URL("../../docs/drills.md", import.meta.url));
  const page = await Deno.readTextFile(PAGE);
  const wanted = page.replace(
    /<!-- drills -->[\s\S]*?<!-- end -->/,
    () => `<!-- drills -->\n\n${drillFigures(drills)}\n\n${longerLine(drills)}\n\n<!-- end -->`,
  );
  if (Deno.env.get("HOLDFAST_UPDATE") === "1") await Deno.writeTextFile(PAGE, wanted);
  assertEquals(await Deno.readTextFile(PAGE), wanted);
  const known = tableUnder(drills, "### `standard`").map(([drill]) => drill);
  const whys = Object.keys(TABLES).flatMap((heading) => tableUnder(page, heading))
    .map((cells) => cells.at(3) ?? "");
  const named = whys.flatMap((why) => /Drills? (.*)/.exec(why)?.[1]?.match(/`[a-z-]+`/g) ?? []);
  assert(named.length >= 6, named.join(" "));
  assertEquals(named.filter((drill) => !known.includes(drill)), []);
});

Deno.test("docs/seed.md maps every variable of the seed", async () => {
  const page = await Deno.readTextFile(PAGE);
  const names = new Set([...SEED.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? ""));
  assertEquals([...names].filter((name) => !page.includes(`\`${name}\``)), []);
});
