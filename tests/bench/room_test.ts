import { assertEquals } from "@std/assert";
import { roomForHosts } from "../../bench/room.ts";
import { withTempDir } from "../helpers.ts";

Deno.test("roomForHosts() makes room and takes it back, and leaves what is enough alone", () =>
  withTempDir(async (dir) => {
    const file = `${dir}/limit`;
    for (const [before, during] of [["128\n", "4096\n"], ["8192\n", "8192\n"]] as const) {
      await Deno.writeTextFile(file, before);
      {
        await using _ = await roomForHosts(file);
        assertEquals(await Deno.readTextFile(file), during);
      }
      assertEquals(await Deno.readTextFile(file), before);
    }
  }));
