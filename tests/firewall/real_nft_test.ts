/**
 * The rules in the kernel, by the real nft in a network namespace that goes with its one process: no
 * rule of this machine is read or changed.
 */
import { assertEquals, assertNotEquals } from "@std/assert";
import { rulesText, scriptFile } from "../../src/firewall/nft_script.ts";
import type { Passage } from "../../src/firewall/passage.ts";
import { inputChains } from "../../src/firewall/ruleset.ts";
import { sh } from "../../src/shell.ts";

const HOST = `table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    iif lo accept
    tcp dport 22 accept comment "ssh"
  }
}
table ip late {
  chain refuse { counter reject; }
  chain input { type filter hook input priority 10; iif lo accept; jump refuse; }
}
table ip6 only {
  chain input { type filter hook input priority 20; policy accept; tcp dport 9 drop; }
}
`;
const PASSAGES: readonly Passage[] = [
  { kind: "vrrp", from: "10.0.0.2" },
  { kind: "vrrp", from: "fd00::2" },
  { kind: "port", port: 8443 },
];
const RULES = [["inet", "filter"], ["ip", "late"]].map(([family = "", table = ""]) => ({
  chain: { family, table, name: "input" },
  passages: PASSAGES,
}));

/** Runs shell text in a network namespace of its own; undefined where none can be had. */
async function alone(script: string): Promise<string | undefined> {
  try {
    const { code, stdout, stderr } = await new Deno.Command("unshare", {
      args: ["-n", "sh", "-c", script],
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return code === 0 ? text(stdout) + text(stderr) : undefined;
  } catch {
    return undefined;
  }
}

const possible = await alone(`printf '%s' '${HOST}' | nft -f - && nft -j list ruleset`);
const ignore = possible === undefined;
if (ignore) console.error("SKIPPED: rules in the kernel: no nft in a namespace can be had here");

Deno.test({
  name: "inputChains() knows from the real nft which chains block",
  ignore,
  fn: () => {
    assertEquals(
      inputChains([possible ?? ""]).map((it) => [it.family, it.table, it.name, it.blocks]),
      [
        ["inet", "filter", "input", true],
        ["ip", "late", "input", true],
        ["ip6", "only", "input", false],
      ],
    );
  },
});

Deno.test({
  name: "scriptFile() puts rules first once, however often it runs, and takes exactly them away",
  ignore,
  fn: async () => {
    const text = scriptFile([...RULES, {
      chain: { family: "inet", table: "gone", name: "input" },
      passages: PASSAGES,
    }]);
    const look = "nft -s list ruleset; echo =====";
    const run = (mode: string) => sh`sh -c ${text} holdfast-firewall ${mode} || echo failed`;
    const steps = [look, run("start"), look, run("start"), look, run("stop"), look];
    const said = await alone(`printf '%s' '${HOST}' | nft -f -\n${steps.join("\n")}`);
    const [before, made, again, after, rest] = said?.split("=====\n") ?? [];
    assertEquals(rest, "");
    assertNotEquals(made, before);
    assertEquals(again, made);
    assertEquals(after, before);
    const rules = made?.split("\n").map((line) => line.trim()) ?? [];
    const first = rules.findIndex((line) => line.startsWith("type filter hook"));
    const protocol = /vrrp|112/.exec(made ?? "")?.[0];
    assertEquals(rules.slice(first + 1, first + 5), [
      `ip saddr 10.0.0.2 meta l4proto ${protocol} accept comment "holdfast VRRP from 10.0.0.2"`,
      `ip6 saddr fd00::2 meta l4proto ${protocol} accept comment "holdfast VRRP from fd00::2"`,
      'tcp dport 8443 accept comment "holdfast TCP port 8443"',
      'iif "lo" accept',
    ]);
    assertEquals(made?.match(/holdfast VRRP from fd00::2/g)?.length, 1);
  },
});

Deno.test({
  name: "rulesText() makes other rules of the ones that are there, in one transaction",
  ignore,
  fn: async () => {
    const other = RULES.map((it) => ({ ...it, passages: [{ kind: "port", port: 9443 } as const] }));
    const text = (rules: typeof RULES) => `mode=start\n${rulesText(rules)} || echo failed`;
    const steps = [text(RULES), text(other), "nft -j list ruleset"];
    const said = await alone(`printf '%s' '${HOST}' | nft -f -\n${steps.join("\n")}`);
    assertEquals(inputChains([said ?? ""]).map(({ ours }) => ours), [
      [{ kind: "port", port: 9443 }],
      [{ kind: "port", port: 9443 }],
      [],
    ]);
  },
});
