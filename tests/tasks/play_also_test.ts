/** What the play does with the files of further services, and with those of services that are gone. */
import { assertEquals } from "@std/assert";
import type { FileState } from "../../src/file_state.ts";
import type { Change, Endpoint, Task } from "../../src/model.ts";
import { loadTemplates } from "../../src/templates.ts";
import { endpointPlay, rollbackPlay } from "../../tasks/play.ts";
import { anEndpoint } from "../helpers.ts";

const templates = await loadTemplates(new URL("../../templates/", import.meta.url));
const world = {
  host: "lb1",
  facts: new Map(),
  predicted: { packages: [], users: [], paths: [] },
};
const PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const endpoint: Endpoint = {
  ...anEndpoint("lb1", "lb2"),
  interface: "eth0",
  also: [{
    name: "staging",
    addresses: ["10.9.0.11"],
    port: 8443,
    backends: [{ name: "s1", address: "10.9.0.31" }],
    backendPort: 6443,
    ca: PEM,
    haproxy: { balance: "auto" },
  }],
};

/** What a host has of these files. */
const THERE = ["ca-staging.crt", "ca-gone.crt", "check-gone.pem", "ca-.crt", "ca-a/b.crt"]
  .map((name) => `path /etc/haproxy/holdfast-${name}\nlink /x\n`).join("");

function removed(task: Task | undefined): string[] {
  const { changes = [] } = task?.plan({ code: 0, stdout: THERE, stderr: "" }, world) ?? {};
  return changes.map((it: Change) => it.kind === "remove" ? it.path : it.kind);
}

for (const profile of ["standard", "fast"] as const) {
  Deno.test(`the play takes away the files of services that profile ${profile} has no more`, () => {
    const of = { ...endpoint, profile };
    const tasks = endpointPlay(templates).tasks(of, of.members[0]!);
    const task = tasks.find(({ name }) => name === "no leftovers of another profile");
    assertEquals(removed(task), [
      "/etc/haproxy/holdfast-ca-gone.crt",
      "/etc/haproxy/holdfast-check-gone.pem",
    ]);
    const { also: _, ...single } = of;
    const all = endpointPlay(templates).tasks(single, of.members[0]!);
    assertEquals(removed(all.find(({ name }) => name === task?.name)), [
      "/etc/haproxy/holdfast-ca-staging.crt",
      "/etc/haproxy/holdfast-ca-gone.crt",
      "/etc/haproxy/holdfast-check-gone.pem",
    ]);
  });
}

Deno.test("a host that leaves keeps no address and no file of a service", () => {
  const tasks = endpointPlay(templates).tasks(endpoint, { ...endpoint.members[0]!, absent: true });
  assertEquals(removed(tasks.find(({ name }) => name === "no files of the endpoint")), [
    "/etc/haproxy/holdfast-ca-staging.crt",
    "/etc/haproxy/holdfast-ca-gone.crt",
    "/etc/haproxy/holdfast-check-gone.pem",
  ]);
  const held = tasks.filter(({ kind }) => kind === "address").map(({ name }) => name);
  assertEquals(held.map((it) => /[0-9.]{7,}/.exec(it)?.[0]), ["10.9.0.10", "10.9.0.11"]);
});

Deno.test("rollbackPlay() shows no key of a service, whichever it was, and has it read", () => {
  const file = (content: string): FileState => ({ kind: "file", content, mode: "0600" });
  const former = [
    { path: "/etc/haproxy/holdfast-ca-gone.crt", state: file(PEM) },
    { path: "/etc/haproxy/holdfast-check-gone.pem", state: file("key") },
    { path: "/etc/haproxy/holdfast-ca-staging.crt", state: { kind: "absent" } as const },
  ];
  const [files, gone] = rollbackPlay(templates, "RUN", new Map([["lb1", former]]))
    .tasks(endpoint, endpoint.members[0]!);
  const seen = former.map(({ path }) => `path ${path}\nabsent\n`).join("");
  const [change] = files!.plan({ code: 0, stdout: seen, stderr: "" }, world).changes;
  if (change?.kind !== "write") throw new TypeError(`expected a write, got ${change?.kind}`);
  assertEquals(change.files.map(({ secret }) => secret ?? false), [false, true]);
  assertEquals(change.notify, ["reload haproxy"]);
  assertEquals(gone?.notify, ["reload haproxy"]);
});
