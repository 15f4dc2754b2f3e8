/** The drill that docs/drills.md shows is one that works. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { loadDrills } from "../../src/commands/drill_file.ts";
import { chooseDrills } from "../../src/drills/choose.ts";
import { CATALOGUE } from "../../src/drills/catalogue/mod.ts";
import { expectedScene } from "../../src/drills/scene.ts";
import { anEndpoint, withTempDir } from "../helpers.ts";
import { OWN_DRILL, ownExample } from "./own_example.ts";

const ROOT = new URL("../../", import.meta.url);

Deno.test("the drill of docs/drills.md compiles, is chosen by its name and has a plan", () =>
  withTempDir(async (dir) => {
    const path = join(dir, "standby_stopped.ts");
    await Deno.writeTextFile(path, await ownExample());
    const config = fromFileUrl(new URL("deno.json", ROOT));
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", "--quiet", "--config", config, path],
      cwd: fromFileUrl(ROOT),
    }).output();
    assertEquals(code, 0, new TextDecoder().decode(stderr));

    const { drills: own, problems } = await loadDrills([path]);
    assertEquals(problems, []);
    const wish = { names: [OWN_DRILL], suite: "full" } as const;
    const { drills: [drill] } = chooseDrills([...CATALOGUE, ...own], wish);
    assert(drill !== undefined);

    const plan = drill.plan(expectedScene(anEndpoint("lb1", "lb2")));
    assertEquals(plan.targets, ["lb2"]);
    const [one, ...more] = plan.breaks;
    assert(one?.kind === "host" && more.length === 0);
    assertMatch(one.script, /^systemctl stop keepalived\.service$/);
    assertEquals(drill.unfit?.(expectedScene(anEndpoint("lb1"))), "needs a second load balancer");
  }));
