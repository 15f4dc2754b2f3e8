/**
 * How many connections begin at the same time, so that no sshd and no jump host turns any away.
 *
 * sshd lets few strangers wait (`MaxStartups`, 10 by default) and drops more of them the more there
 * are. Which hosts stand behind one sshd is not always known: so a jump host that the inventory names
 * gets a limit beforehand, and whoever is dropped all the same makes all others begin more slowly, as
 * TCP does: half as many at once, then one more for each such number of them that come through.
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

interface Waiting {
  readonly through: string | undefined;
  readonly admit: (admission: Admission) => void;
}

/** Lets connections begin, in the order in which they asked. */
export class Ramp {
  readonly #through = new Map<string, number>();
  #waiting: Waiting[] = [];
  #under = 0;
  #limit = Infinity;

  /**
   * Waits for room.
   *
   * @param through the jump host that the connection goes through, if it is known
   */
  enter(through?: string): Promise<Admission> {
    const { promise, resolve } = Promise.withResolvers<Admission>();
    this.#waiting.push({ through, admit: resolve });
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

  #hasRoom(through: string | undefined): boolean {
    if (this.#under >= Math.max(1, Math.floor(this.#limit))) return false;
    return through === undefined || (this.#through.get(through) ?? 0) < THROUGH_ONE;
  }

  #begin({ through, admit }: Waiting): void {
    this.#count(through, 1);
    let over = false;
    admit({
      done: (outcome) => {
        if (over) return;
        over = true;
        if (outcome === "dropped") {
          this.#limit = Math.max(1, Math.min(this.#limit, this.#under) / 2);
        }
        if (outcome === "opened") this.#limit += 1 / this.#limit;
        this.#count(through, -1);
        this.#admit();
      },
    });
  }

  #count(through: string | undefined, by: number): void {
    this.#under += by;
    if (through !== undefined) this.#through.set(through, (this.#through.get(through) ?? 0) + by);
  }
}
