import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  ansibleSaid,
  type Evidence,
  faultOf,
  filesChanged,
  holdfastSaid,
  hostState,
} from "../../bench/outcome.ts";
import { lookText } from "../../bench/hosts.ts";
import { commandOf, type Ground } from "../../bench/tools.ts";
import { Counter, trafficOf } from "../../bench/turns.ts";

const RECAP = `
TASK [Packages] ****************************************************************
changed: [lb1]

PLAY RECAP *********************************************************************
lb1                        : ok=20   changed=2    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0   
lb2                        : ok=19   changed=1    unreachable=0    failed=1    skipped=0    rescued=0    ignored=0   

`;

Deno.test("ansibleSaid() reads the recap, and nothing above it", () => {
  assertEquals(ansibleSaid(RECAP), { changed: 3, hosts: 2, wrong: ["lb2: failed"] });
  assertEquals(ansibleSaid("lb1 : ok=1 changed=0").hosts, 0);
});

Deno.test("holdfastSaid() reads the end of a run, and knows nothing of one without", () => {
  const counts = { ok: 9, changed: 1, failed: 0, skipped: 0, unreachable: 0, roundTrips: 1 };
  const end = { type: "run-end", at: 1, exitCode: 0, ms: 5, hosts: { lb1: counts, lb2: counts } };
  const said = holdfastSaid(`{"type":"version"}\n${JSON.stringify(end)}\n`);
  assertEquals(said, { changed: 2, hosts: 2, wrong: [], roundTrips: [1, 1] });
  assertEquals(holdfastSaid("").hosts, 0);
});

const look = (haproxy: string, holds: string) =>
  hostState(`${haproxy}  /etc/haproxy/haproxy.cfg
CA  /etc/haproxy/kube-ca.crt
644 root:root /etc/haproxy/haproxy.cfg
active
${holds}
`);
const [A, B] = ["a".repeat(64), "b".repeat(64)];

Deno.test("hostState() does not count who holds the address among what is wanted", () => {
  const [one, two] = [look(A, "holds it"), look(A, "holds nothing")];
  assertEquals([one.holds, two.holds], [true, false]);
  assertEquals(one.text, two.text);
  assertEquals(one.files.size, 2);
  assertEquals(filesChanged([one], [two]), 0);
  assertEquals(filesChanged([one], [look(B, "holds it")]), 1);
  assertEquals(filesChanged([hostState("holds nothing\n")], [one]), 2);
});

Deno.test("faultOf() counts a run only that did the whole job and nothing else", () => {
  const after = [look(A, "holds it"), look(A, "holds nothing")];
  const good: Evidence = {
    mode: "stock",
    scenario: "converged",
    hosts: 2,
    code: 0,
    said: { changed: 0, hosts: 2, wrong: [] },
    files: 0,
    after,
    wanted: after.map(({ text }) => text).join("\n\n"),
  };
  assertEquals(faultOf(good), undefined);
  const said = good.said;
  const cases: readonly (readonly [Partial<Evidence>, RegExp])[] = [
    [{ code: 2 }, /^stock ended with 2$/],
    [{ said: { ...said, wrong: ["lb1: failed"] } }, /lb1: failed/],
    [{ said: { ...said, hosts: 1 } }, /speaks of 1 hosts, expected 2/],
    [{ files: 1 }, /changed 1 files, expected 0/],
    [{ scenario: "change", files: 2 }, /says that it changed 0/],
    [{ said: { ...said, changed: 1 } }, /says that it changed 1/],
    [{ after: after.map((it) => ({ ...it, holds: true })) }, /held by exactly one/],
    [{ wanted: "else" }, /left the hosts other than/],
  ];
  for (const [change, expected] of cases) {
    assertMatch(faultOf({ ...good, ...change }) ?? "", expected);
  }
});

Deno.test("faultOf() asks of the floor only that it succeeded", () => {
  const said = { changed: 0, hosts: 2, wrong: [] };
  const floor = { mode: "floor", scenario: "first", hosts: 2, said, files: 2, after: [] } as const;
  assertEquals(faultOf({ ...floor, code: 0 }), undefined);
  assertEquals(faultOf({ ...floor, code: 100 }), "floor ended with 100");
});

Deno.test("a Counter counts bytes, and a turn whenever the controller speaks again", () => {
  const counter = new Counter();
  counter.up(10);
  counter.up(5);
  counter.down(100);
  counter.down(1);
  counter.up(1);
  assertEquals(counter.passed, { up: 16, down: 101, turns: 2 });
  const text = `${JSON.stringify(counter.passed)}\n`.repeat(2);
  assertEquals(trafficOf(text), { up: 32, down: 202, turns: 4, connections: 2 });
  assertThrows(() => trafficOf('{"up":1}\n'), RangeError, "Cannot count a connection");
});

const GROUND: Ground = {
  root: "/project",
  bundle: "/work/dist",
  deno: "/bin/deno",
  inventory: "/work/hosts.yaml",
  events: "/work/events.jsonl",
  empty: "/work/empty.js",
  place: {
    hosts: [{ name: "lb1", address: "10.88.0.11" }, { name: "lb2", address: "10.88.0.12" }],
    servers: [],
    prefix: "10.88.0",
    user: "deploy",
    keyFile: "/work/id",
    knownHostsFile: "/work/known_hosts",
    caFile: "/work/ca.crt",
  },
};

Deno.test("commandOf() gives every tool the same inventory, and asks only where it is asked to", () => {
  const argv = (mode: Parameters<typeof commandOf>[0], scenario: "change" | "check") =>
    commandOf(mode, scenario, GROUND).argv.join(" ");
  assertEquals(
    argv("mitogen", "check"),
    "ansible-playbook --inventory /work/hosts.yaml --check /project/bench/ansible/site.yml",
  );
  assertEquals(commandOf("tuned", "change", GROUND).env, {
    ANSIBLE_CONFIG: "/project/bench/ansible/tuned.cfg",
  });
  assertMatch(argv("source", "check"), /^\/bin\/deno run .* \/project\/cli\.ts check \/work/);
  assertMatch(
    argv("holdfast", "change"),
    /^\/bin\/deno run --no-config .*\/dist\/cli\.js apply \/work\/hosts\.yaml --report jsonl:\/work/,
  );
});

Deno.test("the floor asks all hosts at once, checks their keys, and fails when one of them fails", async () => {
  const { argv } = commandOf("floor", "converged", GROUND);
  const script = argv.at(-1) ?? "";
  assertEquals(script.match(/StrictHostKeyChecking=yes/g)?.length, 2);
  const ended = async (second: number) => {
    const ssh = `ssh() { case $* in *10.88.0.12*) return ${second} ;; esac; }`;
    const { code } = await new Deno.Command("sh", { args: ["-c", `${ssh}\n${script}`] }).output();
    return code;
  };
  assertEquals([await ended(0), await ended(255)], [0, 255]);
});

Deno.test("the floor of a first deploy is the package manager", () => {
  const script = commandOf("floor", "first", GROUND).argv.at(-1) ?? "";
  assertEquals(script.match(/apt-get -q -y --no-install-recommends install haproxy/g)?.length, 2);
  assertEquals(script.includes(" true &"), false);
});

Deno.test("lookText() runs where nothing was deployed, and says that nothing is held", async () => {
  const { code, stdout } = await new Deno.Command("sh", {
    args: ["-c", lookText("192.0.2.1")],
    stderr: "null",
  }).output();
  const state = hostState(new TextDecoder().decode(stdout));
  assertEquals([code, state.holds], [0, false]);
});
