import { assertEquals, assertStringIncludes } from "@std/assert";
import { handlerScripts } from "../../src/endpoint/needs.ts";
import { keepers, standDown } from "../../src/endpoint/rolling.ts";
import { endpointPlay } from "../../tasks/play.ts";
import { SHELLS } from "../ssh/shells.ts";
import { endpoint, TEMPLATES } from "./fixtures.ts";
import { type Fact, type RollingHost, withRollingHost } from "./rolling_host.ts";

const [keeper] = keepers();
const { save, restore } = keeper!;
const { leave, join } = standDown(endpoint());

const UP: readonly Fact[] = ["exists", "active", "enabled"];

/** How a unit was, how it is when the run is undone, which handlers are due, and what is done. */
interface Case {
  readonly was: readonly Fact[];
  readonly is: readonly Fact[];
  readonly notified?: string;
  readonly early?: boolean;
  /** What is done, in order. */
  readonly done: readonly string[];
  /** What it says when it fails. */
  readonly error?: string;
}

/** Of both units, unless one of them is meant. */
const BOTH: Readonly<Record<string, Case>> = {
  "leaves what is as it was": { was: UP, is: UP, done: [] },
  "leaves what never ran": {
    was: ["exists"],
    is: ["exists"],
    done: ["stop keepalived", "stop haproxy"],
  },
  "starts what ran, HAProxy first": {
    was: UP,
    is: ["exists", "enabled"],
    done: ["start haproxy", "start keepalived"],
  },
  "restarts what runs with a unit that is taken back": {
    was: UP,
    is: UP,
    notified: "restart haproxy\nrestart keepalived",
    done: ["daemon-reload", "restart haproxy", "restart keepalived"],
  },
  "restarts once what should also reload": {
    was: UP,
    is: UP,
    notified: "reload haproxy\nrestart haproxy",
    done: ["daemon-reload", "restart haproxy"],
  },
  "reloads what runs with files that are taken back": {
    was: UP,
    is: UP,
    notified: "reload haproxy\nreload keepalived",
    done: ["reload-or-restart haproxy", "reload-or-restart keepalived"],
  },
  "starts, and need not reload, what has ended": {
    was: UP,
    is: ["exists", "enabled"],
    notified: "reload haproxy\nreload keepalived",
    done: ["start haproxy", "start keepalived"],
  },
  "stops and disables what came with the run, Keepalived first": {
    was: [],
    is: UP,
    notified: "restart haproxy\nrestart keepalived",
    done: [
      "daemon-reload",
      "disable keepalived",
      "stop keepalived",
      "disable haproxy",
      "stop haproxy",
    ],
  },
  "has nothing to do with units that never came": { was: [], is: [], done: [] },
  "stops and disables what was stopped and disabled": {
    was: ["exists"],
    is: UP,
    done: ["disable keepalived", "stop keepalived", "disable haproxy", "stop haproxy"],
  },
  "enables what was enabled and did not run": {
    was: ["exists", "enabled"],
    is: ["exists"],
    done: ["enable keepalived", "stop keepalived", "enable haproxy", "stop haproxy"],
  },
  "only decides at boot what boot starts": {
    was: UP,
    is: ["exists"],
    notified: "restart haproxy\nreload keepalived",
    early: true,
    done: ["daemon-reload", "enable keepalived", "enable haproxy"],
  },
  "waits for nothing at boot": {
    was: ["exists"],
    is: ["exists", "enabled"],
    early: true,
    done: [
      "disable keepalived",
      "--no-block stop keepalived",
      "disable haproxy",
      "--no-block stop haproxy",
    ],
  },
  "says what does not start": {
    was: UP,
    is: ["exists", "enabled", "broken"],
    done: ["start haproxy", "start keepalived"],
    error: "Cannot start haproxy again\nCannot start keepalived again\n",
  },
  "says what starts and does not stay": {
    was: UP,
    is: ["exists", "enabled", "flaps"],
    done: ["start haproxy", "start keepalived"],
    error: "Cannot start haproxy again\n",
  },
  "does not ask of a unit more than it did": {
    was: ["exists", "enabled", "waits"],
    is: ["exists", "enabled", "broken"],
    done: ["start haproxy", "start keepalived"],
  },
  "restarts what does not take its files back, and says that this did not help": {
    was: UP,
    is: [...UP, "broken"],
    notified: "reload keepalived",
    done: ["reload-or-restart keepalived", "restart keepalived"],
    error: "Cannot reload keepalived again\n",
  },
};

async function undone(host: RollingHost, one: Case): Promise<void> {
  const { was, is, notified = "", early = false, done, error } = one;
  for (const unit of ["haproxy", "keepalived"] as const) await host.unit(unit, ...was);
  const saved = (await host.run(save)).stdout;
  assertEquals(await host.changes(), []);
  for (const unit of ["haproxy", "keepalived"] as const) await host.unit(unit, ...is);
  const variables = { saved, notified, ...(early ? { early: "1" } : {}) };
  const { code, stderr } = await host.run(restore, variables);
  assertEquals([await host.changes(), code], [done, error === undefined ? 0 : 1], stderr);
  if (error !== undefined) {
    const said = stderr.split("\n").filter((line) => line.startsWith("Cannot"));
    assertStringIncludes(`${said.join("\n")}\n`, error);
    return;
  }
  if (early || was.includes("waits")) return;
  // Both are as they were, and stay so however often they are brought back.
  for (const unit of ["haproxy", "keepalived"] as const) {
    const lasting = was.filter((fact) => fact !== "exists");
    assertEquals((await host.facts(unit)).filter((fact) => fact !== "exists"), lasting);
  }
  const again = await host.run(restore, { ...variables, notified: "" });
  const more = (await host.changes()).filter((line) => !line.startsWith("stop "));
  assertEquals([again.code, more], [0, []]);
}

for (const [name, { argv }] of Object.entries(SHELLS)) {
  for (const [what, one] of Object.entries(BOTH)) {
    Deno.test(`keepers() ${what} (${name})`, () =>
      withRollingHost(argv, (host) => undone(host, one)));
  }

  Deno.test(`keepers() save a line for each unit, there or not (${name})`, () =>
    withRollingHost(argv, async (host) => {
      await host.unit("haproxy", ...UP);
      assertEquals(await host.run(save), {
        code: 0,
        stdout: "haproxy active enabled\nkeepalived inactive disabled\n",
        stderr: "",
      });
    }));

  Deno.test(`handlerScripts() mind a restarted daemon that does not stay (${name})`, () =>
    withRollingHost(argv, async (host) => {
      const script = handlerScripts().find((it) => it.name === "restart keepalived")?.script ?? "";
      await host.unit("keepalived", ...UP);
      assertEquals((await host.run(script)).code, 0);
      await host.unit("keepalived", ...UP, "flaps");
      const { code, stdout } = await host.run(script);
      assertEquals(code, 1);
      assertStringIncludes(stdout, "keepalived does not stay up");
    }));

  Deno.test(`keepers() read units anew that have changed on disk (${name})`, () =>
    withRollingHost(argv, async (host) => {
      for (const unit of ["haproxy", "keepalived"] as const) await host.unit(unit, ...UP);
      const saved = (await host.run(save)).stdout;
      await host.mark("stale");
      await host.run(restore, { saved });
      assertEquals(await host.changes(), ["daemon-reload"]);
    }));

  Deno.test(`keepers() touch no unit of which nothing was kept (${name})`, () =>
    withRollingHost(argv, async (host) => {
      for (const unit of ["haproxy", "keepalived"] as const) await host.unit(unit, ...UP);
      assertEquals((await host.run(restore, { saved: "haproxy active enabled" })).code, 0);
      assertEquals(await host.changes(), []);
    }));

  Deno.test(`standDown() leaves the address and takes part again (${name})`, () =>
    withRollingHost(argv, async (host) => {
      await host.unit("keepalived", ...UP);
      await host.mark("address");
      assertEquals((await host.run(leave)).code, 0);
      assertEquals((await host.run(leave)).code, 0);
      assertEquals(await host.changes(), ["stop keepalived", "stop keepalived"]);
      assertEquals((await host.run(join)).code, 0);
      assertEquals((await host.run(join)).code, 0);
      assertEquals(await host.changes(), ["start keepalived", "start keepalived"]);
    }));

  Deno.test(`standDown() takes away an address that was left behind (${name})`, () =>
    withRollingHost(argv, async (host) => {
      await host.unit("keepalived", ...UP);
      await host.mark("address");
      await host.mark("stuck");
      assertEquals((await host.run(leave)).code, 0);
      const del = "ip addr del 10.88.0.10/32 dev eth0";
      assertEquals(await host.changes(), ["stop keepalived", del]);
      await host.mark("address");
      await host.mark("glued");
      const { code, stderr } = await host.run(leave);
      assertEquals([code, stderr], [1, "it still has 10.88.0.10/32\n"]);
    }));

  Deno.test(`standDown() leaves addresses of both families (${name})`, () =>
    withRollingHost(argv, async (host) => {
      const both = standDown(endpoint({ moreAddresses: ["fd00:88::10"] })).leave;
      for (const mark of ["address", "six", "stuck"]) await host.mark(mark);
      assertEquals((await host.run(both)).code, 0);
      assertEquals(await host.changes(), [
        "ip addr del 10.88.0.10/32 dev eth0",
        "ip addr del fd00:88::10/128 dev eth0",
      ]);
      for (const mark of ["six", "glued"]) await host.mark(mark);
      const { code, stderr } = await host.run(both);
      assertEquals([code, stderr], [1, "it still has fd00:88::10/128\n"]);
    }));

  Deno.test(`standDown() has nothing to do without Keepalived (${name})`, () =>
    withRollingHost(argv, async (host) => {
      assertEquals([(await host.run(leave)).code, (await host.run(join)).code], [0, 0]);
      assertEquals(await host.changes(), []);
    }));

  Deno.test(`standDown() fails to join with a Keepalived that does not stay (${name})`, () =>
    withRollingHost(argv, async (host) => {
      for (const fact of ["broken", "flaps"] as const) {
        await host.unit("keepalived", "exists", "enabled", fact);
        assertEquals((await host.run(join)).code, 1, fact);
      }
    }));

  Deno.test(`standDown() joins with the unit that is on disk (${name})`, () =>
    withRollingHost(argv, async (host) => {
      await host.unit("keepalived", "exists", "enabled");
      await host.mark("stale");
      assertEquals((await host.run(join)).code, 0);
      assertEquals(await host.changes(), ["daemon-reload", "start keepalived"]);
    }));
}

Deno.test("the built-in play keeps units, can stand down, and says which handlers disrupt", () => {
  const play = endpointPlay(TEMPLATES);
  const one = endpoint();
  assertEquals(play.keeps?.(one, one.members[0]!), keepers());
  assertEquals(play.standDown?.(one, one.members[0]!), standDown(one));
  assertEquals(handlerScripts().map(({ name, disrupts = false }) => [name, disrupts]), [
    ["reload units", false],
    ["restart haproxy", true],
    ["reload haproxy", false],
    ["restart keepalived", true],
    ["reload keepalived", false],
  ]);
});
