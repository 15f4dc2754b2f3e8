/** The group check over an endpoint with further services. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Endpoint, ExecResult } from "../../src/model.ts";
import { servicesOf } from "../../src/services.ts";
import { listening } from "../../src/vip/listening.ts";
import { vip } from "../../tasks/vip.ts";
import { anEndpoint, runSh } from "../helpers.ts";

const key = { secret: true, reveal: () => "" } as const;
/** On the same port with an address of its own, and on the endpoint's address with another port. */
const endpoint: Endpoint = {
  ...anEndpoint("lb1", "lb2"),
  also: [
    {
      name: "staging",
      addresses: ["10.9.0.11"],
      port: 8443,
      backends: [{ name: "s1", address: "10.9.0.31" }, { name: "s2", address: "10.9.0.32" }],
      backendPort: 6443,
      haproxy: { balance: "auto", checkPath: "/livez" },
    },
    {
      name: "edge",
      addresses: [],
      port: 9443,
      backends: [{ name: "e1", address: "10.9.0.41" }],
      backendPort: 6443,
      haproxy: { balance: "auto", checkClient: { certificate: "", key } },
    },
  ],
};

/** Where each service is asked. */
const URLS = {
  own: "https://10.9.0.10:8443/readyz",
  staging: "https://10.9.0.11:8443/livez",
  edge: "https://10.9.0.10:9443/readyz",
} as const;

/** What a host says; what is not given is as on a healthy standby. */
interface Said {
  readonly holds?: readonly string[];
  readonly deaf?: readonly ("own" | "staging" | "edge")[];
  /** API servers of the three; undefined: HAProxy does not say. */
  readonly counts?: readonly (number | undefined)[];
  readonly through?: Partial<Record<keyof typeof URLS, string>>;
}

function said({ holds = [], deaf = [], counts = [1, 2, 1], through = {} }: Said): ExecResult {
  const names = ["own", "staging", "edge"] as const;
  const held = (name: keyof typeof URLS) =>
    holds.includes(name === "staging" ? "10.9.0.11" : "10.9.0.10");
  const http = (code: string, url: string) => `\nhttp ${code} ${url}\n`;
  const stdout = [
    ...holds.map((address) => `holds ${address}\n`),
    "haproxy active\nkeepalived active\n",
    ...names.filter((it) => !deaf.includes(it))
      .map((it) => it === "own" ? "listens\n" : `listens ${it}\n`),
    // As they arrive: bodies one after the other, then what is said of each request.
    ...names.map((it, i) =>
      counts[i] === undefined ? "" : it === "own" ? `${counts[i]}` : `\n${it} ${counts[i]}\n`
    ),
    ...names.map((it) =>
      http("200", `http://127.0.0.1:8404/backends${it === "own" ? "" : `/${it}`}`)
    ),
    ...names.filter((it) => !held(it)).map((it) => http(through[it] ?? "200", URLS[it])),
  ].join("");
  return { code: 0, stdout, stderr: "" };
}

const BOTH = ["10.9.0.10", "10.9.0.11"];
const FINE = "/readyz through 10.9.0.10 200, /livez of staging through 10.9.0.11 200, " +
  "/readyz of edge through 10.9.0.10 200";

interface Case {
  readonly lb1?: Said;
  readonly lb2?: Said;
  readonly strict?: boolean;
  readonly message: string;
  readonly faults?: readonly string[];
}

const CASES: Readonly<Record<string, Case>> = {
  "is content when one host holds all, and every service answers": {
    message: `held by lb1, backends 1/1, staging 2/2, edge 1/1, ${FINE}`,
  },
  "takes being turned away for an answer of the one service whose checks show a certificate": {
    lb2: { through: { edge: "403" } },
    message: `held by lb1, backends 1/1, staging 2/2, edge 1/1, ${FINE.replace(/200$/, "403")}`,
  },
  "refuses a service that gives no answer while an API server of it is up": {
    lb2: { through: { staging: "000" } },
    message: "held by lb1, backends 1/1, staging 2/2, edge 1/1, " +
      "lb2 gets no answer from /livez of staging through 10.9.0.11, " +
      "/readyz through 10.9.0.10 200, /readyz of edge through 10.9.0.10 200",
    faults: [
      "/livez of staging through 10.9.0.11 fails from lb1",
      "/livez of staging through 10.9.0.11 fails from lb2",
    ],
  },
  "excuses a service whose API servers are not there yet": {
    lb1: { holds: BOTH, counts: [1, 0, 1] },
    lb2: { counts: [1, 0, 1], through: { staging: "503" } },
    message: "held by lb1, backends 1/1, staging 0/2, edge 1/1, /readyz through 10.9.0.10 200, " +
      "/readyz of edge through 10.9.0.10 200",
    faults: [
      "no API server of staging answers lb1",
      "no API server of staging answers lb2",
      "/livez of staging through 10.9.0.11 fails from lb1",
      "/livez of staging through 10.9.0.11 fails from lb2",
    ],
  },
  "excuses nobody in verify": {
    lb1: { holds: BOTH, counts: [1, 0, 1] },
    lb2: { counts: [1, 0, 1], through: { staging: "503" } },
    strict: true,
    message: "held by lb1, backends 1/1, staging 0/2, edge 1/1, " +
      "no API server of staging answers, /readyz through 10.9.0.10 200, " +
      "/readyz of edge through 10.9.0.10 200",
    faults: [
      "no API server of staging answers lb1",
      "no API server of staging answers lb2",
      "/livez of staging through 10.9.0.11 fails from lb1",
      "/livez of staging through 10.9.0.11 fails from lb2",
      "no API server of staging answers",
    ],
  },
  "refuses the address of a service that nobody holds": {
    lb1: { holds: ["10.9.0.10"], through: { staging: "000" } },
    lb2: { through: { staging: "000" } },
    message: "10.9.0.10 held by lb1, 10.9.0.11 held by no host, backends 1/1, staging 2/2, " +
      "edge 1/1, lb1 gets no answer from /livez of staging through 10.9.0.11, " +
      "lb2 gets no answer from /livez of staging through 10.9.0.11, " +
      "/readyz through 10.9.0.10 200, /readyz of edge through 10.9.0.10 200",
    faults: ["nobody holds 10.9.0.11"],
  },
  "refuses addresses that stay apart": {
    lb1: { holds: ["10.9.0.10"] },
    lb2: { holds: ["10.9.0.11"] },
    message: "10.9.0.10 held by lb1, 10.9.0.11 held by lb2, backends 1/1, staging 2/2, edge 1/1, " +
      FINE,
    faults: ["the addresses are held by different hosts"],
  },
  "refuses a host that listens for one of them alone": {
    lb2: { deaf: ["staging", "edge"] },
    message: "held by lb1, nothing listens for staging, port 8443, on lb2, " +
      `nothing listens for edge, port 9443, on lb2, backends 1/1, staging 2/2, edge 1/1, ${FINE}`,
    faults: [
      "nothing listens for staging, port 8443, on lb2",
      "nothing listens for edge, port 9443, on lb2",
    ],
  },
  "refuses a HAProxy that does not know a service": {
    lb2: { counts: [1, undefined, 1] },
    message: "held by lb1, haproxy does not know staging on lb2, backends 1/1, staging 2/2, " +
      `edge 1/1, ${FINE}`,
    faults: ["haproxy does not know staging on lb2", "no API server of staging answers lb2"],
  },
  "says once that a HAProxy hangs": {
    lb2: { counts: [] },
    message: "held by lb1, haproxy does not answer on lb2, backends 1/1, staging 2/2, edge 1/1, " +
      FINE,
    faults: [
      "haproxy does not answer on lb2",
      ...[
        "no API server answers",
        "no API server of staging answers",
        "no API server of edge answers",
      ]
        .map((it) => `${it} lb2`),
    ],
  },
};

for (const [name, one] of Object.entries(CASES)) {
  Deno.test(`vip() of several services ${name}`, () => {
    const { lb1 = { holds: BOTH }, lb2 = {}, strict = false, message, faults = [] } = one;
    const answers = new Map([["lb1", said(lb1)], ["lb2", said(lb2)]]);
    const verdict = vip(endpoint).judge(answers, strict);
    assertEquals(verdict.message, message);
    assertEquals(verdict.faults, faults);
    assertEquals(verdict.able, ["lb1", "lb2"]);
    const excused = name.startsWith("excuses a service");
    assertEquals(verdict.ok, faults.length === 0 || excused);
  });
}

Deno.test("vip() of services that came beside one that runs finds no fault in what no host has yet", () => {
  const before: Said = {
    deaf: ["staging", "edge"],
    counts: [1],
    through: { staging: "000", edge: "000" },
  };
  const { faults = [], able, last } = vip(endpoint).judge(
    new Map([["lb1", said({ ...before, holds: ["10.9.0.10"] })], ["lb2", said(before)]]),
  );
  // Ways that fail would hide that they still fail when all has changed.
  assertEquals(faults.filter((it) => it.includes("fails from")), []);
  assertEquals([able, last], [["lb1", "lb2"], ["lb1"]]);
});

Deno.test("vip() of several services asks each at its address and port, and its HAProxy for all", async () => {
  const probe = vip(endpoint).probe("lb1");
  const asked = async (held: string) => {
    const stubs =
      `ip() { case "$*" in *${held}*) printf inet;; esac; }; systemctl() { echo active; }
curl() { printf 'curl'; for word; do printf ' <%s>' "$word"; done; echo; }
`;
    const { stdout } = await runSh(stubs + probe);
    return stdout.split("\n").find((line) => line.startsWith("curl")) ?? "";
  };
  const all = Object.values(URLS).filter((it) => it !== URLS.edge);
  const backup = await asked("nothing");
  assertStringIncludes(
    backup,
    `<-o> </dev/null> <${URLS.own}> <-o> </dev/null> <${URLS.edge}> <-o> </dev/null> ` +
      `<${URLS.staging}> <http://127.0.0.1:8404/backends> ` +
      "<http://127.0.0.1:8404/backends/staging> <http://127.0.0.1:8404/backends/edge>",
  );
  const holder = await asked("10.9.0.10/32");
  assertEquals(
    [...all, URLS.edge].filter((url) => holder.includes(url)),
    [URLS.staging],
  );
});

/** What is said of services at these addresses while something listens there. */
async function heard(addresses: readonly string[], listener: Deno.ListenOptions, six = false) {
  using open = Deno.listen(listener);
  const { port } = open.addr as Deno.NetAddr;
  const [address = "", other = ""] = addresses;
  const services = servicesOf({
    ...endpoint,
    address,
    port,
    also: [{ ...endpoint.also![0]!, addresses: [other], port }],
  });
  const { stdout } = await runSh(services.map((it) => listening(it, six)).join("\n"));
  return stdout.trim().split("\n");
}

Deno.test("listening() tells apart who shares a port", async () => {
  const four = ["127.0.0.1", "127.0.0.2"];
  assertEquals(await heard(four, { hostname: "127.0.0.1", port: 0 }), ["listens"]);
  assertEquals(await heard(four, { hostname: "127.0.0.2", port: 0 }), ["listens staging"]);
  assertEquals(await heard(four, { hostname: "127.0.0.3", port: 0 }), [""]);
  // As it is before there is a second one.
  assertEquals(await heard(four, { hostname: "0.0.0.0", port: 0 }), ["listens"]);
  const six = ["::1", "fd48::2"];
  assertEquals(await heard(six, { hostname: "::1", port: 0 }, true), ["listens"]);
  assertEquals(await heard(["fd48::2", "::1"], { hostname: "::1", port: 0 }, true), [
    "listens staging",
  ]);
});
