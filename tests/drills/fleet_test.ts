import { assertEquals } from "@std/assert";
import { Fleet } from "../../src/drills/fleet.ts";
import type { Session } from "../../src/model.ts";
import { anEndpoint } from "../helpers.ts";
import { Time } from "./time.ts";

Deno.test("Fleet ends a session that comes when it was given up already, so that one is left", async () => {
  const time = new Time();
  const opened: string[] = [];
  const ended: string[] = [];
  // The first way to the host takes longer than anybody waits for it.
  const delays = [12_000, 20];
  const connect = async (): Promise<Session> => {
    const name = `session ${opened.length + 1}`;
    opened.push(name);
    await time.sleep(delays.shift() ?? 20);
    return {
      roundTrips: 0,
      run: (script) => Promise.resolve({ code: 0, stdout: `${name}: ${script}`, stderr: "" }),
      [Symbol.asyncDispose]: () => Promise.resolve(void ended.push(name)),
    };
  };
  const hosts = anEndpoint("lb1").members.map(({ host }) => host);
  const fleet = new Fleet(hosts, { connect, clock: () => time.now, sleep: (ms) => time.sleep(ms) });
  const answer = await fleet.reach("lb1", "heal", 60_000);
  assertEquals("stdout" in answer && answer.stdout, "session 2: heal");
  await time.sleep(20_000);
  assertEquals([opened, ended], [["session 1", "session 2"], ["session 1"]]);
  await fleet.close();
  assertEquals(ended, ["session 1", "session 2"]);
});
