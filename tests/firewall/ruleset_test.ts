import { assertEquals } from "@std/assert";
import { labelOf, type Passage, passageOf } from "../../src/firewall/passage.ts";
import { inputChains } from "../../src/firewall/ruleset.ts";

const base = (policy: string, hook = "input", family = "inet") => ({
  chain: { family, table: "own", name: "in", handle: 1, type: "filter", hook, prio: 0, policy },
});
const plain = (name: string) => ({ chain: { family: "inet", table: "own", name, handle: 2 } });
const rule = (chain: string, expr: unknown[], comment?: string) => ({
  rule: { family: "inet", table: "own", chain, handle: 3, comment, expr },
});
const SSH = {
  match: { op: "==", left: { payload: { protocol: "tcp", field: "dport" } }, right: 22 },
};
const COUNTER = { counter: { packets: 1, bytes: 2 } };
const REJECT = { reject: { type: "icmpx", expr: "port-unreachable" } };

const blocks = (...items: unknown[]) =>
  inputChains([JSON.stringify({ nftables: items })]).map((it) => it.blocks);

const CASES: Readonly<Record<string, [boolean[], ...unknown[]]>> = {
  "one whose policy is drop": [[true], base("drop"), rule("in", [SSH, { accept: null }])],
  "one that lets everything in": [[false], base("accept")],
  "one that drops one port": [[false], base("accept"), rule("in", [SSH, { drop: null }])],
  "one whose last rule drops all": [[true], base("accept"), rule("in", [COUNTER, { drop: null }])],
  "one whose last rule refuses all": [[true], base("accept"), rule("in", [REJECT])],
  "one that drops no more than a limit": [
    [false],
    base("accept"),
    rule("in", [{ limit: { rate: 1, per: "second" } }, { drop: null }]),
  ],
  "one whose last rule leads to a chain that refuses all": [
    [true],
    base("accept"),
    plain("refuse"),
    rule("in", [{ jump: { target: "refuse" } }]),
    rule("refuse", [{ log: { prefix: "x" } }, REJECT]),
  ],
  "one that leads to itself": [
    [false],
    base("accept"),
    plain("loop"),
    rule("in", [{ goto: { target: "loop" } }]),
    rule("loop", [{ jump: { target: "loop" } }]),
  ],
  "one that lets some go on after a drop": [
    [false],
    base("accept"),
    rule("in", [SSH, { drop: null }]),
    rule("in", [COUNTER]),
  ],
  "one of forwarded packets": [[], base("drop", "forward")],
  "one of bridged packets": [[], base("drop", "input", "bridge")],
};

for (const [name, [expected, ...items]] of Object.entries(CASES)) {
  Deno.test(`inputChains() judges ${name}`, () => assertEquals(blocks(...items), expected));
}

Deno.test("inputChains() does not take a rule of ours for the last one, and reads it", () => {
  const accept = [SSH, { accept: null }];
  const [chain] = inputChains([JSON.stringify({
    nftables: [
      base("accept"),
      rule("in", [REJECT]),
      rule("in", accept, "holdfast TCP port 8443"),
      rule("in", accept, "holdfast what is this"),
      rule("in", accept, "holdfastness"),
    ],
  })]);
  assertEquals([chain?.blocks, chain?.ours], [false, [{ kind: "port", port: 8443 }, undefined]]);
});

Deno.test("inputChains() makes nothing of names that would need quotes, and of no JSON", () => {
  const odd = { chain: { ...base("drop").chain, name: "in; flush ruleset" } };
  assertEquals(blocks(odd), []);
  for (
    const line of ["", "{", "[]", "null", '{"nftables":3}', '{"nftables":[null,3,{"chain":4}]}']
  ) {
    assertEquals(inputChains([line]), []);
  }
});

Deno.test("passageOf() reads what labelOf() says, and nothing else", () => {
  const all: Passage[] = [
    { kind: "vrrp", from: "10.0.0.2" },
    { kind: "vrrp", from: "fd00::2" },
    { kind: "port", port: 6443 },
  ];
  assertEquals(all.map((it) => passageOf(labelOf(it))), all);
  for (const text of ["", "VRRP from", "VRRP from a;b", "TCP port 0", "TCP port 8443 x"]) {
    assertEquals(passageOf(text), undefined, text);
  }
});
