import { assertEquals } from "@std/assert";
import { concernsHaproxy, concernsNetwork } from "../../../src/endpoint/preflight/concerns.ts";
import { managedFiles } from "../../../src/endpoint/files.ts";
import { PATHS } from "../../../src/endpoint/paths.ts";
import type { Change, Endpoint } from "../../../src/model.ts";
import { endpoint, member, TEMPLATES, world } from "../fixtures.ts";

function confOf(of: Endpoint): string {
  const [first] = of.members;
  if (first === undefined) throw new RangeError("Cannot happen");
  const file = managedFiles(of, first, TEMPLATES).find(({ path }) => path === PATHS.keepalived);
  return file?.content(world(of)) ?? "";
}

function write(before: string | undefined, after: string): Change {
  const file = {
    path: PATHS.keepalived,
    content: after,
    mode: "0644",
    owner: "root",
    group: "root",
  };
  return {
    kind: "write",
    summary: "write it",
    files: [file],
    validations: [],
    before: before === undefined ? {} : { [PATHS.keepalived]: before },
  };
}

const planned = (...changes: readonly Change[]) => new Map([["lb1", changes]]);
const STANDING = confOf(endpoint());

Deno.test("concernsNetwork(): a first deployment, known or known later", () => {
  assertEquals(concernsNetwork(planned(write(undefined, STANDING))), true);
  const later: Change = {
    kind: "write",
    summary: "write it",
    files: [],
    validations: [],
    before: {},
    unknown: [{ path: PATHS.keepalived, why: "the version is not known" }],
  };
  assertEquals(concernsNetwork(planned(later)), true);
  assertEquals(
    concernsNetwork(planned({ ...later, before: { [PATHS.keepalived]: STANDING } })),
    false,
  );
});

const CHANGES: Readonly<Record<string, readonly [Partial<Endpoint>, boolean]>> = {
  "another address": [{ address: "10.88.0.9" }, true],
  "another router id": [{ vrrp: { routerId: 99, mode: "unicast", advertInterval: "auto" } }, true],
  "another mode": [{ vrrp: { routerId: "auto", mode: "multicast", advertInterval: "auto" } }, true],
  "another interval": [{ vrrp: { routerId: "auto", mode: "unicast", advertInterval: 2 } }, false],
  "another name": [{ name: "other" }, false],
  "one peer more": [{
    members: [...endpoint().members, member("lb3", "10.88.0.13")],
  }, false],
};
for (const [name, [change, expected]] of Object.entries(CHANGES)) {
  Deno.test(`concernsNetwork(): ${name}: ${expected}`, () => {
    assertEquals(concernsNetwork(planned(write(STANDING, confOf(endpoint(change))))), expected);
  });
}

Deno.test("concernsNetwork(): another interface, and a Keepalived that is to start", () => {
  assertEquals(
    concernsNetwork(planned(write(STANDING, STANDING.replaceAll("eth0", "eth1")))),
    true,
  );
  const start = { kind: "run", targets: ["keepalived.service"], script: ":" } as const;
  assertEquals(concernsNetwork(planned({ ...start, summary: "start keepalived" })), true);
  assertEquals(
    concernsNetwork(planned({ ...start, summary: "enable and start keepalived" })),
    true,
  );
  assertEquals(concernsNetwork(planned({ ...start, summary: "enable keepalived" })), false);
  assertEquals(concernsNetwork(planned()), false);
});

Deno.test("concernsHaproxy(): its files, its unit and its restarts, and nothing of Keepalived", () => {
  const run = (...targets: string[]): Change => ({
    kind: "run",
    targets,
    summary: "it",
    script: ":",
  });
  assertEquals(
    [["haproxy.service"], ["restart haproxy"], [PATHS.ca]].map((it) =>
      concernsHaproxy(planned(run(...it)))
    ),
    [true, true, true],
  );
  assertEquals(
    concernsHaproxy(planned(write(undefined, STANDING), run("keepalived.service"))),
    false,
  );
});
