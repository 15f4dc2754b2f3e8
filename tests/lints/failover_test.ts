/** What is predicted from files that somebody wrote by hand. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { predictedFailoverMs } from "../../src/endpoint/predict.ts";
import { type HandPrediction, handPredictions } from "../../src/lints/failover.ts";
import { nodesOf } from "../../src/lints/run.ts";
import { endpoint, secret } from "../endpoint/fixtures.ts";
import { rendered } from "./rendered.ts";

/** What a member's keepalived.conf may say. */
interface Says {
  priority?: number;
  /** Lines of its `vrrp_script`. */
  check?: string;
  /** Lines of its `vrrp_instance`. */
  more?: string;
  id?: number;
}

const conf = ({ priority = 100, check = "", more = "", id = 51 }: Says) =>
  `vrrp_script check {
    script "/etc/keepalived/check.sh"
    ${check}
}
vrrp_instance VI_1 {
    virtual_router_id ${id}
    priority ${priority}
    ${more}
    track_script {
        check
    }
    virtual_ipaddress {
        10.0.0.10
    }
}
`;

const ASKS = "#!/bin/sh\ncurl -sf --max-time 1 http://127.0.0.1:8404/alive\n";

function predict(members: readonly Says[], script?: string): readonly HandPrediction[] {
  const files = Object.fromEntries(members.flatMap((it, i): [string, string][] => [
    [`lb${i + 1}/keepalived.conf`, conf(it)],
    ...(script === undefined ? [] : [[`lb${i + 1}/check.sh`, script] as [string, string]]),
  ]));
  return handPredictions({ nodes: nodesOf({ files }) });
}

/** Milliseconds by fault, and `?` with the reason where there is no time. */
function times([first]: readonly HandPrediction[]): Record<string, number | string> {
  return Object.fromEntries([
    ...first?.times.map(({ fault, ms }) => [fault, ms] as const) ?? [],
    ...first?.unknown.map(({ fault, because }) => [fault, `? ${because}`] as const) ?? [],
  ]);
}

Deno.test("handPredictions() of the seed document's files comes to what profile guide predicts", () => {
  const guide = endpoint({
    profile: "guide",
    vrrp: { ...endpoint().vrrp, authPass: secret("s3cr3t") },
  });
  const [found, ...more] = handPredictions({ nodes: rendered(guide, "bookworm").nodes });
  const known = predictedFailoverMs(guide);
  assertEquals(more, []);
  assertEquals(found?.name, "10.88.0.10");
  assertEquals(times([found!]), {
    "holder-lost": known["holder-lost"],
    "holder-stopped": known["holder-stopped"],
    "haproxy-dead": known["haproxy-dead"],
    // Keepalived ends a run after 3 s, and profile guide reckons with all 4 s that it may ask.
    "haproxy-hung": known["haproxy-hung"] - 1000,
    "api-server-lost": known["api-server-lost"],
    "keepalived-killed": "? its unit is not named (--unit FILE)",
  });
});

for (const profile of ["standard", "fast"] as const) {
  Deno.test(`handPredictions() of what profile ${profile} renders is not shorter than its own`, () => {
    const of = endpoint({ profile });
    const known = predictedFailoverMs(of);
    const [found] = handPredictions({ nodes: rendered(of, "trixie").nodes });
    const own = found?.times ?? [];
    assertEquals(own.map(({ fault }) => fault).toSorted(), [
      "api-server-lost",
      "haproxy-dead",
      "haproxy-hung",
      "holder-lost",
      "holder-stopped",
    ]);
    assertEquals(own.filter(({ fault, ms }) => ms < known[fault]), []);
    // A tracked file tells of a death at once: by whom it is written stands in no configuration.
    const because = own.find(({ fault }) => fault === "haproxy-dead")?.because ?? "";
    assertStringIncludes(because, 'sooner where file "haproxy_running" says so');
  });
}

Deno.test("handPredictions() with weight 0 spares the silence, with fall and interval as written", () => {
  const pair = [{ priority: 101, check: "interval 1\nfall 2" }, { check: "interval 1\nfall 2" }];
  assertEquals(times(predict(pair, ASKS)), {
    "holder-lost": 3609,
    "holder-stopped": 609,
    "haproxy-dead": 2000 + 150 + 609,
    "haproxy-hung": 1000 + 1000 + 1000 + 150 + 609,
    "keepalived-killed": "? its unit is not named (--unit FILE)",
  });
  const weighed = pair.map((it) => ({ ...it, check: `${it.check}\nweight -2` }));
  assertEquals(times(predict(weighed, ASKS))["haproxy-dead"], 2000 + 150 + 3609);
});

Deno.test("handPredictions() counts a weight that is given as long as all is well", () => {
  const pair = [101, 100].map((priority) => ({ priority, check: "weight 50" }));
  const found = times(predict(pair, ASKS));
  // The partner has 150 then: the skew is shorter.
  assertEquals(found["holder-lost"], 3000 + Math.round((256 - 150) / 256 * 1000));
  assertEquals(found["haproxy-dead"], 1000 + 150 + 3414);
});

Deno.test("handPredictions() says why an address would stay, and gives no time", () => {
  const gap = times(predict([{ priority: 110, check: "weight -2" }, { priority: 100 }], ASKS));
  assertEquals(
    gap["haproxy-dead"],
    '? the address stays where it is when "check" fails: 108 is not below the partner\'s priority, 100',
  );
  const kept = [{ priority: 101, check: "weight -2" }, { priority: 100, more: "nopreempt" }];
  assertStringIncludes(String(times(predict(kept, ASKS))["haproxy-hung"]), "nopreempt leaves it");
  const process = times(predict([{ priority: 101 }, {}], "#!/bin/sh\npidof haproxy\n"));
  assertEquals(process["haproxy-hung"], '? "check" would not notice');
  assertEquals(process["haproxy-dead"], 1000 + 150 + 609);
});

Deno.test("handPredictions() of a killed Keepalived says what its unit does, and no time", () => {
  const killed = (unit: string) =>
    times(handPredictions({
      nodes: nodesOf({
        files: { "lb1/keepalived.conf": conf({}), "lb1/keepalived.service.conf": unit },
      }),
    }))["keepalived-killed"];
  const two = "? it leaves the address behind, and two load balancers answer until";
  assertEquals(killed("[Service]\nRestart=no\n"), `${two} somebody starts it: its unit does not`);
  assertEquals(killed("[Service]\nRestart=always\n"), `${two} its unit has started it again`);
  assertEquals(
    killed("[Service]\nRestart=always\nExecStopPost=/opt/give-back\n"),
    "? that depends on what ExecStopPost of its unit does",
  );
});

Deno.test("handPredictions() says what it has to assume", () => {
  const because = ([first]: readonly HandPrediction[], fault: string) =>
    first?.times.find((it) => it.fault === fault)?.because ?? "";
  const alone = predict([{ priority: 101, check: "weight -2" }]);
  assertStringIncludes(because(alone, "holder-lost"), "the partner's file is not named");
  assertStringIncludes(
    because(alone, "haproxy-dead"),
    "/etc/keepalived/check.sh, which was not read",
  );
  assertStringIncludes(because(alone, "haproxy-dead"), "where the partner's priority is above 99");
  assertStringIncludes(because(alone, "haproxy-hung"), "until Keepalived ends it after 1 s");
  const fine = predict([{ priority: 101, check: "timeout 2" }, {}], ASKS);
  assertStringIncludes(because(fine, "haproxy-hung"), "for 1 s, the limit of its requests");
  assertEquals(because(fine, "haproxy-dead").includes("if it notices"), false);
});

Deno.test("handPredictions() of files that do not belong together names nobody who takes over", () => {
  assertEquals(times(predict([{ id: 51 }, { id: 52 }])), {
    "holder-lost": "? no other file has virtual_router_id 51, so nobody takes over",
  });
});

Deno.test("handPredictions() of a haproxy.cfg alone is about its API servers", () => {
  const of = (more: string) =>
    handPredictions({
      nodes: nodesOf({
        files: {
          "lb1/haproxy.cfg": `backend apiserver\n    ${more}\n    server m1 10.0.0.21:6443 check\n`,
        },
      }),
    }).map(({ times }) => times.map(({ ms }) => ms));
  // Without "timeout check" a check may take one "inter".
  assertEquals(of("mode tcp"), [[2000 + 3 * 2000 + 2 * 2000]]);
  assertEquals(of("default-server inter 1s fastinter 200ms fall 2"), [[1000 + 2 * 1000 + 200]]);
  assertEquals(of("timeout connect 500ms\n    timeout check 1s"), [[2000 + 3 * 1000 + 2 * 2000]]);
  assertEquals(of("default-server inter ${INTER}"), []);
});

Deno.test("handPredictions() gives whole times that are no less than nothing, whatever is written", () => {
  const number = fc.oneof(
    fc.constantFrom("", "x", "-1", "0", "0.001", "2.5", "1e308", "-1e308", "NaN", "255", "256"),
    fc.integer({ min: -3, max: 300 }).map(String),
  );
  const keys = ["interval", "timeout", "fall", "weight"];
  const says = fc.record({
    priority: fc.constant(100),
    check: fc.array(number, { minLength: 4, maxLength: 4 })
      .map((values) => values.map((value, i) => `${keys[i]} ${value}`).join("\n    ")),
    more: fc.tuple(number, number).map(([advert, priority]) =>
      `advert_int ${advert}\n    priority ${priority}`
    ),
  });
  fc.assert(
    fc.property(fc.array(says, { minLength: 1, maxLength: 3 }), (members) => {
      const all = predict(members, ASKS).flatMap(({ times }) => times);
      assertEquals(all.filter(({ ms }) => !Number.isSafeInteger(ms) || ms < 0), []);
    }),
  );
});

Deno.test("handPredictions() reckons with no fraction that Keepalived may drop", () => {
  const files = { "lb1/keepalived.conf": conf({ check: "interval 0.5" }), "lb1/check.sh": ASKS };
  const dead = (versions: { keepalived?: string }) =>
    times(handPredictions({ nodes: nodesOf({ files, versions }) }))["haproxy-dead"];
  assertEquals(dead({}), 1000 + 150 + 609);
  assertEquals(dead({ keepalived: "2.3.1" }), 500 + 150 + 609);
});
