/**
 * Counts what passes between a controller and one host. Pure.
 * @module
 */

/** What passed through one connection. */
export interface Passed {
  /** Bytes to the host. */
  readonly up: number;
  /** Bytes from it. */
  readonly down: number;
  /** How often the controller spoke after the host had: with a slow network each costs its delay. */
  readonly turns: number;
}

/** Counts one connection. */
export class Counter {
  #up = 0;
  #down = 0;
  #turns = 0;
  #last: "up" | "down" | undefined;

  /** So many bytes went to the host. */
  up(bytes: number): void {
    this.#up += bytes;
    if (this.#last !== "up") this.#turns += 1;
    this.#last = "up";
  }

  /** So many bytes came from it. */
  down(bytes: number): void {
    this.#down += bytes;
    this.#last = "down";
  }

  /** What has passed until now. */
  get passed(): Passed {
    return { up: this.#up, down: this.#down, turns: this.#turns };
  }
}

/** What passed through several connections together. */
export interface Traffic extends Passed {
  /** How many they were. */
  readonly connections: number;
}

/**
 * Adds up what relays have left: a line of JSON for each connection.
 * @throws {RangeError} for a line that no relay writes
 */
export function trafficOf(text: string): Traffic {
  const all = text.split("\n").filter((line) => line !== "").map((line) => {
    const value: unknown = JSON.parse(line);
    if (isPassed(value)) return value;
    throw new RangeError(`Cannot count a connection: ${line}`);
  });
  const sum = (of: (one: Passed) => number) => all.reduce((most, one) => most + of(one), 0);
  return {
    up: sum(({ up }) => up),
    down: sum(({ down }) => down),
    turns: sum(({ turns }) => turns),
    connections: all.length,
  };
}

function isPassed(value: unknown): value is Passed {
  return typeof value === "object" && value !== null &&
    ["up", "down", "turns"].every((key) =>
      key in value && Number.isInteger((value as Record<string, unknown>)[key])
    );
}
