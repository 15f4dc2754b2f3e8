/**
 * A way to the endpoint from another host: a forward of ssh, and something on the same connection
 * that comes back, by which a bad way is told from a bad endpoint.
 * @module
 */
import type { Host } from "../model.ts";
import { forwardArguments } from "../ssh/arguments.ts";
import { Gone } from "../ssh/gone.ts";
import { explain } from "../ssh/reasons.ts";
import { spawnProgram, type Transport } from "../ssh/transport.ts";
import { Echo } from "./echo.ts";
import { freePort } from "./free_port.ts";

/** A forward that stands. */
export interface Forward {
  /** Port on 127.0.0.1 that leads to the endpoint. */
  readonly port: number;
  /** How the way itself is. */
  readonly echo: Echo;
  /** Sends something that will come back. */
  send(): void;
  /** Tells why the host let nothing through, when it said that it will not. */
  refusal(): string | undefined;
  /** Ends it. */
  close(): Promise<void>;
}

/** Where a forward leads, and over whom. */
export interface ForwardTarget {
  /** Who asks. */
  readonly host: Host;
  /** What is asked: address and port as ssh writes them. */
  readonly to: string;
  /** Time between two requests, in milliseconds. */
  readonly intervalMs: number;
}

const CONNECT_S = 10;
const READY_MS = 40_000;
const TRIES = 3;

/**
 * Opens a forward.
 *
 * @throws {Error} when ssh gives none; the message says why.
 */
export async function openForward(target: ForwardTarget): Promise<Forward> {
  for (let tries = 1;; tries++) {
    const way = started(target);
    try {
      await way.ready();
      return way;
    } catch (error) {
      await way.close();
      // Somebody else took the port that was free a moment ago.
      const taken = /cannot listen|in use/i.test(way.words);
      if (!taken || tries === TRIES) throw error;
    }
  }
}

function started(target: ForwardTarget): SshWay {
  try {
    return new SshWay(target);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const why = "there is no ssh on this machine: install the OpenSSH client";
    throw new Error(`Cannot ask ${target.to} from "${target.host.name}": ${why}`, { cause: error });
  }
}

class SshWay implements Forward {
  readonly port = freePort();
  readonly #target: ForwardTarget;
  readonly #ssh: Transport;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #hello = `holdfast-${crypto.randomUUID()}`;
  #echo: Echo | undefined;
  #ended: Promise<void> | undefined;
  words = "";

  constructor(target: ForwardTarget) {
    this.#target = target;
    const forward = `127.0.0.1:${this.port}:${target.to}`;
    this.#ssh = spawnProgram("ssh", forwardArguments(target.host, CONNECT_S, forward, this.#hello));
    this.#writer = this.#ssh.stdin.getWriter();
    this.#listen();
  }

  get echo(): Echo {
    if (this.#echo === undefined) throw new Error("Cannot follow the way: it does not stand yet");
    return this.#echo;
  }

  send(): void {
    if (this.echo.gone) return;
    this.echo.sent(performance.now());
    // What cannot be written does not come back either, and that is noticed.
    this.#writer.write(DOT).catch(() => {});
  }

  refusal(): string | undefined {
    return /open failed: (administratively prohibited[^\r\n]*)/.exec(this.words)?.[1];
  }

  async close(): Promise<void> {
    // The end of its input ends `cat`, and with it ssh; what hangs is ended by hand.
    const timer = setTimeout(() => this.#kill(), 1000);
    this.#writer.close().catch(() => {});
    await this.#ssh.status;
    clearTimeout(timer);
    await this.#ended;
  }

  #kill(): void {
    try {
      this.#ssh.kill("SIGKILL");
    } catch { /* It has ended already. */ }
  }

  /** Waits for the greeting, and for one byte there and back. */
  async ready(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLong = new Promise<string>((resolve) => {
      timer = setTimeout(() => resolve(`no greeting came within ${READY_MS / 1000} s`), READY_MS);
    });
    const why = await Promise.race([this.#greeted.promise, tooLong]);
    clearTimeout(timer);
    if (why === undefined) return;
    const code = this.#echo === undefined && why === ENDED
      ? (await this.#ssh.status).code
      : undefined;
    throw new Error(explain(this.#target.host, new Gone(why, code, this.words, "")).message);
  }

  readonly #greeted = Promise.withResolvers<string | undefined>();

  #listen(): void {
    const complaints = (async () => {
      const decoder = new TextDecoder();
      for await (const bytes of this.#ssh.stderr) {
        this.words = (this.words + decoder.decode(bytes, { stream: true })).slice(-4000);
      }
    })();
    this.#ended = Promise.all([this.#read(), complaints]).then(() => {});
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let noise = "";
    let sentAt: number | undefined;
    for await (const bytes of this.#ssh.stdout) {
      const now = performance.now();
      if (this.#echo !== undefined) {
        this.#echo.came(bytes.length, now);
      } else if (sentAt !== undefined) {
        this.#echo = new Echo({ sentAt, cameAt: now }, this.#target.intervalMs);
        this.#greeted.resolve(undefined);
      } else {
        noise = (noise + decoder.decode(bytes, { stream: true })).slice(-4000);
        if (!noise.includes(`${this.#hello}\n`)) continue;
        sentAt = performance.now();
        this.#writer.write(DOT).catch(() => {});
      }
    }
    this.#echo?.ended(performance.now());
    this.#greeted.resolve(ENDED);
  }
}

const ENDED = "it ended before it was ready";
const DOT = new TextEncoder().encode(".");
