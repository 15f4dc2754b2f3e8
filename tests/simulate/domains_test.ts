import { assertEquals } from "@std/assert";
import type { Diagnostic } from "../../src/model.ts";
import { domainsOf } from "../../src/simulate/domains.ts";
import { fallsToOne } from "../../src/simulate/simulate.ts";
import { warnedLosses, warningsOf } from "../../src/simulate/warnings.ts";
import { host, type Machine, own, site, without } from "./sites.ts";

const RUNS_ON = new Map([["lb1", "esx-01.example.com"], ["lb2", "esx-02.example.com"]]);

const CASES: readonly (readonly [
  what: string,
  machines: readonly Machine[],
  wanted: ReturnType<typeof domainsOf>,
])[] = [
  ["nobody knows, and nothing is declared", [["m1"]], { domains: [] }],
  ["nobody knows: what is declared", [["m1", "rack-a"]], { domains: ["rack-a"] }],
  ["a platform knows, nothing is declared", [["lb1"]], {
    domains: ["esx-01.example.com"],
    placed: { leftOut: [] },
  }],
  ["what is declared is so, by its short name", [["lb1", "esx-01"]], {
    domains: ["esx-01.example.com"],
    placed: { leftOut: [] },
  }],
  ["it is not so: the machine was moved", [["lb1", "esx-02"]], {
    domains: ["esx-01.example.com"],
    placed: { leftOut: ["esx-02"] },
  }],
  ["a rack is no host", [["lb1", "rack-a"]], {
    domains: ["esx-01.example.com"],
    placed: { leftOut: ["rack-a"] },
  }],
  ["nobody knows, and what is declared is a host of others", [["m1", "esx-02"]], {
    domains: ["esx-02.example.com"],
  }],
  ["a part of a name is none", [["m1", "esx-0"]], { domains: ["esx-0"] }],
  ["two names of one machine, of which one is known", [["cp1", "rack-a"], ["lb1"]], {
    domains: ["esx-01.example.com"],
    placed: { leftOut: ["rack-a"] },
  }],
  ["two names of one machine that are seen at two places", [["lb1"], ["lb2"]], {
    domains: ["esx-01.example.com", "esx-02.example.com"],
    placed: { leftOut: [] },
  }],
];

for (const [what, machines, wanted] of CASES) {
  Deno.test(`domainsOf(): ${what}`, () => {
    const hosts = machines.map(([name, domain]) => host(name, "10.88.0.11", domain));
    assertEquals(domainsOf(hosts, RUNS_ON), wanted);
  });
}

Deno.test("domainsOf(): a short name that two hosts have means both of them", () => {
  const runsOn = new Map([["a", "esx-01.one.example"], ["b", "esx-01.two.example"]]);
  assertEquals(domainsOf([host("m1", "10.88.0.11", "esx-01")], runsOn).domains, [
    "esx-01.one.example",
    "esx-01.two.example",
  ]);
});

/** An endpoint whose machines are declared apart, and what it outlives where they run. */
function running(runsOn: Readonly<Record<string, string>>, balancers: readonly Machine[]) {
  const { of, hosts } = site(balancers, [["m1", "a"], ["m2", "b"], ["m3", "c"]]);
  return own(of, hosts, { runsOn: new Map(Object.entries(runsOn)) });
}

const place = (file: string) => ({ file, line: 1, column: 1 });

/** Warnings, each with what it points at. */
function warned(found: ReturnType<typeof own>): string[] {
  const places = {
    backends: () => place("backends"),
    host: (name: string) => place(`host ${name}`),
    domain: (name: string) => place(`domain ${name}`),
  };
  return warningsOf(found, places).map(({ code, message, source, hint }: Diagnostic) =>
    `${source?.file}: ${code}: ${message} (${hint})`
  );
}

Deno.test("simulate() loses the physical host of two load balancers that are declared apart", () => {
  const found = running({ lb1: "esx-01", lb2: "esx-01" }, [["lb1", "a"], ["lb2", "b"]]);
  assertEquals(fallsToOne(found), true);
  assertEquals(without(found, "esx-01").why, "no-holder");
  // Nothing that somebody knows better is lost with what is declared.
  assertEquals(without(found, "a").holder, "lb1");
  assertEquals(warned(found), [
    'host lb2: single-loss: Endpoint "load_balancers" does not outlive one loss: without host ' +
    '"esx-01" ("lb1", "lb2") no load balancer is left (a part of them on another host)',
  ]);
  assertEquals(warnedLosses(found).map(({ name, physical }) => [name, physical]), [
    ["esx-01", true],
  ]);
});

Deno.test("simulate() finds apart where they run what is declared to be together", () => {
  const found = running({ lb1: "esx-01", lb2: "esx-02" }, [["lb1", "a"], ["lb2", "a"]]);
  assertEquals([fallsToOne(found), warned(found)], [false, []]);
});

Deno.test("simulate() says of some load balancers that they are on one host", () => {
  const balancers = [["lb1", "a"], ["lb2", "b"], ["lb3", "c"]] as const;
  const found = running({ lb1: "esx-01", lb2: "esx-01", lb3: "esx-02" }, balancers);
  assertEquals(warned(found), [
    'host lb2: shared-host: Load balancers "lb1" and "lb2" are lost together: all of them are on ' +
    'host "esx-01" (a host for each of them)',
  ]);
});

Deno.test("simulate() says that the quorum is on one host", () => {
  const found = running({ m1: "esx-01", m2: "esx-01" }, [["lb1", "a"], ["lb2", "b"]]);
  assertEquals(warned(found), [
    'backends: single-loss: Endpoint "load_balancers" does not outlive one loss: without host ' +
    '"esx-01" ("m1", "m2") etcd has no quorum: 1 of 3 members are left, 2 are needed (the API ' +
    "servers on three hosts)",
  ]);
});
