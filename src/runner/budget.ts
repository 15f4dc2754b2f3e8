/**
 * How many hosts may fail before nothing more is begun: a fold over events.
 * @module
 */
import type { Event } from "../events.ts";
import type { Endpoint } from "../model.ts";

/**
 * The number of hosts whose failure ends a run, from the largest percentage of them that may fail:
 * the first number that is more than it, as Ansible counts. More than there are hosts: no number is.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0, 10, 19, 20, 100].map((percent) => stopsAfter(10, percent)), [1, 2, 2, 3, 11]);
 * ```
 */
export function stopsAfter(hosts: number, percent: number): number {
  return Math.floor(hosts * percent / 100) + 1;
}

/**
 * Counts the hosts of a run that were lost to it, each of them once: those that failed could not be
 * reached or went back to how they were, and all that were to be changed on an endpoint of which a condition does not hold.
 */
export class Budget {
  /** How many hosts of the run there are. */
  readonly hosts: number;
  /** How many lost hosts are one too many. */
  readonly stopsAfter: number;
  readonly #lost = new Set<string>();
  readonly #selected: ReadonlySet<string>;
  readonly #members: ReadonlyMap<string, readonly string[]>;

  /** For so large a share of the hosts of the run that may be lost, in percent. */
  constructor(endpoints: readonly Endpoint[], selected: ReadonlySet<string>, percent: number) {
    const names = ({ members }: Endpoint) =>
      members.map(({ host }) => host.name).filter((host) => selected.has(host));
    this.#members = new Map(endpoints.map((endpoint) => [endpoint.name, names(endpoint)]));
    this.#selected = new Set([...this.#members.values()].flat());
    this.hosts = this.#selected.size;
    this.stopsAfter = stopsAfter(this.hosts, percent);
  }

  /** Takes an event into account. */
  add(event: Event): void {
    if (event.type === "task-end") {
      const { status, kind, host } = event;
      if (status === "failed" || status === "unreachable" || kind === "rollback") this.count(host);
    }
    if (event.type === "check-end" && event.status === "failed") {
      for (const host of this.#members.get(event.endpoint) ?? []) this.count(host);
    }
  }

  /** Counts a host, whatever became of it; one that is only observed is none of the run's. */
  count(host: string): void {
    if (this.#selected.has(host)) this.#lost.add(host);
  }

  /** Hosts that were lost, in the order in which they were. */
  get lost(): readonly string[] {
    return [...this.#lost];
  }

  /** Nothing more may be begun. */
  get spent(): boolean {
    return this.#lost.size >= this.stopsAfter;
  }
}
