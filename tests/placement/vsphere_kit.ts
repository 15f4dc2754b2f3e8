/** A provider over a fake vCenter, and what its errors must not show. */
import { assertEquals, assertFalse, assertRejects } from "@std/assert";
import { PlacementError } from "../../src/placement/errors.ts";
import type { PlacementProvider, WantedRule } from "../../src/placement/model.ts";
import { vsphere, type VsphereOptions } from "../../src/placement/vsphere/mod.ts";
import { certificates } from "./certificates.ts";
import {
  about,
  CLUSTER,
  configuration,
  fakeVcenter,
  machine,
  optionsFor,
  PASSWORD,
  type Replies,
  task,
} from "./fake_vcenter.ts";

/** Of all servers of a file. */
export const certs = await certificates();
globalThis.addEventListener("unload", () => Deno.removeSync(certs.dir, { recursive: true }));

/** The rule that is wanted. */
export const MASTERS: WantedRule = {
  name: "prod-masters-anti-affinity",
  mandatory: false,
  pool: "C0",
  vms: ["vm-1", "vm-2"],
};

/** Works with a provider over a fake, and gives what came of it. */
export async function against<T>(
  replies: Replies,
  work: (provider: PlacementProvider) => Promise<T>,
  more: Partial<VsphereOptions> = {},
) {
  await using vcenter = fakeVcenter(certs, replies);
  let result: T;
  {
    await using provider = await vsphere(optionsFor(vcenter, certs, more));
    result = await work(provider);
  }
  return { result, vcenter };
}

/** The error that some work ends with; it must show nothing of what was sent. */
export async function refused(work: Promise<unknown>): Promise<PlacementError> {
  const error = await assertRejects(() => work, PlacementError);
  // Nothing of what was sent, and no password, whoever gives it back.
  const all = `${error.message} ${error.hint} ${error.stack} ${Deno.inspect(error)}`;
  assertFalse(all.includes(PASSWORD) || all.includes("p&amp;ss"), all);
  assertFalse(/soapenv|<\w+>|_this/.test(`${error.message} ${error.hint}`), all);
  assertEquals(error.cause, undefined);
  return error;
}

/** Properties by what they are about, others as usual. */
export const reading = (
  parts: Partial<Record<ReturnType<typeof about>, Replies[string]>>,
): Replies => {
  const asked: Record<string, number> = {};
  return {
    RetrievePropertiesEx: (message) => {
      const part = about(message);
      const before = asked[part] ??= 0;
      asked[part] = before + 1;
      const usual = {
        task: () => task("success"),
        rules: () => `<returnval>${configuration()}</returnval>`,
        machines: () =>
          `<returnval>${CLUSTER}${machine("vm-1", "m1")}${
            machine("vm-2", "m2", "host-2")
          }</returnval>`,
      };
      return (parts[part] ?? usual[part])(message, before);
    },
  };
};

/** The rules of the cluster, one text for each time that they are read; the last one goes on. */
export const rulesOf = (...rules: readonly string[]) =>
  reading({
    rules: (_, before) =>
      `<returnval>${configuration(rules[Math.min(before, rules.length - 1)])}</returnval>`,
  });
