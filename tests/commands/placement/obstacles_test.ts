/** What stands in the way of a platform: places, lines, and exit codes. */
import { assertEquals, assertRejects } from "@std/assert";
import { ObstacleError, overObstacles } from "../../../src/commands/placement/obstacles.ts";
import {
  PlacementError,
  PlacementErrors,
  type PlacementObstacle,
} from "../../../src/placement/errors.ts";

import { aHost } from "../../helpers.ts";

const SETTINGS = { name: "all", provider: "vsphere", required: false, groups: [] } as const;

const SITE = {
  hosts: [],
  sources: new Map<string, string>(),
  locate: (_: unknown, path: readonly (string | number)[]) => ({
    file: "hosts.yaml",
    line: path.length,
    column: 1,
  }),
};

const obstacle = (error: Error) =>
  assertRejects(() => overObstacles(SETTINGS, SITE, () => Promise.reject(error)), ObstacleError);

Deno.test("every obstacle has its exit code", async () => {
  const codes: Readonly<Record<PlacementObstacle, number>> = {
    setting: 1,
    "not-found": 1,
    ambiguous: 1,
    unreachable: 4,
    conflict: 5,
    untrusted: 3,
    login: 3,
    permission: 3,
    refused: 3,
    timeout: 3,
    answer: 3,
  };
  for (const [kind, code] of Object.entries(codes)) {
    const error = await obstacle(new PlacementError(kind as PlacementObstacle, "Cannot do it"));
    assertEquals([error.code, error.diagnostics[0]?.code], [code, `platform-${kind}`]);
  }
});

Deno.test("several problems are one each, at the server, with the hint behind the last", async () => {
  const { diagnostics } = await obstacle(new PlacementError("not-found", "One\nTwo", "Look"));
  const at = { severity: "error", code: "platform-not-found" } as const;
  const source = { file: "hosts.yaml", line: 2, column: 1 };
  assertEquals(diagnostics, [
    { ...at, message: "One", source },
    { ...at, message: "Two", source, hint: "Look" },
  ]);
});

Deno.test("several obstacles keep their own words, and those of hypervisors their places", async () => {
  const settings = { ...SETTINGS, provider: "libvirt" } as const;
  const locate = (_: unknown, path: readonly (string | number)[]) => ({
    file: `${path.join(".")}`,
    line: 1,
    column: 1,
  });
  const all = new PlacementErrors([
    new PlacementError("login", "One", "Log in").at(["libvirt", "hypervisors", 3]),
    new PlacementError("unreachable", "Two", "Look"),
  ]);
  const error = await assertRejects(
    () => overObstacles(settings, { ...SITE, locate }, () => Promise.reject(all)),
    ObstacleError,
  );
  assertEquals(
    [error.code, ...error.diagnostics.map((it) => [it.code, it.message, it.hint, it.source?.file])],
    [
      3,
      ["platform-login", "One", "Log in", "libvirt.hypervisors.3"],
      ["platform-unreachable", "Two", "Look", "libvirt.hypervisors"],
    ],
  );
});

Deno.test("a machine is told of where its host says what it is called, and a hint once", async () => {
  const host = (name: string, vars: Readonly<Record<string, string>> = {}) => ({
    ...aHost(name),
    vars,
  });
  const settings = {
    ...SETTINGS,
    groups: [{ name: "masters", policy: "spread", hosts: ["m1", "m2"] }],
  } as const;
  const site = {
    ...SITE,
    // A host of another placement may be called the same.
    hosts: [host("x", { vsphere_vm: "k8s-1" }), host("m1", { vsphere_vm: "k8s-1" }), host("m2")],
    locate: (subject: object, path: readonly (string | number)[]) => ({
      file: [...Object.values(subject), ...path].join("."),
      line: 1,
      column: 1,
    }),
  };
  const missing = (vm: string) => new PlacementError("not-found", `No ${vm}`, "Look").about(vm);
  const all = new PlacementErrors([missing("k8s-1"), missing("m2"), missing("nobody's")]);
  const { diagnostics } = await assertRejects(
    () => overObstacles(settings, site, () => Promise.reject(all)),
    ObstacleError,
  );
  assertEquals(diagnostics.map(({ message, hint, source }) => [message, source?.file, hint]), [
    ["No k8s-1", "m1.vsphere_vm", undefined],
    ["No m2", "m2", undefined],
    ["No nobody's", "all.vsphere.server", "Look"],
  ]);
});

Deno.test("what is no obstacle is thrown as it is", async () => {
  const bug = new TypeError("a bug");
  const thrown = await assertRejects(() =>
    overObstacles(SETTINGS, SITE, () => Promise.reject(bug))
  );
  assertEquals(thrown, bug);
});
