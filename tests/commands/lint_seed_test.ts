/**
 * `lint` of the seed document's own files, as somebody has filled them in. Run with
 * HOLDFAST_UPDATE=1 to write what it prints, and read the difference.
 */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { SEED_FAULTS } from "../../src/lints/seed.ts";
import { withTempDir } from "../helpers.ts";
import { cli, ROOT } from "./cli.ts";

const PAGE = await Deno.readTextFile(join(ROOT, "tests/endpoint/golden/seed.md"));
const [KEEPALIVED = "", SCRIPT = "", HAPROXY = ""] = [...PAGE.matchAll(/^```\n(.*?)^```$/gms)]
  .map(([, text]) => text ?? "");

/** What the page leaves to its reader. */
const VALUES: Readonly<Record<string, string>> = {
  STATE: "MASTER",
  INTERFACE: "eth0",
  ROUTER_ID: "51",
  PRIORITY: "101",
  AUTH_PASS: "42",
  APISERVER_VIP: "10.0.0.10",
  APISERVER_DEST_PORT: "8443",
  APISERVER_SRC_PORT: "6443",
  HOST1_ID: "m1",
  HOST1_ADDRESS: "10.0.0.21",
};

const MORE_SERVERS = "server m2 10.0.0.22:6443 check\n        server m3 10.0.0.23:6443 check";

function filled(text: string): string {
  return text.replaceAll(/\$\{(\w+)\}/g, (whole, name) => VALUES[name] ?? whole)
    .replace("# [...]", MORE_SERVERS);
}

/** What Debian's package has, as far as it matters. */
const UNIT = "[Service]\nType=notify\nExecStart=/usr/sbin/keepalived --dont-fork\n";

/** What `lint` prints of files in a folder of their own; exit code and errors are looked at here. */
async function lintOf(args: readonly string[]): Promise<string> {
  let printed = "";
  await withTempDir(async (dir) => {
    const files = { "keepalived.conf": KEEPALIVED, "haproxy.cfg": HAPROXY };
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${dir}/${name}`, filled(text));
    }
    // Elsewhere: beside keepalived.conf it would be read without being named.
    await Deno.mkdir(`${dir}/scripts`);
    await Deno.writeTextFile(`${dir}/scripts/check_apiserver.sh`, filled(SCRIPT));
    await Deno.writeTextFile(`${dir}/keepalived.service`, UNIT);
    const both = ["lint", "--keepalived", "keepalived.conf", "--haproxy", "haproxy.cfg"];
    const { code, out, err } = await cli([...both, ...args], { cwd: dir });
    assertEquals([code, err], [1, ""]);
    printed = out;
  });
  return printed;
}

async function assertGolden(name: string, printed: string): Promise<void> {
  const path = join(ROOT, "tests/commands/golden/lint", name);
  if (Deno.env.get("HOLDFAST_UPDATE") === "1") await Deno.writeTextFile(path, printed);
  assertEquals(printed, await Deno.readTextFile(path));
}

/** Codes that were printed, each once. */
function codes(printed: string): readonly string[] {
  return [...new Set(printed.match(/(?<=\[)[a-z-]+(?=\]$)/gm))].toSorted();
}

/** Faults that are none by hand: ten seconds are let pass, and one member has no distance to others. */
const ELSEWHERE = ["slow-adverts", "weight-below-spread"];

/** Faults of a unit that nobody has shown. */
const OF_UNITS = ["early-start", "keepalived-not-restarted"];

Deno.test("lint of the seed's two files says what it sees in them, and that it saw no script", async () => {
  await assertGolden("seed.txt", await lintOf([]));
});

Deno.test("lint of the seed's two files and its script names every fault of the page", async () => {
  const printed = await lintOf(["--script", "scripts/check_apiserver.sh"]);
  await assertGolden("seed_with_script.txt", printed);
  const missed = [...SEED_FAULTS].filter((it) => !codes(printed).includes(it)).toSorted();
  assertEquals(missed, [...OF_UNITS, ...ELSEWHERE].toSorted());
});

Deno.test("lint of the seed's files knows what a unit and a promise add", async () => {
  const script = ["--script", "scripts/check_apiserver.sh"];
  const printed = await lintOf([...script, "--unit", "keepalived.service", "--slo", "2s"]);
  const missed = [...SEED_FAULTS].filter((it) => !codes(printed).includes(it));
  assertEquals(missed.toSorted(), ELSEWHERE);
  const late = printed.match(
    /(?<=clients would wait )[\d.]+ s when [\w ]+(?=: .*\[slo-missed\]$)/gm,
  );
  assertEquals(late, [
    "33.8 s when HAProxy dies",
    "36.8 s when HAProxy hangs",
    "3.6 s when the holder is lost",
  ]);
});
