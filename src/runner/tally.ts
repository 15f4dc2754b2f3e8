import { EXIT } from "../errors.ts";
import type { Event, Mode, Recap, Status } from "../events.ts";

/** Codes of diagnostics with which a run begins nothing: try again later. */
const REFUSALS: ReadonlySet<string> = new Set(["stale-plan", "lock-held"]);

/** Counts what happened, for the recap and the exit code. A fold over events. */
export class Tally {
  readonly #hosts = new Map<string, Record<Status, number>>();
  #checkFailed = false;
  #stale = false;
  #refused = false;
  #rolledBack = false;
  #unseen = false;

  /** Starts with every host at zero, so that the recap names all of them. */
  constructor(hosts: readonly string[]) {
    for (const host of hosts) this.#of(host);
  }

  #of(host: string): Record<Status, number> {
    const counts = this.#hosts.get(host) ??
      { ok: 0, changed: 0, unreachable: 0, failed: 0, skipped: 0 };
    this.#hosts.set(host, counts);
    return counts;
  }

  /** Takes an event into account. As in Ansible, a changed task is an ok one too. */
  add(event: Event): void {
    if (event.type === "diagnostic") this.#note(event.diagnostic.code);
    if (event.type === "check-end" && event.status === "failed") this.#checkFailed = true;
    if (event.type !== "task-end") return;
    const counts = this.#of(event.host);
    counts[event.status] += 1;
    if (event.status === "changed") counts.ok += 1;
  }

  #note(code: string): void {
    if (REFUSALS.has(code)) this.#stale = true;
    if (code === "coupled-change") this.#refused = true;
    if (code === "rolled-back") this.#rolledBack = true;
    if (code === "rollback-unseen") this.#unseen = true;
    if (code === "gate" || code === "rollback-failed") this.#checkFailed = true;
  }

  /** Counts of each host, in order of first appearance. */
  recap(): Readonly<Record<string, Recap>> {
    return Object.fromEntries(this.#hosts);
  }

  /** The exit code, by the contract's order of severity. */
  exitCode(mode: Mode, interrupted: boolean): number {
    const counts = [...this.#hosts.values()];
    if (interrupted) return EXIT.interrupted;
    if (this.#rolledBack) return EXIT.rolledBack;
    if (this.#checkFailed || counts.some(({ failed }) => failed > 0)) return EXIT.failed;
    if (this.#unseen || counts.some(({ unreachable }) => unreachable > 0)) return EXIT.unreachable;
    if (this.#stale) return EXIT.stale;
    if (this.#refused) return EXIT.usage;
    if (mode === "check" && counts.some(({ changed }) => changed > 0)) return EXIT.changes;
    return EXIT.ok;
  }
}
