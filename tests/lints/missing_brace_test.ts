/** A brace that is missing hides nothing of what can be told beside it. */
import { assertEquals } from "@std/assert";
import { parseKeepalived } from "../../src/configs/keepalived.ts";
import { handPredictions } from "../../src/lints/failover.ts";
import { LINTS } from "../../src/lints/mod.ts";
import { lint, nodesOf } from "../../src/lints/run.ts";

const SCRIPT = `vrrp_script chk {
    script "/usr/bin/curl -sf -m 1 http://127.0.0.1:8404/alive"
    interval 1
    fall 2
}
`;

const INSTANCE = `vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 110
    priority 100
    nopremt
    unicast_src_ip 10.0.0.11
    unicast_peer {
        10.0.0.12
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
    track_script {
        chk_haproxy
    }
}
`;

const GLOBAL = "global_defs {\n    enable_script_security\n    script_user nobody\n}\n";
const WHOLE = GLOBAL + SCRIPT + INSTANCE;

const OTHER = WHOLE.replace(/ {4}unicast_src_ip[\s\S]*?\}\n/, "").replace("chk_haproxy", "chk")
  .replace("    nopremt\n", "");

/** `lb1 code` of each thing found. */
function found(text: string): string[] {
  const files = { "lb1/keepalived.conf": text, "lb2/keepalived.conf": OTHER };
  return lint({ nodes: nodesOf({ files }) }, LINTS)
    .map(({ code, source }) => `${source?.file.slice(0, 3)} ${code}`).toSorted();
}

/** The text without its n-th closing brace that stands on a line of its own. */
function without(nth: number): string {
  let at = 0;
  return WHOLE.replace(/^ *\}\n/gm, (brace) => ++at === nth ? "" : brace);
}

const BRACES = WHOLE.match(/^ *\}\n/gm)?.length ?? 0;

Deno.test("the example has what a brace shall not hide", () => {
  assertEquals([BRACES, found(WHOLE)], [6, [
    "lb1 undefined-check",
    "lb1 unknown-keyword",
    "lb2 equal-priorities",
    "lb2 transport-differs",
  ]]);
});

const PLACES: readonly string[] = [
  '1:1 This block is never closed: a } is missing above "vrrp_script" on line 4',
  '5:1 This block is never closed: a } is missing above "vrrp_instance" on line 9',
  '17:5 This block is never closed: a } is missing above "virtual_ipaddress" on line 19',
  '20:5 This block is never closed: a } is missing above "track_script" on line 22',
  "10:1 This block is never closed: a } is missing",
  "10:1 This block is never closed: a } is missing",
];

for (const [i, place] of PLACES.entries()) {
  Deno.test(`without its brace ${i + 1}, all the same is found, and the brace`, () => {
    const text = without(i + 1);
    const { problems, mended } = parseKeepalived(text);
    assertEquals(problems.map((it) => `${it.source?.line}:${it.source?.column} ${it.message}`), [
      place,
    ]);
    assertEquals(mended, true);
    assertEquals(found(text), [...found(WHOLE), "lb1 unreadable-config"].toSorted());
  });
}

Deno.test("a line of the instance ends a block within it that has no brace", () => {
  const text = WHOLE.replace(
    "    }\n    virtual_ipaddress",
    "    preempt_delay 5\n    virtual_ipaddress",
  );
  assertEquals(parseKeepalived(text).problems.map(({ message }) => message), [
    'This block is never closed: a } is missing above "preempt_delay" on line 19',
  ]);
});

Deno.test("where nothing tells which block lacks its brace, nothing is concluded from the rest", () => {
  for (
    const text of [
      "vrrp_instance VI_1 {\n    x y {\n    priority 9\n}\n",
      "vrrp_instance VI_1 {\n    virtual_ipaddress {\n        10.0.0.10/24\n",
      `vrrp_script a {\n${INSTANCE}}\n}\nvrrp_script b {\n`,
    ]
  ) assertEquals(parseKeepalived(text).mended, undefined, text);
});

Deno.test("no failover is computed of a group whose file lacks a brace, nor of the others alone", () => {
  const times = (text: string) =>
    handPredictions({
      nodes: nodesOf({ files: { "lb1/keepalived.conf": text, "lb2/keepalived.conf": OTHER } }),
    }).length;
  assertEquals([times(WHOLE), times(without(2))], [1, 0]);
});
