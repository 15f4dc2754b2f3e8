/**
 * `--step`: a person is asked before each task that changes something, one question at a time
 * though hosts are worked on side by side.
 * @module
 */
import type { ChangeReport, Event } from "../events.ts";
import type { Task } from "../model.ts";
import { printable, printableLine } from "../terminal.ts";
import type { LeftOut } from "./left_out.ts";

/** What asking needs of the world. */
export interface StepOptions {
  /** Writes on the terminal. */
  readonly ask: (text: string) => void;
  /** The next line that the person types, or nothing when there will be none. */
  readonly readLine: () => Promise<string | undefined>;
  /** Shows the difference of every file with the question. */
  readonly diff: boolean;
}

/** Asks, and holds back what would be printed over a question. */
export class Step {
  readonly #options: StepOptions;
  readonly #declined = new Map<string, string[]>();
  #turn: Promise<unknown> = Promise.resolve();
  #asking = false;
  #all = false;
  #held: (() => void)[] = [];

  constructor(options: StepOptions) {
    this.#options = options;
  }

  /** Whether the changes of a task shall be made. An interrupt says no. */
  approve(
    host: string,
    task: Pick<Task, "name">,
    changes: readonly ChangeReport[],
    signal: AbortSignal,
  ): Promise<boolean> {
    const answer = this.#turn.then(() => this.#ask(host, task.name, changes, signal));
    this.#turn = answer.catch(() => {});
    return answer;
  }

  /** Passes events on, those that come during a question after its answer. */
  hold(write: (event: Event) => void): (event: Event) => void {
    return (event) => this.#asking ? void this.#held.push(() => write(event)) : write(event);
  }

  /** What the person declined. */
  readonly leftOut: LeftOut = (host) => this.#declined.get(host) ?? [];

  async #ask(
    host: string,
    task: string,
    changes: readonly ChangeReport[],
    signal: AbortSignal,
  ): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#all) return true;
    this.#asking = true;
    this.#options.ask(this.#question(host, task, changes));
    const line = await unlessAborted(this.#options.readLine(), signal);
    this.#asking = false;
    for (const write of this.#held.splice(0)) write();
    const word = line?.trim().toLowerCase() ?? "";
    this.#all = ["c", "continue"].includes(word);
    const approved = this.#all || ["y", "yes"].includes(word);
    if (!approved) this.#declined.set(host, [...this.leftOut(host, task), task]);
    return approved;
  }

  #question(host: string, task: string, changes: readonly ChangeReport[]): string {
    const lines = changes.map(({ summary, diff }) => {
      const shown = this.#options.diff && diff !== undefined
        ? `\n${printable(diff).trimEnd()}`
        : "";
      return `  ${printableLine(summary)}${shown}\n`;
    });
    const name = printableLine(task);
    return `\nPerform task: ${name} on ${host}\n${lines.join("")}(N)o/(y)es/(c)ontinue: `;
  }
}

/** Lines of a stream of bytes, one at a time; what is left without a final line break counts. */
export function lineReader(
  read: (buffer: Uint8Array) => Promise<number | null>,
): () => Promise<string | undefined> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(1024);
  let text = "";
  return async () => {
    for (;;) {
      const end = text.indexOf("\n");
      if (end !== -1) {
        const line = text.slice(0, end);
        text = text.slice(end + 1);
        return line;
      }
      const size = await read(buffer);
      if (size === null) {
        const rest = text === "" ? undefined : text;
        text = "";
        return rest;
      }
      text += decoder.decode(buffer.subarray(0, size), { stream: true });
    }
  };
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const aborted = Promise.withResolvers<undefined>();
  const stop = () => aborted.resolve(undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
