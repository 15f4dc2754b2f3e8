/**
 * Where the machines of a group run, and what keeps them apart: plain data, and the seam behind which
 * each virtualization platform is. Nothing here knows a clock, a file or a network.
 * @module
 */

/** How the members of a group are to be kept apart. */
export type PlacementPolicy =
  /** No two of them on one physical host. */
  | "anti_affinity"
  /** On one physical host at most as many as there are when they are spread evenly; no rule. */
  | "spread";

/** One group as the inventory has it. */
export interface PlacementGroup {
  /** Name of the inventory group. */
  readonly name: string;
  /** How its members are kept apart. */
  readonly policy: PlacementPolicy;
  /** Its members. */
  readonly members: readonly PlacedHost[];
}

/** A host of the inventory that is a machine of a platform. */
export interface PlacedHost {
  /** Name in the inventory. */
  readonly name: string;
  /** Name of its machine there. */
  readonly vm: string;
  /** Failure domain that the inventory declares. */
  readonly failureDomain?: string;
}

/** Where one machine is. */
export interface Placement {
  /** Its name on the platform. */
  readonly vm: string;
  /** What the platform knows it by, for as long as one reads: names are resolved anew each time. */
  readonly id: string;
  /** The physical host it runs on; unset: none, as one that is switched off may be. */
  readonly host?: string;
  /** Name of the pool it belongs to; unset: none, as on a host without a cluster. */
  readonly pool?: string;
  /** Why a rule cannot be about it as it is, or would not count; unset: one can. */
  readonly unruled?: Unruled;
}

/** What a platform needs before a rule can be about a machine. */
export interface Unruled {
  /** What the machine is, after its name and "is": `no HA resource`. */
  readonly why: string;
  /** What to type, so that one can. */
  readonly hint: string;
}

/** Machines that one scheduler places: a DRS cluster, a Proxmox cluster. */
export interface Pool {
  /** Its name. */
  readonly name: string;
  /** Physical hosts that machines can be placed on now: connected, and not in maintenance. */
  readonly usableHosts: readonly string[];
  /** Whether rules are followed: by itself, after a person has agreed, or not at all. */
  readonly enforcing: "auto" | "manual" | "off";
  /** Why they are not followed at all. @default {"its scheduler is off"} */
  readonly why?: string;
}

/** A rule that the platform has. */
export interface Rule {
  /** What the platform knows it by. */
  readonly id: string;
  /** Its name. */
  readonly name: string;
  /** What it asks for. */
  readonly kind: "anti_affinity" | "affinity" | "other";
  /** Whether it counts. */
  readonly enabled: boolean;
  /** Whether it may not be broken, for whatever reason. */
  readonly mandatory: boolean;
  /** Name of its pool. */
  readonly pool: string;
  /** Ids of the machines it is about. */
  readonly vms: readonly string[];
}

/** A rule that is wanted: anti-affinity, enabled. */
export type WantedRule = Pick<Rule, "name" | "mandatory" | "pool" | "vms">;

/** Everything that a plan is made from. */
export interface Seen {
  /** Where each machine is. */
  readonly placements: readonly Placement[];
  /** Every pool that one of them is in. */
  readonly pools: readonly Pool[];
  /** Every rule of these pools. */
  readonly rules: readonly Rule[];
}

/** One platform. What it reads it reads anew each time. */
export interface PlacementProvider extends AsyncDisposable {
  /** Whether it has rules at all; what is only declared, or only looked at, has none. */
  readonly canEnforce: boolean;
  /**
   * Where these machines are, and the pools and rules that concern them.
   * @throws {PlacementError} for a machine that is not there or there twice, all of them at once; when
   * the platform refuses or cannot be reached
   */
  look(vms: readonly string[]): Promise<Seen>;
  /** Makes a rule so; `current`: the one that is changed. @throws {PlacementError} */
  ensure(rule: WantedRule, current?: Rule): Promise<void>;
  /** Takes a rule away. @throws {PlacementError} */
  remove(rule: Rule): Promise<void>;
}
