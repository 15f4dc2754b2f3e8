/**
 * How many connections begin at the same time, so that no sshd and no jump host turns any away.
 *
 * sshd lets few strangers wait (`MaxStartups`, 10 by default) and drops more of them the more there
 * are. Which hosts stand behind one sshd is not always known. So what is known to be one, a jump host
 * that the inventory names or one address, gets a limit beforehand; and whoever is dropped all the
 * same makes all others begin more slowly, as TCP does: half as many at once, then one more whenever
 * as many have come through.
 * @module
 */

/** One connection that may begin. */
export interface Admission {
  /** It has come to a shell, it was dropped before the handshake, or it failed for another reason. */
  done(outcome: Outcome): void;
}

/** How it went. */
export type Outcome = "opened" | "dropped" | "failed";

/** Below what sshd's `MaxStartups` lets wait by default, with room for other people. */
const THROUGH_ONE = 8;

/** So many are turned away by hardly any sshd; one host that drops everybody slows nobody down more. */
const LEAST = 4;

interface Waiting {
  readonly through: string;
  readonly admit: (admission: Admission) => void;
}

/** Lets connections begin, in the order in which they asked. */
export class Ramp {
  readonly #through = new Map<string, number>();
  #waiting: Waiting[] = [];
  #under = 0;
  #limit = Infinity;
  /** How often the limit was cut. */
  #cuts = 0;

  /**
   * Waits for room.
   *
   * @param through the sshd that it begins at, as far as that is known
   * @param first goes before all who wait: somebody counts the seconds
   */
  enter(through: string, first = false): Promise<Admission> {
    const { promise, resolve } = Promise.withResolvers<Admission>();
    const waiting = { through, admit: resolve };
    this.#waiting = first ? [waiting, ...this.#waiting] : [...this.#waiting, waiting];
    this.#admit();
    return promise;
  }

  /** Lets in whoever has room; one jump host that is busy keeps nobody else waiting. */
  #admit(): void {
    const left: Waiting[] = [];
    for (const waiting of this.#waiting) {
      if (this.#hasRoom(waiting.through)) this.#begin(waiting);
      else left.push(waiting);
    }
    this.#waiting = left;
  }

  #hasRoom(through: string): boolean {
    return this.#under < Math.floor(this.#limit) && (this.#through.get(through) ?? 0) < THROUGH_ONE;
  }

  #begin({ through, admit }: Waiting): void {
    this.#count(through, 1);
    const cuts = this.#cuts;
    let over = false;
    admit({
      done: (outcome) => {
        if (over) return;
        over = true;
        // Those that had begun before a cut say nothing of what came of it.
        if (outcome === "dropped" && cuts === this.#cuts) this.#cut();
        if (outcome === "opened") this.#limit += 1 / this.#limit;
        this.#count(through, -1);
        this.#admit();
      },
    });
  }

  #cut(): void {
    this.#cuts += 1;
    this.#limit = Math.max(LEAST, Math.min(this.#limit, this.#under) / 2);
  }

  #count(through: string, by: number): void {
    this.#under += by;
    const under = (this.#through.get(through) ?? 0) + by;
    if (under === 0) this.#through.delete(through);
    else this.#through.set(through, under);
  }
}
