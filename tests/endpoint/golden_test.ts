/**
 * Rendered files of every profile and of every setting, for the versions of seven releases. Two are
 * whole, guide.txt and standard.txt, as bookworm has them; differences.txt has the others as
 * differences to those. `HOLDFAST_UPDATE=1` writes them anew: read the diff.
 */
import { assert, assertEquals } from "@std/assert";
import { structuredPatch } from "diff";
import { TaskError } from "../../src/errors.ts";
import { RELEASES } from "./fixtures.ts";
import { endpoints, inPods, listed, PAPER, type RenderingName } from "./renderings.ts";

const BASE = "bookworm";
const ENDPOINTS = endpoints(PAPER);
const NAMES = Object.keys(ENDPOINTS) as RenderingName[];
const OTHERS = (Object.keys(RELEASES) as (keyof typeof RELEASES)[]).filter((it) => it !== BASE);

async function assertGolden(name: string, text: string) {
  const file = new URL(`golden/${name}`, import.meta.url);
  if (Deno.env.get("HOLDFAST_UPDATE") === "1") await Deno.writeTextFile(file, text);
  assertEquals(text, await Deno.readTextFile(file));
}

/** The files for a release, or why there are none. */
function renderedFor(name: RenderingName, release: keyof typeof RELEASES): string {
  try {
    return listed(ENDPOINTS[name], release);
  } catch (error) {
    if (error instanceof TaskError) return error.message;
    throw error;
  }
}

/** The lines that differ, each stretch behind the file and the line before it. */
function difference(from: string, to: string): string {
  const lines = from.split("\n");
  const { hunks } = structuredPatch("", "", from, to, undefined, undefined, { context: 0 });
  if (hunks.length === 0) return "no difference\n";
  return hunks.map(({ oldStart, oldLines, lines: changed }) => {
    // An empty stretch is said to begin at the line before it.
    const before = lines.slice(0, oldLines === 0 ? oldStart : oldStart - 1);
    const file = before.findLast((line) => line.startsWith("==> "))?.split(" ")[1] ?? "";
    return [`@@ ${file} | ${before.at(-1) ?? ""}`.trimEnd(), ...changed, ""].join("\n");
  }).join("");
}

for (const name of ["guide", "standard"] as const) {
  Deno.test(`managedFiles() equals golden/${name}.txt`, async () => {
    await assertGolden(`${name}.txt`, listed(ENDPOINTS[name], BASE));
  });
}

Deno.test("managedFiles() differs from that as golden/differences.txt says", async () => {
  const standard = listed(ENDPOINTS.standard, BASE);
  const text = NAMES.map((name) => {
    const base = listed(ENDPOINTS[name], BASE);
    const own = name === "guide" || name === "standard"
      ? ""
      : `=== ${name} on ${BASE}, against standard on ${BASE}\n${difference(standard, base)}\n`;
    // What is the same on several releases is said once.
    const others = Map.groupBy(OTHERS, (it) => {
      const text = renderedFor(name, it);
      return text.startsWith("Cannot ") ? `${text}\n` : difference(base, text);
    });
    return own +
      [...others].map(([it, on]) =>
        `=== ${name} on ${on.join(", ")}, against ${name} on ${BASE}\n${it}`
      ).join("\n");
  }).join("\n");
  await assertGolden("differences.txt", text);
});

Deno.test("managedFiles() of static pods equals golden/static-pods.txt", async () => {
  await assertGolden("static-pods.txt", listed(inPods(ENDPOINTS.standard), BASE));
});

Deno.test("managedFiles() of static pods differs from that as golden/static-pods-differences.txt says", async () => {
  const base = listed(inPods(ENDPOINTS.standard), BASE);
  const text = NAMES.filter((name) => name !== "standard").map((name) =>
    `=== ${name}, against standard\n${difference(base, listed(inPods(ENDPOINTS[name]), BASE))}`
  ).join("\n");
  await assertGolden("static-pods-differences.txt", text);
});

Deno.test("managedFiles() of static pods go by the images, whatever the hosts have", () => {
  for (const name of NAMES) {
    const [first, ...others] = Object.keys(RELEASES).map((it) =>
      listed(inPods(ENDPOINTS[name]), it as keyof typeof RELEASES)
    );
    for (const other of others) assertEquals(other, first);
  }
});

Deno.test("every release differs from bookworm only by what its versions know", () => {
  for (const name of NAMES) {
    for (const release of OTHERS) {
      if (name === "guide" && release === "upstream") continue;
      const found = difference(listed(ENDPOINTS[name], BASE), listed(ENDPOINTS[name], release));
      const lines = found.split("\n").filter((line) => /^[-+]/.test(line));
      const rule = release === "bullseye" && name !== "guide" ? 6 : 0;
      assertEquals(lines.length, rule, `${name} on ${release}: ${found}`);
      assert(lines.every((line) => /^- {4}(cli|srv)tcpka-/.test(line)), found);
    }
  }
});
