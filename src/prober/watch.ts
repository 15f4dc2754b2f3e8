/**
 * One connection that stays open, as that of a controller which watches the API server does.
 * @module
 */
import { readAnswer, requestText } from "./http.ts";
import type { Question } from "./request.ts";
import { open } from "./stream.ts";

/** How one connection fared. Moments are the worker's monotonic milliseconds. */
export interface Watched {
  /** When TLS stood. */
  readonly from: number;
  /** When its client knew that it was over, or stopped. */
  readonly to: number;
  /** `open`, `closed`, `reset`, `silent`. */
  readonly end: string;
  /** How long nothing had come until then, in milliseconds. */
  readonly silentMs: number;
}

/** Time between an answer and the next request on the same connection, and before another try. */
const PAUSE_MS = 100;

/** How long a connection may say nothing before it is given up. */
const SILENT_MS = 5000;

/** Keeps one connection open until it is stopped. */
export class Watch {
  readonly #question: Question;
  readonly #spans: Watched[] = [];
  #from: number | undefined;
  #heard = 0;
  #close = () => {};
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Opens the first one. */
  constructor(question: Question) {
    this.#question = question;
    this.#open();
  }

  /** Closes it, and tells how all of them fared. */
  stop(): readonly Watched[] {
    this.#ended("open");
    clearTimeout(this.#timer);
    return this.#spans;
  }

  #open(): void {
    const { way, address, path, timeoutMs } = this.#question;
    let text = "";
    let send = (_text: string) => {};
    const ask = () => {
      send(requestText(address, path, "keep-alive"));
      this.#after(SILENT_MS, () => this.#ended("silent"));
    };
    this.#after(timeoutMs, () => this.#ended("silent"));
    this.#close = open(way, {
      secure: (sender) => {
        this.#from = this.#heard = performance.now();
        send = sender;
        ask();
      },
      data: (more) => {
        this.#heard = performance.now();
        text += more;
        const { length, garbage } = readAnswer(text);
        if (garbage) return this.#ended("closed");
        if (length === undefined) return;
        text = text.slice(length);
        this.#after(PAUSE_MS, ask);
      },
      end: (kind) => this.#ended(endOf(kind)),
    });
  }

  /** Notes how it ended, if it ever stood, and opens another after a pause. */
  #ended(end: string): void {
    this.#close();
    if (this.#from !== undefined) {
      const to = performance.now();
      this.#spans.push({ from: this.#from, to, end, silentMs: to - this.#heard });
    }
    this.#from = undefined;
    this.#after(PAUSE_MS, () => this.#open());
  }

  /** One thing is waited for at a time. */
  #after(ms: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, ms);
  }
}

/** Four ways to end are told apart: what the network says in its place is silence of the other side. */
function endOf(kind: string): string {
  if (kind === "reset" || kind === "refused") return "reset";
  return kind === "timeout" || kind === "unreachable" ? "silent" : "closed";
}
