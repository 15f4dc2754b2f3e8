/**
 * One process and the answers that come out of it. Knows frames and nothing of hosts or retries.
 * @module
 */
import { deadline } from "@std/async/deadline";
import { type Frame, Frames } from "./frames.ts";
import { Gone } from "./gone.ts";
import { CANCEL, helperText, type Request, requestText } from "./helper.ts";
import type { Transport } from "./transport.ts";

/** Both streams of one request. */
export interface Reply {
  /** Standard output, with the exit code. */
  readonly out: Frame;
  /** Standard error. */
  readonly err: Frame;
}

/** What must happen before a shell listens: a password, asked for and given. */
export interface Gate {
  /** Resolves when the shell listens. Rejects when it never will. */
  readonly opened: Promise<void>;
  /** Takes what was written, to see whether the shell listens. */
  stdout(bytes: Uint8Array): void;
  /** Takes what was complained, gives what to answer. */
  stderr(bytes: Uint8Array): string | undefined;
}

/** How to talk to a process. */
export interface LinkOptions {
  /** What steps run in. @default {"/bin/sh"} */
  readonly shell?: string;
  /** Where the lock and the record of a step lie on the host. @default {"/run/holdfast"} */
  readonly lockDir?: string;
  /** Passed before anything is sent. */
  readonly gate?: Gate;
  /** How much of a stream of one request is kept. */
  readonly limitBytes: number;
}

/** A conversation with one process. */
export class Link {
  /** Resolves when the shell has answered for the first time. Rejects with {@link Gone}. */
  readonly hello: Promise<void>;
  readonly #transport: Transport;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #readers: ReadableStreamDefaultReader<Uint8Array>[] = [];
  readonly #out: Frames;
  readonly #err: Frames;
  readonly #gate: Gate | undefined;
  readonly #limit: number;
  readonly #greeting = Promise.withResolvers<void>();
  readonly #over: Promise<void>;
  #sent: Promise<void>;
  #written = false;
  #gone: Gone | undefined;
  #cancelled: "soon" | "sent" | undefined;
  #waiting: (PromiseWithResolvers<Reply> & { seq: number; out?: Frame; err?: Frame }) | undefined;

  /** Starts to read, and sends the helper without waiting for anything but the gate. */
  constructor(transport: Transport, options: LinkOptions) {
    const nonce = [...crypto.getRandomValues(new Uint8Array(16))]
      .map((byte) => byte.toString(16).padStart(2, "0")).join("");
    this.hello = this.#greeting.promise;
    this.hello.catch(() => {}); // Whoever asks gets it; a link that nobody asks may fail in silence.
    this.#transport = transport;
    this.#limit = options.limitBytes;
    this.#gate = options.gate;
    this.#out = new Frames(nonce, this.#limit);
    this.#err = new Frames(nonce, this.#limit);
    this.#writer = transport.stdin.getWriter();
    this.#over = this.#end([
      this.#read(transport.stdout, (bytes) => this.#hear(this.#out, bytes)),
      this.#read(transport.stderr, (bytes) => this.#hear(this.#err, bytes)),
    ]);
    this.#sent = (options.gate?.opened ?? Promise.resolve()).catch((e) => this.#fail(e.message));
    this.#send(helperText(nonce, options.shell, options.lockDir));
  }

  /** Whether anything was sent: a gate that did not open lets nothing through. */
  get written(): boolean {
    return this.#written;
  }

  /** Sends a request. One at a time. Rejects with {@link Gone}. */
  exchange(request: Request): Promise<Reply> {
    const waiting = { ...Promise.withResolvers<Reply>(), seq: request.seq };
    this.#cancelled = undefined;
    this.#waiting = waiting;
    if (this.#gone) waiting.reject(this.#gone);
    else this.#send(requestText(request));
    return waiting.promise;
  }

  /** Asks the host to end what runs now; its answer still comes. */
  cancel(): void {
    if (!this.#waiting || this.#cancelled === "sent") return;
    // Sent before the step runs, a shell that reads ahead would swallow it.
    this.#cancelled = this.#out.open?.seq === this.#waiting.seq ? "sent" : "soon";
    if (this.#cancelled === "sent") this.#send(CANCEL);
  }

  /** Ends the conversation, within seconds whatever the process does. */
  async close(): Promise<void> {
    this.#writer.close().catch(() => {});
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      if (await within(this.#transport.status, 1000)) break;
      try {
        this.#transport.kill(signal);
      } catch {
        break; // It ended by itself meanwhile.
      }
    }
    await within(this.#over, 1000);
    await Promise.allSettled(this.#readers.map((reader) => reader.cancel()));
  }

  /** The error of a link that is of no use, with its last words. */
  gone(message: string, code?: number): Gone {
    return new Gone(message, code, this.#err.last.trim(), this.#out.noise.trim());
  }

  #send(text: string): void {
    const bytes = new TextEncoder().encode(text);
    // A broken pipe says less than the exit code that follows it.
    this.#sent = this.#sent.then(async () => {
      if (this.#gone) return;
      this.#written = true;
      await this.#writer.write(bytes);
    }).catch(() => {});
  }

  async #read(stream: ReadableStream<Uint8Array>, hear: (bytes: Uint8Array) => void) {
    const reader = stream.getReader();
    this.#readers.push(reader);
    try {
      for (let r = await reader.read(); !r.done; r = await reader.read()) hear(r.value);
    } catch {
      // A stream that breaks has ended; the exit code tells why.
    }
  }

  #hear(frames: Frames, bytes: Uint8Array): void {
    const out = frames === this.#out;
    for (const frame of frames.push(bytes)) this.#answer(out ? { out: frame } : { err: frame });
    if (!this.#out.greeted) {
      if (out) return this.#gate?.stdout(bytes);
      const reply = this.#gate?.stderr(bytes);
      if (reply) this.#writer.write(new TextEncoder().encode(reply)).catch(() => {});
      return;
    }
    this.#greeting.resolve();
    if ((frames.open?.sizeBytes ?? 0) > this.#limit && this.#cancelled === undefined) this.cancel();
    else if (this.#cancelled === "soon") this.cancel();
  }

  #answer(part: { out: Frame } | { err: Frame }): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    Object.assign(waiting, part);
    if (waiting.out?.seq !== waiting.seq || waiting.err?.seq !== waiting.seq) return;
    this.#waiting = undefined;
    waiting.resolve({ out: waiting.out, err: waiting.err });
  }

  async #end(streams: readonly Promise<void>[]): Promise<void> {
    const drained = Promise.all(streams);
    const ended = this.#transport.status.catch(() => ({ code: -1, signal: null }));
    // Either may hang behind a process that neither of us knows; the other one is enough then.
    await Promise.race([ended, drained]);
    await Promise.all([within(ended, 1000), within(drained, 1000)]);
    const status = await Promise.race([ended, Promise.resolve(undefined)]);
    const how = status?.signal ? `was ended by ${status.signal}` : `ended with ${status?.code}`;
    this.#fail(status ? how : "closed its output", status?.code);
  }

  #fail(message: string, code?: number): void {
    this.#gone ??= this.gone(message, code);
    this.#greeting.reject(this.#gone);
    this.#waiting?.reject(this.#gone);
  }
}

/** Whether something settles in time. */
async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const settled = promise.then(() => true, () => true);
  return await deadline(settled, ms).catch(() => false);
}
