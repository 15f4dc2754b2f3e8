/** The keepalived.conf of the seed document, as somebody fills it in on two hosts, and as it is. */
import { assertEquals } from "@std/assert";
import { parseKeepalived } from "../../src/configs/keepalived.ts";
import { KEEPALIVED_LINTS } from "../../src/lints/mod.ts";
import { lint } from "../../src/lints/run.ts";

const SEED = await Deno.readTextFile(new URL("../endpoint/golden/seed.md", import.meta.url));
const [, CONF = ""] = /^```\n(! \/etc\/keepalived\/keepalived\.conf.*?)^```$/ms.exec(SEED) ?? [];

function filled(values: Readonly<Record<string, string>>): string {
  const common = {
    INTERFACE: "eth0",
    ROUTER_ID: "51",
    AUTH_PASS: "42",
    APISERVER_VIP: "10.0.0.10",
  };
  const all: Readonly<Record<string, string>> = { ...common, ...values };
  return CONF.replaceAll(/\$\{(\w+)\}/g, (whole, name) => all[name] ?? whole);
}

function codes(...texts: readonly string[]): string[] {
  const nodes = texts.map((text, i) => ({
    name: `lb${i + 1}`,
    addresses: [`10.0.0.1${i + 1}/24`],
    keepalived: parseKeepalived(text, `lb${i + 1}.conf`),
    scripts: [],
    versions: { keepalived: "2.2.7" },
  }));
  return [...new Set(lint({ nodes }, KEEPALIVED_LINTS).map(({ code }) => code))].toSorted();
}

const FAULTS = ["common-router-id", "script-security", "shared-name", "slow-detection"];

Deno.test("the seed's keepalived.conf has its faults with the priorities that it names", () => {
  const master = filled({ STATE: "MASTER", PRIORITY: "101" });
  assertEquals(codes(master), FAULTS);
  assertEquals(codes(master, filled({ STATE: "BACKUP", PRIORITY: "100" })), FAULTS);
});

Deno.test("the seed's keepalived.conf moves nothing with priorities that are further apart", () => {
  const [one, other] = [["MASTER", "110"], ["BACKUP", "100"]]
    .map(([STATE = "", PRIORITY = ""]) => filled({ STATE, PRIORITY }));
  assertEquals(codes(one ?? "", other ?? ""), [...FAULTS, "weight-below-gap"]);
});

Deno.test("the seed's keepalived.conf as it stands in the document is not filled in", () => {
  assertEquals(codes(CONF), ["placeholder", "script-security", "shared-name", "slow-detection"]);
});
