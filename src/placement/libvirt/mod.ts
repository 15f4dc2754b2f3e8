/**
 * Hypervisors with libvirt as a platform: where machines run is asked of each of them, with the
 * system's `virsh` over ssh. It only reads; there are no rules.
 * @module
 */
import { pooledMap } from "@std/async/pool";
import type { Hypervisor } from "../../model.ts";
import { PlacementError, PlacementErrors } from "../errors.ts";
import type { PlacementProvider } from "../model.ts";
import { readDomains } from "./answers.ts";
import { faultError } from "./faults.ts";
import { type Answered, seenBy } from "./seen.ts";
import { systemVirsh, type Virsh } from "./virsh.ts";

/** Hypervisors, and how they are asked. */
export interface LibvirtOptions {
  /** Every hypervisor that machines may be on. */
  readonly hypervisors: readonly Hypervisor[];
  /** How long one may take, milliseconds. @default {20000} */
  readonly timeoutMs?: number;
  /** How many are asked at the same time. @default {8} */
  readonly atOnce?: number;
  /** Starts `virsh`. @default {the system's} */
  readonly virsh?: Virsh;
}

/** A platform that is asked anew with every look. Nothing is started before that. */
export function libvirt(
  { hypervisors, timeoutMs = 20_000, atOnce = 8, virsh }: LibvirtOptions,
): PlacementProvider {
  return {
    canEnforce: false,
    look: async (vms) => {
      const ask = virsh ?? systemVirsh(timeoutMs);
      return seenBy(await answersOf(hypervisors, atOnce, ask), vms);
    },
    ensure: () => Promise.reject(noRules()),
    remove: () => Promise.reject(noRules()),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** What all of them answer. One that does not could be where a machine is: then nothing is known. */
async function answersOf(
  hypervisors: readonly Hypervisor[],
  atOnce: number,
  virsh: Virsh,
): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  const problems = new Map<string, PlacementError>();
  const ask = (one: Hypervisor, i: number) =>
    answerOf(one, virsh).catch((error: unknown) => {
      if (!(error instanceof PlacementError)) throw error;
      return error.at(["libvirt", "hypervisors", i]);
    });
  const asked = hypervisors.map((one, i) => [one, i] as const);
  for await (const answer of pooledMap(atOnce, asked, ([one, i]) => ask(one, i))) {
    if (!(answer instanceof PlacementError)) answers.push(answer);
    // That virsh is missing is said once.
    else if (!problems.has(answer.message)) problems.set(answer.message, answer);
  }
  if (problems.size > 0) throw new PlacementErrors([...problems.values()]);
  return answers;
}

async function answerOf({ name, uri }: Hypervisor, virsh: Virsh): Promise<Answered> {
  const { code, stdout, stderr } = await virsh(name, uri);
  if (code !== 0) throw faultError(name, code, stderr);
  const domains = readDomains(decoded(stdout));
  if (domains !== undefined) return { hypervisor: name, domains };
  const message = `Cannot ask hypervisor ${name}: what virsh printed is no list of domains`;
  throw new PlacementError("answer", message, `Look at: virsh -r -c '${uri}' list --uuid --name`);
}

/** Text; what is none is no list either. */
function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return "";
  }
}

function noRules(): Error {
  return new TypeError("Cannot write a rule: libvirt has none");
}
