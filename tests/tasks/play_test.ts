import { assertEquals } from "@std/assert";
import type { Change, Endpoint, Task } from "../../src/model.ts";
import { secret } from "../../src/secret.ts";
import { loadTemplates } from "../../src/templates.ts";
import { endpointPlay } from "../../tasks/play.ts";
import { NOTHING } from "../../src/runner/plan.ts";
import { anEndpoint, runSh } from "../helpers.ts";

const play = endpointPlay(await loadTemplates(new URL("../../templates/", import.meta.url)));

function endpointOf(profile: Endpoint["profile"]): Endpoint {
  const members = anEndpoint("lb1", "lb2").members.map(({ host }, i) => ({
    host: { ...host, address: `10.9.0.1${i + 1}` },
  }));
  const vrrp = { ...anEndpoint().vrrp, authPass: secret("s3cret") };
  return { ...anEndpoint(), profile, interface: "eth0", members, vrrp };
}

function planOf(task: Task, stdout: string, host: string): readonly Change[] {
  return task.plan({ code: 0, stdout, stderr: "" }, { host, facts: new Map(), predicted: NOTHING })
    .changes;
}

function tasksOf(profile: Endpoint["profile"]): readonly Task[] {
  const endpoint = endpointOf(profile);
  return endpoint.members.flatMap((member) => play.tasks(endpoint, member));
}

const CORRECTED = [
  "packages haproxy, keepalived, curl",
  "user keepalived_script",
  "sysctl tcp-keepalive",
  "files systemd drop-ins",
  "files haproxy and keepalived",
  "no leftovers of another profile",
  "firewall rules",
  "service haproxy enabled, running",
  "service keepalived enabled, running",
  "members of lb",
];

const ORDER: Readonly<Record<Endpoint["profile"], readonly string[]>> = {
  standard: CORRECTED,
  fast: CORRECTED,
  guide: [
    "packages haproxy, keepalived, curl",
    "files haproxy and keepalived",
    "no leftovers of another profile",
    "firewall rules",
    "service haproxy enabled, running",
    "service keepalived enabled, running",
    "members of lb",
  ],
};

for (const profile of ["guide", "standard", "fast"] as const) {
  Deno.test(`endpointPlay() of profile ${profile} is this list, from top to bottom`, () => {
    const names = tasksOf(profile).map(({ name }) => name);
    assertEquals(names, [...ORDER[profile], ...ORDER[profile]]);
  });

  Deno.test(`endpointPlay() of profile ${profile} asks for the address alone, and last`, () => {
    assertEquals(play.checks(endpointOf(profile)).map(({ name }) => name), ["vip 10.9.0.10"]);
  });

  Deno.test(`endpointPlay() of profile ${profile} has a handler for every name it notifies`, () => {
    const endpoint = endpointOf(profile);
    const known = endpoint.members.flatMap((member) => play.handlers(endpoint, member))
      .map(({ name }) => name);
    const notified = tasksOf(profile).flatMap((task) => [
      ...task.notify,
      ...firstChanges(task).flatMap(({ notify = [] }) => notify),
    ]);
    assertEquals(notified.filter((name) => !known.includes(name)), []);
    assertEquals(new Set(notified).size >= 2, true);
  });

  Deno.test(`endpointPlay() of profile ${profile} asks in text that a shell can read`, async () => {
    const endpoint = endpointOf(profile);
    const scripts = [
      ...tasksOf(profile).map(({ probe }) => probe),
      ...endpoint.members.flatMap((member) => play.handlers(endpoint, member))
        .map(({ script }) => script),
      ...play.checks(endpoint).map((check) => check.probe("lb1")),
    ];
    for (const script of scripts) {
      const { code, stderr } = await runSh(script, ["sh", "-n"]);
      assertEquals([code, stderr], [0, ""], script);
    }
  });
}

const TAGS: Readonly<Record<string, readonly string[]>> = {
  packages: ["packages haproxy, keepalived, curl"],
  system: ["user keepalived_script", "sysctl tcp-keepalive", "members of lb"],
  config: [
    "files systemd drop-ins",
    "files haproxy and keepalived",
    "no leftovers of another profile",
  ],
  cleanup: ["no leftovers of another profile"],
  firewall: ["firewall rules"],
  services: ["service haproxy enabled, running", "service keepalived enabled, running"],
  haproxy: [
    "files systemd drop-ins",
    "files haproxy and keepalived",
    "service haproxy enabled, running",
  ],
  keepalived: [
    "user keepalived_script",
    "files systemd drop-ins",
    "files haproxy and keepalived",
    "service keepalived enabled, running",
  ],
};

for (const [tag, names] of Object.entries(TAGS)) {
  Deno.test(`endpointPlay() tags with ${tag}: ${names.join("; ")}`, () => {
    const own = tasksOf("standard").filter(({ tags }) => tags.includes(tag));
    assertEquals(own.map(({ name }) => name), [...names, ...names]);
  });
}

Deno.test("endpointPlay() has no task without a tag, and no tag that is not documented", async () => {
  const docs = await Deno.readTextFile(new URL("../../docs/choosing.md", import.meta.url));
  const tags = new Set(tasksOf("standard").flatMap((task) => task.tags));
  assertEquals([...tags].sort(), Object.keys(TAGS).sort());
  for (const tag of tags) assertEquals(docs.includes(`| \`${tag}\` `), true, tag);
  for (const profile of ["guide", "standard"] as const) {
    assertEquals(tasksOf(profile).filter((task) => task.tags.length === 0), []);
  }
});

for (const daemon of ["haproxy", "keepalived"]) {
  Deno.test(`endpointPlay() narrowed to ${daemon} touches no file of the other`, () => {
    const changes = tasksOf("standard").slice(0, ORDER.standard.length)
      .flatMap((task) => task.narrow?.((tags) => tags.includes(daemon)) ?? [])
      .flatMap(firstChanges);
    const files = changes.flatMap((change) => change.kind === "write" ? change.files : []);
    const tests = changes.flatMap((change) => change.kind === "write" ? change.validations : []);
    assertEquals(files.length > 1 && files.every(({ path }) => path.includes(`/${daemon}`)), true);
    assertEquals(tests.map(({ name }) => name.split(" ")[0]), [daemon]);
  });
}

Deno.test("endpointPlay() supersedes handlers that it has", () => {
  const endpoint = endpointOf("standard");
  const handlers = endpoint.members.slice(0, 1).flatMap((it) => play.handlers(endpoint, it));
  const names = handlers.map(({ name }) => name);
  const needless = handlers.flatMap(({ supersedes = [] }) => supersedes);
  assertEquals(needless.filter((name) => !names.includes(name)), []);
  assertEquals(names.toSorted(), [
    "reload haproxy",
    "reload keepalived",
    "reload units",
    "restart haproxy",
    "restart keepalived",
  ]);
});

/** What the task of the daemons' files changes on a host that has none of them. */
function firstChanges(task: Task): readonly Change[] {
  if (task.kind !== "files") return [];
  const paths = [...new Set(task.probe.match(/\/[\w./-]+/g))];
  const stdout = paths.map((path) => `path ${path}\nabsent\n`).join("");
  const predicted = { packages: [], users: [], paths: [] };
  const world = { host: "lb1", facts: new Map(), predicted };
  return task.plan({ code: 0, stdout, stderr: "" }, world).changes;
}

Deno.test("endpointPlay() takes a host that leaves apart in this order", () => {
  const endpoint = endpointOf("standard");
  const member = { ...endpoint.members[0]!, absent: true };
  assertEquals(play.tasks(endpoint, member).map(({ name }) => name), [
    "service keepalived disabled, stopped",
    "no address 10.9.0.10",
    "service haproxy disabled, stopped",
    "no firewall rules of ours",
    "no files of the endpoint",
    "no user keepalived_script of ours",
    "no record of members",
  ]);
  // Nothing that an earlier run made due may start a daemon of it again.
  assertEquals(play.handlers(endpoint, member).map(({ name }) => name), ["forget units"]);
});

Deno.test("endpointPlay() removes every file that any profile puts in place", () => {
  const endpoint = endpointOf("standard");
  const member = { ...endpoint.members[0]!, absent: true };
  const gone = play.tasks(endpoint, member).find(({ kind }) => kind === "absent")?.probe ?? "";
  const written = (["guide", "standard"] as const).flatMap(tasksOf).flatMap(firstChanges)
    .flatMap((change) => change.kind === "write" ? change.files : []).map(({ path }) => path);
  assertEquals(written.length > 8, true);
  assertEquals(written.filter((path) => !gone.includes(path)), []);
});

Deno.test("endpointPlay() lets VRRP of the others and the port in, and nothing with firewall: none", () => {
  const blocks = JSON.stringify({
    nftables: [{
      chain: {
        family: "ip",
        table: "own",
        name: "in",
        type: "filter",
        hook: "input",
        policy: "drop",
      },
    }],
  });
  const files = "path /usr/local/sbin/holdfast-firewall\nabsent\n";
  const seen = `holdfast firewall: nftables\n${blocks}\nunit\nfiles\n${files}`;
  const summaries = (endpoint: Endpoint) =>
    endpoint.members.map((member) => {
      const task = play.tasks(endpoint, member).find(({ kind }) => kind === "firewall");
      return planOf(task!, seen, member.host.name).map(({ summary }) => summary).at(-1);
    });
  assertEquals(summaries(endpointOf("standard")), [
    "let VRRP from 10.9.0.12, TCP port 8443 in through nftables (ip own in)",
    "let VRRP from 10.9.0.11, TCP port 8443 in through nftables (ip own in)",
  ]);
  assertEquals(summaries({ ...endpointOf("standard"), firewall: "none" }), [undefined, undefined]);
});
