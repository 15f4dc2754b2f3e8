/** What is said where one rule for keepalived.conf has several things to say, word for word. */
import { assertEquals } from "@std/assert";
import { formatDiagnostics } from "../../src/diagnostics.ts";
import { LINTS } from "../../src/lints/mod.ts";
import { lint } from "../../src/lints/run.ts";
import { nodes, vrrp } from "./keepalived_cases.ts";

/** Everything that one rule says of some files, lb1 first. */
function said(code: string, ...texts: readonly string[]): string {
  const rules = LINTS.filter((it) => it.code === code);
  return formatDiagnostics(lint({ nodes: nodes(texts, {}) }, rules));
}

Deno.test("addresses-differ says what nobody takes over where no address is in common", () => {
  const address = (...them: readonly string[]) =>
    vrrp(`virtual_ipaddress {\n  ${them.join("\n  ")}\n }`);
  assertEquals(
    said("addresses-differ", address("10.0.0.10/24"), address("10.0.0.20/24", "10.0.0.21/24")),
    "lb2.conf:6:3: lb2 does not take over 10.0.0.10 when lb1 is lost, nor lb1 10.0.0.20 and " +
      "10.0.0.21 when lb2 is: they drop each other's adverts, as they have no address in common " +
      "[addresses-differ]\n   hint: write the same virtual_ipaddress block on every member",
  );
});
