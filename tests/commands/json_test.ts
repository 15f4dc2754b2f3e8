import { assert, assertEquals } from "@std/assert";
import { VERSION } from "../../src/version.ts";
import { assertEvents } from "../event_lines.ts";
import { withTempDir } from "../helpers.ts";
import { cli, DEAD_END } from "./cli.ts";

Deno.test("--json prints events only, from the version to the end of the run", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, DEAD_END);
    const { code, out, err } = await cli(["apply", `${dir}/hosts.yaml`, "--json"]);
    assertEquals([code, err], [4, ""]);
    const events = assertEvents(out.trimEnd().split("\n"));
    assertEquals(events[0], { type: "version", format: 1, holdfast: VERSION });
    const end = events.at(-1);
    assert(end?.type === "run-end");
    assertEquals(end.exitCode, 4);
    assertEquals(Object.keys(end.hosts), ["lb1", "lb2"]);
    const start = events.find((event) => event.type === "run-start");
    const line = DEAD_END.split("\n").findIndex((text) => text.includes("lb1")) + 1;
    assertEquals(start?.places["lb1"]?.line, line);
  }));

Deno.test("--json tells of a refused inventory in events too", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/hosts.yaml`, DEAD_END.replace("backends", "backend"));
    const { code, out, err } = await cli(["apply", `${dir}/hosts.yaml`, "--json"]);
    const events = assertEvents(out.trimEnd().split("\n"));
    assertEquals(code, 1);
    const hints = events.flatMap((event) =>
      event.type === "diagnostic" ? [event.diagnostic.hint ?? ""] : []
    );
    assert(hints.some((hint) => hint.includes("backends")), out);
    const end = events.at(-1);
    assertEquals(end?.type === "run-end" && end.exitCode, 1);
    assert(err.includes("backend"), err);
  }));
