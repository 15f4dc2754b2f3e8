import type { Mode } from "../events.ts";
import type { Endpoint, Host, Play, Source, Task } from "../model.ts";
import type { PlannedHost } from "../saved_plan.ts";
import type { BatchSize } from "./batches.ts";

/** What a run is about. */
export interface RunSpec {
  /** Look only, change, or judge only. */
  readonly mode: Mode;
  /** What is done, for locks, journals and people. @default {"apply"} */
  readonly what?: string;
  /** What shall be true. */
  readonly play: Play;
  /** Where. */
  readonly endpoints: readonly Endpoint[];
  /** Hosts that may be changed; the other members are only observed. */
  readonly selected: ReadonlySet<string>;
  /** The inventory as the user typed it. */
  readonly inventory: string;
  /** Takes what a plan says of a host, in check mode. */
  readonly keep?: (host: string, planned: PlannedHost) => void;
  /** A plan, by host: nothing is touched unless it still holds, and nothing else is done. */
  readonly bound?: ReadonlyMap<string, PlannedHost>;
  /** Where a host is written in the inventory. @default {nowhere} */
  readonly placeOf?: (host: string) => Source | undefined;
  /**
   * A host of the inventory, whatever its groups: one that has left an endpoint is taken out of
   * service. Unset: it is only warned of. @default {unset}
   */
  readonly hostNamed?: (name: string) => Host | undefined;
  /** Names of preflights whose errors stop nothing. @default {none} */
  readonly skipPreflight?: ReadonlySet<string>;
  /** Which tasks of a host are wanted, in the play's order. @default {all of them} */
  readonly wanted?: (tasks: readonly Task[]) => readonly Task[];
  /** How many hosts are looked at, and how many endpoints changed, at the same time. */
  readonly forks: number;
  /** How many endpoints begin together, batch by batch; the last repeats. @default {all of them} */
  readonly serial?: readonly BatchSize[];
  /**
   * The largest share of the selected hosts, in percent, that may fail or be unreachable before no
   * further endpoint is begun. @default {100, and 0 where there is more than one batch}
   */
  readonly maxFailPercentage?: number;
  /** Of a fleet shared out over several runs: which part this is, of how many, and what the others have. */
  readonly shard?: {
    /** Which one, from 1. */
    readonly index: number;
    /** How many. */
    readonly count: number;
    /** Endpoints of the other parts: their hosts are members, and nobody forgot them. */
    readonly others: readonly Endpoint[];
  };
  /** How long `verify` waits for a condition to become true. @default {0} */
  readonly waitMs?: number;
  /** Who takes the locks of hosts, in apply mode. @default {somebody who does not wait} */
  readonly lock?: {
    /** Who does it, for people: `deploy@controller`. */
    readonly who: string;
    /** How long to wait for hosts that somebody else has locked. @default {0} */
    readonly waitMs?: number;
    /** Word that a run gives which has the locks already. @default {a new one} */
    readonly nonce?: string;
  };
}
