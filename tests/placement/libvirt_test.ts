import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { PlacementError, PlacementErrors } from "../../src/placement/errors.ts";
import { readDomains } from "../../src/placement/libvirt/answers.ts";
import { libvirt } from "../../src/placement/libvirt/mod.ts";
import { plan } from "../../src/placement/plan.ts";
import { over, printed, refusals, uuid } from "./libvirt_kit.ts";

Deno.test("libvirt tells where machines run, and that one which is off has no host", async () => {
  await using provider = over({
    kvm1: printed({ "k8s m1": 1, off: 2 }, { "k8s m1": 1 }),
    kvm2: printed({ m2: 3 }),
    kvm3: printed({}),
  });
  const seen = await provider.look(["m2", "k8s m1", "off"]);
  assertEquals(seen, {
    placements: [
      { vm: "m2", id: "m2", pool: "libvirt", host: "kvm2" },
      { vm: "k8s m1", id: "k8s m1", pool: "libvirt", host: "kvm1" },
      { vm: "off", id: "off", pool: "libvirt" },
    ],
    pools: [{ name: "libvirt", usableHosts: ["kvm1", "kvm2", "kvm3"], enforcing: "off" }],
    rules: [],
  });
});

Deno.test("what is left where a machine was moved from does not count, in either order", async () => {
  const left = printed({ m1: 1 }, {});
  for (const answers of [{ a: left, b: printed({ m1: 1 }) }, { b: printed({ m1: 1 }), a: left }]) {
    await using provider = over(answers);
    assertEquals((await provider.look(["m1"])).placements.map(({ host }) => host), ["b"]);
  }
});

Deno.test("a machine that began between the lists runs, and one that ended is off", async () => {
  await using provider = over({ a: printed({ ended: 2 }, { began: 1 }) });
  const { placements } = await provider.look(["began", "ended"]);
  assertEquals(placements.map(({ host }) => host), ["a", undefined]);
});

Deno.test("a machine that runs at two places is told of, with what that may be", async () => {
  await using moving = over({ a: printed({ m1: 1 }), b: printed({ m1: 1 }) });
  const error = await assertRejects(() => moving.look(["m1"]), PlacementError);
  assertEquals(error.obstacle, "ambiguous");
  assertEquals(error.message, 'Cannot tell where machine "m1" is: it is on "a" and "b" at once');
  assertStringIncludes(error.hint ?? "", "being migrated");
  await using twins = over({ a: printed({ m1: 1 }), b: printed({ m1: 2 }) });
  assertEquals(await refusals(twins.look(["m1"])), [
    ["ambiguous", 'Cannot tell where machine "m1" is: there are different ones on "a" and "b"'],
  ]);
});

Deno.test("machines that are nowhere are told of together, with what there is", async () => {
  await using provider = over({ a: printed({ "web-1": 1 }), b: printed({ "db\u202e": 2 }) });
  const error = await assertRejects(() => provider.look(["web1", "x"]), PlacementError);
  assertEquals(error.message.split("\n"), [
    'Cannot find machine "web1" on "a" and "b"; did you mean "web-1"?',
    'Cannot find machine "x" on "a" and "b"; there is "db\\u{202e}" and "web-1"',
  ]);
  await using empty = over({ a: printed({}) });
  assertEquals(await refusals(empty.look(["x"])), [
    ["not-found", 'Cannot find machine "x" on "a"; they have no machines'],
  ]);
});

const SOCKET = "Failed to connect socket to '/var/run/libvirt/libvirt-sock-ro'";
const FAILED = "error: failed to connect to the hypervisor\nerror: ";
const SSH = (text: string) => `${FAILED}Cannot recv data: ${text}: Connection reset by peer\n`;
const FAR = (text: string) =>
  `${FAILED}End of file while reading data: ${text}: Input/output error\n`;

// As virsh 9.0 and OpenSSH 9.2 say them.
const FAULTS: readonly (readonly [stderr: string, obstacle: string, why: string])[] = [
  [
    SSH("ssh: connect to host kvm port 444: Connection refused"),
    "unreachable",
    "connection refused: no ssh server listens there: ssh: connect to host kvm port 444: Connection refused",
  ],
  [SSH("root@kvm: Permission denied (publickey)."), "login", "ssh: permission denied: root@kvm"],
  [SSH("Host key verification failed."), "untrusted", "its host key is not known"],
  [
    SSH(
      "@@@@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @\nHost key verification failed.",
    ),
    "untrusted",
    "its host key has changed",
  ],
  [
    SSH("ssh: Could not resolve hostname kvm: Name or service not known"),
    "unreachable",
    "its name",
  ],
  [SSH("ssh: connect to host kvm port 22: No route to host"), "unreachable", "there is no route"],
  [
    FAR(
      `virt-ssh-helper: cannot connect to '/var/run/libvirt/libvirt-sock-ro': ${SOCKET}: Connection refused`,
    ),
    "unreachable",
    "libvirt does not listen there",
  ],
  [
    FAR(
      `virt-ssh-helper: cannot connect to '/var/run/libvirt/libvirt-sock-ro': ${SOCKET}: Permission denied`,
    ),
    "permission",
    "libvirt lets this user see nothing",
  ],
  [FAR("sh: 1: nc: not found"), "unreachable", "libvirt does not listen there"],
  [`${FAILED}no connection driver available for xen:///system\n`, "setting", "libvirt has no such"],
  [
    `${FAILED}Cannot find 'ssh' in path: No such file or directory\n`,
    "setting",
    "virsh finds no ssh",
  ],
  [
    `${FAILED}something \x1b[2K\u202enew\n`,
    "refused",
    "virsh ended with 1: something \\u{1b}[2K\\u{202e}new",
  ],
  ["", "refused", "virsh ended with 1"],
];

for (const [stderr, obstacle, why] of FAULTS) {
  Deno.test(`libvirt knows what is in the way: ${obstacle}, ${why}`, async () => {
    await using provider = over({ kvm: { stderr } });
    const [[found, message] = ["", ""], ...others] = await refusals(provider.look(["m1"]));
    assertEquals([found, others.length], [obstacle, 0]);
    assert(message.startsWith(`Cannot ask hypervisor kvm: ${why}`), message);
    assert(!/[\p{Cc}\u202e]/u.test(message));
  });
}

Deno.test("every hypervisor that fails is named at once, at its place; one reason for all once", async () => {
  const missing = () => new PlacementError("setting", "Cannot start virsh: it is not here");
  await using provider = over({
    a: { stderr: SSH("Host key verification failed.") },
    b: printed({ m1: 1 }),
    c: "no list",
    d: missing(),
    e: missing(),
  });
  const error = await assertRejects(() => provider.look(["m1"]), PlacementErrors);
  assertEquals(error.all.map(({ obstacle, path }) => [obstacle, path?.at(-1)]), [
    ["untrusted", 0],
    ["answer", 2],
    ["setting", 3],
  ]);
});

const UUID = uuid(1);
const NO_LISTS: Readonly<Record<string, string>> = {
  "nothing": "",
  "one list": `${UUID} m1\n`,
  "a line without a UUID": `m1\n\nactive\n\n`,
  "a UUID without a name": `${UUID} \n\nactive\n\n`,
  "a table": " Id   Name   State\n-----\n 1    m1     running\n",
  "a control character": `${UUID} m\x1b[1m\n\nactive\n\n`,
  "a carriage return": `${UUID} m1\r${UUID} m2\n\nactive\n\n`,
  "a name twice": `${UUID} m1\n${uuid(2)} m1\n\nactive\n\n`,
  "three lists": `${UUID} m1\nactive\nactive\n`,
  "a name beyond measure": `${UUID} ${"m".repeat(1001)}\nactive\n`,
};

for (const [name, text] of Object.entries(NO_LISTS)) {
  Deno.test(`readDomains() takes no answer that is ${name}`, () => {
    assertEquals(readDomains(text), undefined);
  });
}

Deno.test("readDomains() takes filled columns and names with spaces, whatever they look like", () => {
  const text = `${UUID} m 1          \n${uuid(2)} active\n\nactive\n${uuid(2)} active\n`;
  assertEquals(readDomains(text)?.map(({ name, active }) => [name, active]), [
    ["m 1", false],
    ["active", true],
  ]);
});

Deno.test("what is no UTF-8 is no list", async () => {
  await using provider = libvirt({
    hypervisors: [{ name: "a", uri: "qemu+ssh://a/system" }],
    virsh: () => Promise.resolve({ code: 0, stdout: new Uint8Array([0xff, 0xfe]), stderr: "" }),
  });
  const [[obstacle] = []] = await refusals(provider.look(["m1"]));
  assertEquals(obstacle, "answer");
});

Deno.test("hypervisors are asked together, and no more than so many at once", async () => {
  let now = 0;
  let most = 0;
  const names = Array.from({ length: 7 }, (_, i) => `kvm${i}`);
  await using provider = libvirt({
    hypervisors: names.map((name) => ({ name, uri: `qemu+ssh://${name}/system` })),
    atOnce: 3,
    virsh: async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now--;
      return { code: 0, stdout: new TextEncoder().encode(printed({})), stderr: "" };
    },
  });
  const { pools } = await provider.look([]);
  assertEquals([most, pools[0]?.usableHosts], [3, names]);
});

Deno.test("libvirt enforces nothing: two that share a host are told of, and no rule is wanted", async () => {
  await using provider = over({ a: printed({ m1: 1, m2: 2 }), b: printed({}) });
  const members = [{ name: "m1", vm: "m1" }, { name: "m2", vm: "m2", failureDomain: "b" }];
  const group = { name: "masters", policy: "anti_affinity", members } as const;
  const made = plan([group], await provider.look(["m1", "m2"]), {
    cluster: "x",
    canEnforce: provider.canEnforce,
    places: "hosts",
  });
  assertEquals(made.violations.map(({ host, members }) => [host, members]), [["a", ["m1", "m2"]]]);
  assertEquals([made.changes, made.errors], [[], []]);
  assertEquals(made.warnings.map(({ code }) => code), ["place-differs"]);
  const rule = { name: "r", mandatory: false, pool: "libvirt", vms: [] };
  await assertRejects(() => provider.ensure(rule), TypeError, "libvirt has none");
});
