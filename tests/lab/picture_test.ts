/** The page of drills as a browser shows it: light, dark and narrow. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cli } from "../commands/cli.ts";
import { withTempDir } from "../helpers.ts";
import { drillRun, DRILLS } from "../reporters/drills.ts";
import { type Browser, findBrowser, type ScreenshotOptions } from "./browser.ts";
import { type Picture, pixelsLike, readPng } from "./png.ts";

/** A run that `drill --report jsonl:FILE` saved; without one a simulated run is drawn. */
const SAVED = Deno.env.get("HOLDFAST_PICTURE_RUN");
/** Where pictures stay, for people to look at. */
const ARTIFACTS = Deno.env.get("HOLDFAST_ARTIFACTS");

const browser = await findBrowser();
if (typeof browser === "string") {
  console.error(`SKIPPED: every look at a page. ${browser}`);
  // In CI that is a failure: a green run must mean that the page was looked at.
  if (Deno.env.get("CI") === "true") throw new Error(`Cannot look at a page: ${browser}`);
}
const ignore = typeof browser === "string";

/** Draws a run with the command line, and hands the page over. */
function withPage(work: (page: string) => Promise<void>): Promise<void> {
  return withTempDir(async (temp) => {
    const dir = ARTIFACTS ?? temp;
    await Deno.mkdir(dir, { recursive: true });
    const place = await Deno.realPath(dir);
    const run = SAVED ?? `${temp}/run.jsonl`;
    if (SAVED === undefined) {
      const lines = drillRun().map((event) => `${JSON.stringify(event)}\n`).join("");
      await Deno.writeTextFile(run, lines);
    }
    const { code, err } = await cli(["report", run, "--html", `${place}/drills.html`]);
    assertEquals([code, err], [0, ""]);
    await work(`${place}/drills.html`);
  });
}

/** A picture of the page, which is kept beside it. */
async function pictureOf(page: string, name: string, options: ScreenshotOptions): Promise<Picture> {
  const png = await (browser as Browser).screenshot(page, options);
  await Deno.writeFile(page.replace(/[^/]+$/, `${name}.png`), png);
  const picture = await readPng(png);
  assertEquals([picture.width, picture.height], [options.width, options.height]);
  return picture;
}

const COLORS = {
  light: { page: "#ffffff", holds: "#2f6fd0", answers: "#1a7f4b", bad: "#c4321f" },
  dark: { page: "#0f1318", holds: "#6aa4ff", answers: "#4cc38a", bad: "#ff7a66" },
};

/** Nothing of it is blank: all that a timeline is made of was painted. */
function assertPainted(picture: Picture, scheme: keyof typeof COLORS): void {
  const counts = Object.fromEntries(
    Object.entries(COLORS[scheme]).map(([what, color]) => [what, pixelsLike(picture, color)]),
  );
  const said = `${scheme}: ${JSON.stringify(counts)}`;
  assert((counts["page"] ?? 0) > picture.width * picture.height / 20, said);
  // One bar of a holder alone is more than a hundred pixels long and more than ten high.
  assert((counts["holds"] ?? 0) > 1000, said);
  assert((counts["answers"] ?? 0) > 300, said);
  assert((counts["bad"] ?? 0) > 50, said);
}

Deno.test("report --html draws a saved run", () =>
  withPage(async (page) => {
    const text = await Deno.readTextFile(page);
    assertStringIncludes(text, '<svg class="timeline"');
  }));

Deno.test({
  name: "a browser finds every part of a timeline where it belongs",
  ignore,
  fn: () =>
    withPage(async (page) => {
      const dom = await (browser as Browser).dom(page);
      const count = (part: string) => dom.split(part).length - 1;
      assert(count('<svg class="timeline" role="img"') >= 1);
      // It understood the page as it was written: no element was moved, none was made up.
      const written = await Deno.readTextFile(page);
      const names = ["svg", "rect", "path", "text", "line", "g", "section", "tr", "td", "li", "dd"];
      for (const name of names) {
        assertEquals(count(`<${name}`), written.split(`<${name}`).length - 1, name);
      }
      for (const it of ["answers", "failures", "holder", "watch", "backends", "axis"]) {
        assert(count(`class="${it}"`) >= 1, it);
      }
      for (const it of ["fault", "heal", "steady"]) assert(count(`class="mark ${it}"`) >= 1, it);
      if (SAVED !== undefined) return;
      assertEquals(count("data-verdict="), DRILLS.length);
      assert(count('class="several"') >= 1);
      assert(count('class="stall"') >= 1);
    }),
});

Deno.test({
  name: "the page is painted, light, dark and on a phone",
  ignore,
  fn: () =>
    withPage(async (page) => {
      assertPainted(await pictureOf(page, "light", { width: 1200, height: 3600 }), "light");
      const dark = { width: 1200, height: 3600, dark: true };
      assertPainted(await pictureOf(page, "dark", dark), "dark");
      assertPainted(await pictureOf(page, "narrow", { width: 500, height: 3600 }), "light");
    }),
});
