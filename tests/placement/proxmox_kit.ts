/** A provider over a fake Proxmox VE, and what its errors must not show. */
import { assertEquals, assertFalse, assertRejects } from "@std/assert";
import { PlacementError } from "../../src/placement/errors.ts";
import type { PlacementProvider, Rule, WantedRule } from "../../src/placement/model.ts";
import { proxmox, type ProxmoxOptions } from "../../src/placement/proxmox/mod.ts";
import { certificates } from "./certificates.ts";
import { fakeProxmox, type Hook, optionsFor, type State, VALUE } from "./fake_proxmox.ts";

/** Of all servers of a file. */
export const certs = await certificates();
globalThis.addEventListener("unload", () => Deno.removeSync(certs.dir, { recursive: true }));

/** Name of the rule that is wanted. */
export const NAME = "prod-masters-anti-affinity";

/** The rule that is wanted. */
export const MASTERS: WantedRule = {
  name: NAME,
  mandatory: true,
  pool: "pve-lab",
  vms: ["vm:101", "vm:102"],
};

/** That rule as it is seen. */
export const SEEN: Rule = { ...MASTERS, id: NAME, kind: "anti_affinity", enabled: true };

/** That rule as the server has it. */
export const SECTION = {
  type: "resource-affinity",
  affinity: "negative",
  resources: "vm:101,vm:102",
};

/** Works with a provider over a fake, and gives what came of it. */
export async function against<T>(
  change: Partial<State>,
  work: (provider: PlacementProvider) => Promise<T>,
  hook?: Hook,
  more: Partial<ProxmoxOptions> = {},
) {
  await using pve = fakeProxmox(certs, change, hook);
  await using provider = await proxmox(optionsFor(pve, certs, more));
  const result = await work(provider);
  return { result, pve };
}

/** The error that some work ends with; it must show nothing of what was sent. */
export async function refused(work: Promise<unknown>): Promise<PlacementError> {
  const error = await assertRejects(() => work, PlacementError);
  const all = `${error.message} ${error.hint} ${error.stack} ${Deno.inspect(error)}`;
  assertFalse(all.includes(VALUE) || all.includes("PVEAPIToken"), all);
  assertFalse(/[\p{Cc}]/u.test(error.message.replaceAll("\n", "")), all);
  assertEquals(error.cause, undefined);
  return error;
}
