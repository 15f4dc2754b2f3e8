/**
 * One shell on one host: a queue of requests, deadlines, and errors that say what is known.
 * @module
 */
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { ConnectError, LinkError, TaskError } from "../errors.ts";
import type { ExecResult, RunOptions, Session } from "../model.ts";
import { concat, type Frame } from "./frames.ts";
import { endedUnheard, type Failure, Gone, lastWords } from "./gone.ts";
import { type Gate, Link, type Reply } from "./link.ts";
import type { Admission } from "./ramp.ts";
import type { Transport } from "./transport.ts";

/** How a session behaves. */
export interface SessionOptions {
  /** What steps run in. @default {"/bin/sh"} */
  readonly shell?: string;
  /** Where the lock and the record of a step lie on the host. @default {"/run/holdfast"} */
  readonly lockDir?: string;
  /** What stands between the process and its shell: sudo's password prompt. */
  readonly gate?: () => Gate;
  /** How long the shell may take to answer for the first time. @default {40000} */
  readonly helloMs?: number;
  /** How long after its deadline on the host an answer may still come. @default {15000} */
  readonly graceMs?: number;
  /** How much one request may write to one stream. @default {67108864} */
  readonly limitBytes?: number;
  /** Reads the last words of a process that gave no shell. */
  readonly explain?: (gone: Gone) => Failure;
  /** Pause before another try, by number of tries. */
  readonly pauseMs?: (tries: number) => number;
  /** Waited for before each try to connect. @default {nobody waits} */
  readonly admit?: () => Promise<Admission>;
}

/** A session that can also end what it runs. */
export interface ShellSession extends Session {
  /** Ends the step that runs now, unless it must finish. Its result comes as usual. */
  cancel(): void;
}

/** Where one in three is turned away each time, one in seven hundred is not let in. */
const TRIES = 6;

/**
 * Opens a session over a process that is a shell or leads to one.
 *
 * Does not wait for the shell: its hello and the first answer come in the same round trip, and so
 * the first `run` is what throws a `ConnectError`. Give a function to allow another try.
 */
export async function openSession(
  host: string,
  transport: Transport | (() => Transport),
  options: SessionOptions = {},
): Promise<ShellSession> {
  return new QueuedSession(host, transport, options, await options.admit?.());
}

class QueuedSession implements ShellSession {
  readonly #host: string;
  readonly #again: (() => Transport) | undefined;
  readonly #options: SessionOptions;
  readonly #limit: number;
  #link: Link;
  #queue: Promise<void> = Promise.resolve();
  #trips = 0;
  #closed: string | undefined;

  constructor(
    host: string,
    transport: Transport | (() => Transport),
    options: SessionOptions,
    admission: Admission | undefined,
  ) {
    this.#host = host;
    this.#again = typeof transport === "function" ? transport : undefined;
    this.#options = options;
    this.#limit = options.limitBytes ?? 64 * 1024 * 1024;
    this.#link = this.#connect(
      typeof transport === "function" ? transport : () => transport,
      admission,
    );
  }

  get roundTrips(): number {
    return this.#trips;
  }

  run(script: string, options: RunOptions = {}): Promise<ExecResult> {
    const turn = this.#queue.then(() => this.#request(script, options));
    // Without the answer, which would be kept for as long as the session is.
    this.#queue = turn.then(() => {}, () => {});
    return turn;
  }

  cancel(): void {
    this.#link.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= "the session is closed";
    await this.#link.close();
  }

  /** Opens a link over a process that it starts; one that cannot start gives its place back. */
  #connect(start: () => Transport, admission: Admission | undefined): Link {
    const gate = this.#options.gate?.();
    let transport: Transport;
    try {
      transport = start();
    } catch (error) {
      admission?.done("failed");
      this.#closed = "no shell could be opened";
      throw error;
    }
    const link = new Link(transport, {
      limitBytes: this.#limit,
      ...(this.#options.shell === undefined ? {} : { shell: this.#options.shell }),
      ...(this.#options.lockDir === undefined ? {} : { lockDir: this.#options.lockDir }),
      ...(gate === undefined ? {} : { gate }),
    });
    link.hello.then(
      () => admission?.done("opened"),
      (gone) => admission?.done(this.#explain(gone).retry ? "dropped" : "failed"),
    );
    return link;
  }

  async #request(script: string, options: RunOptions): Promise<ExecResult> {
    if (this.#closed !== undefined) {
      throw new ConnectError(this.#host, `Cannot run on "${this.#host}": ${this.#closed}`);
    }
    const { timeoutMs = 60_000, finish = false } = options;
    const request = { seq: ++this.#trips, script, timeoutS: seconds(timeoutMs), finish };
    const started = performance.now();
    const reply = await this.#first(() => this.#link.exchange(request));
    try {
      const ms = request.timeoutS * 1000 + (this.#options.graceMs ?? 15_000);
      return this.#result(await deadline(reply.answer, ms), request.seq);
    } catch (error) {
      if (error instanceof TaskError) throw error;
      throw this.#lost(request.seq, performance.now() - started, error);
    }
  }

  /** Sends a request without waiting for the hello; sends it again over a fresh link if need be. */
  async #first(send: () => Promise<Reply>): Promise<{ answer: Promise<Reply> }> {
    for (let tries = 1;; tries++) {
      const answer = send();
      answer.catch(() => {}); // Asked for below, when the hello has come.
      try {
        await deadline(this.#link.hello, this.#options.helloMs ?? 40_000);
        return { answer };
      } catch (error) {
        const failure = this.#explain(error);
        await this.#link.close();
        if (!failure.retry || !this.#again || tries >= TRIES || this.#closed !== undefined) {
          this.#closed = "no shell could be opened";
          throw this.#unopened(failure, error);
        }
      }
      await delay(this.#options.pauseMs?.(tries) ?? 0);
      this.#link = this.#connect(this.#again, await this.#options.admit?.());
    }
  }

  #explain(error: unknown): Failure {
    const late = `no answer from a shell within ${seconds(this.#options.helloMs ?? 40_000)} s`;
    const gone = error instanceof Gone ? error : this.#link.gone(late);
    const failed = `Cannot open a shell on "${this.#host}": it ${gone.message}`;
    return this.#options.explain?.(gone) ??
      { message: `${failed}${lastWords(gone)}`, retry: false, nothingRan: endedUnheard(gone) };
  }

  /** The request went out with the helper: where a shell may have read it, that is not denied. */
  #unopened({ message, nothingRan }: Failure, cause: unknown): ConnectError {
    if (nothingRan || !this.#link.written) return new ConnectError(this.#host, message, { cause });
    const unknown = `${message}; whether request ${this.#trips} ran there is not known`;
    return new LinkError(this.#host, unknown, { cause });
  }

  #lost(seq: number, ms: number, error: unknown): LinkError {
    const gone = error instanceof Gone ? `it ${error.message}${lastWords(error)}` : undefined;
    const why = this.#closed ?? gone ?? "no answer came in time";
    // Whoever comes later is told why too: the first to notice may have had nobody to tell.
    this.#closed ??= `the link was lost earlier${gone === undefined ? "" : `: ${gone}`}`;
    this.#link.close().catch(() => {});
    return new LinkError(
      this.#host,
      `Cannot tell whether request ${seq} finished on "${this.#host}": ` +
        `the link was lost after ${(ms / 1000).toFixed(1)} s: ${why}`,
      { cause: error },
    );
  }

  #result({ out, err }: Reply, seq: number): ExecResult {
    if (Math.max(out.sizeBytes, err.sizeBytes) > this.#limit) {
      throw new TaskError(
        `Cannot keep the output of request ${seq}: it is larger than ${this.#limit} bytes`,
      );
    }
    const result = { code: out.code, stdout: decoded(out), stderr: decoded(err) };
    return out.timedOut ? { ...result, timedOut: true } : result;
  }
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

function decoded(frame: Frame): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(concat(frame.body));
}
