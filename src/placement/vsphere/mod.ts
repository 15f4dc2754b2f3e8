/**
 * vSphere: where machines run, and the anti-affinity rules of DRS, over the vim25 web service.
 * @module
 */
import type { Secret } from "../../model.ts";
import type { PlacementProvider } from "../model.ts";
import { caller, guarding } from "./client.ts";
import { overSession } from "./provider.ts";
import { begin } from "./session.ts";
import { CLOCK, wire, type WireOptions } from "./wire.ts";

/** A vCenter, and who asks it. */
export interface VsphereOptions extends WireOptions {
  /** Name of the user, with the domain: `deploy@vsphere.local`. */
  readonly user: string;
  /** The password. */
  readonly password: Secret;
  /** Name or path (`DC0/C0`) of the only cluster that is looked into. @default {all} */
  readonly cluster?: string;
  /** How long a change may take, milliseconds. @default {120000} */
  readonly taskMs?: number;
}

/**
 * Logs in to a vCenter. To be disposed of, which logs out.
 *
 * @throws {PlacementError} when it cannot be reached, is not trusted, or lets nobody in
 */
export async function vsphere(options: VsphereOptions): Promise<PlacementProvider> {
  const { cluster, taskMs = 120_000, password } = options;
  const guarded = guarding(password);
  const way = await guarded(() => Promise.resolve(wire(options)));
  try {
    const session = await guarded(() => begin(caller(way.post), options, CLOCK, taskMs));
    const rules = overSession(session, cluster);
    return {
      canEnforce: rules.canEnforce,
      look: (vms) => guarded(() => rules.look(vms)),
      ensure: (rule, current) => guarded(() => rules.ensure(rule, current)),
      remove: (rule) => guarded(() => rules.remove(rule)),
      async [Symbol.asyncDispose]() {
        // It ends by itself when nobody asks for half an hour; what was done stays done.
        await session.end().catch(() => {});
        way[Symbol.dispose]();
      },
    };
  } catch (error) {
    way[Symbol.dispose]();
    throw error;
  }
}
