import { assertEquals } from "@std/assert";
import { LocalSession, runPlay, withTempDir, wordTask } from "../helpers.ts";

/** A host of this machine on which OpenRC runs. */
class WithOpenrc extends LocalSession {
  override run(script: string) {
    return super.run(
      script.replaceAll("/run/systemd/system", "/nonexistent").replaceAll("/run/openrc", "/run"),
    );
  }
}

Deno.test("apply says that a host with OpenRC does not go back by itself; check says nothing", () =>
  withTempDir(async (dir) => {
    const play = { tasks: () => [wordTask(dir, "a")] };
    const said = async (mode: "apply" | "check") =>
      (await runPlay(mode, play, { lb1: new WithOpenrc(dir) })).events.flatMap((event) =>
        event.type === "diagnostic" ? [`${event.diagnostic.code}: ${event.diagnostic.message}`] : []
      );
    assertEquals(await said("check"), []);
    assertEquals(await said("apply"), [
      'unguarded-host: "lb1" runs OpenRC: should this run be cut off, by a lost link or a lost ' +
      "power, it goes back only when somebody applies again",
    ]);
  }));
