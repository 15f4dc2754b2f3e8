/**
 * What the worker does: asks at every tick, watches, and keeps the record.
 * @module
 */
import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import type { ProbeTarget } from "../drills/model.ts";
import { type Forward, openForward } from "./forward.ts";
import { OURS } from "./kinds.ts";
import { type Span, Ticks } from "./loop.ts";
import type { WorkerRecord } from "./protocol.ts";
import { type Question, request, type Sent } from "./request.ts";
import { Watch } from "./watch.ts";

/** How long ssh may take to say why nothing came through, in milliseconds. */
const REFUSAL_MS = 300;

/** A prober in one thread. */
export class Asker {
  readonly #question: Question;
  readonly #forward: Forward | undefined;
  readonly #counts: Int32Array;
  readonly #ticks: Ticks;
  readonly #watch: Watch;
  readonly #sent: Sent[] = [];
  readonly #ours: Span[] = [];
  #underWay = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #idle: (() => void) | undefined;

  private constructor(question: Question, target: ProbeTarget, counts: Int32Array, way?: Forward) {
    this.#question = question;
    this.#forward = way;
    this.#counts = counts;
    this.#ticks = new Ticks(performance.now(), target.intervalMs);
    this.#watch = new Watch(question);
    this.#tick();
  }

  /** Starts asking. @throws {Error} when there is no way to ask at all */
  static async start(target: ProbeTarget, counts: Int32Array): Promise<Asker> {
    const { from, intervalMs } = target;
    const to = `${bracketed(target.address)}:${target.port}`;
    const secure = secureContext(target);
    if (from === undefined) return new Asker(question(target, secure), target, counts);
    const forward = await openForward({ host: from, to, intervalMs });
    const asked = question(target, secure, forward.port);
    const first = await new Promise<Sent>((done) => request(asked, done));
    if (first.kind !== "ok") await new Promise((done) => setTimeout(done, REFUSAL_MS));
    const refusal = forward.refusal();
    if (refusal === undefined) return new Asker(asked, target, counts, forward);
    await forward.close();
    throw new Error(
      `Cannot ask ${to} from "${from.name}": its ssh server forwards no connections (${refusal}). ` +
        "Set AllowTcpForwarding local in its sshd_config, and look for PermitOpen there",
    );
  }

  /** Ends it, waits for what is under way, and gives everything. */
  async stop(): Promise<WorkerRecord> {
    clearTimeout(this.#timer);
    const now = performance.now();
    const stalls = [...this.#ticks.stalls(now), ...this.#forward?.echo.doubts(now) ?? []];
    const watch = this.#watch.stop();
    if (this.#underWay > 0) await new Promise<void>((resolve) => this.#idle = resolve);
    await this.#forward?.close();
    const sent = this.#sent.sort((a, b) => a.at - b.at);
    return {
      at: Float64Array.from(sent, ({ at }) => at),
      ms: Float64Array.from(sent, ({ ms }) => ms),
      kind: sent.map(({ kind }) => kind),
      stalls: [...stalls, ...this.#ours].sort((a, b) => a.from - b.from),
      watch,
    };
  }

  #tick(): void {
    const free = this.#ticks.tick(performance.now(), this.#underWay);
    this.#forward?.send();
    // Asks whether what was sent came back, so that each bad time is noted when it is seen.
    const doubted = this.#forward?.echo;
    doubted?.doubts(performance.now());
    if (free && !doubted?.gone) this.#ask();
    this.#timer = setTimeout(() => this.#tick(), this.#ticks.wait(performance.now()));
  }

  #ask(): void {
    this.#underWay++;
    request(this.#question, (sent) => {
      this.#underWay--;
      this.#note(sent);
      if (this.#underWay === 0) this.#idle?.();
    });
  }

  #note(sent: Sent): void {
    const { at, ms, kind } = sent;
    if (kind === OURS) return void this.#ours.push({ from: at, to: at + ms });
    this.#sent.push(sent);
    Atomics.add(this.#counts, 0, 1);
    if (kind !== "ok") Atomics.add(this.#counts, 1, 1);
  }
}

type Secure = ReturnType<typeof secureContext>;

function question(target: ProbeTarget, secure: Secure, localPort?: number): Question {
  const { address, port, path, guarded = false, timeoutMs, ca } = target;
  const [hostname, at] = localPort === undefined ? [address, port] : ["127.0.0.1", localPort];
  const way = { hostname, port: at, secure, verify: ca !== undefined };
  return { way, address, path, guarded, timeoutMs };
}

function secureContext({ ca, address, port }: ProbeTarget) {
  try {
    if (ca === undefined) return createSecureContext({});
    // Without this, an unreadable one shows as a certificate that cannot be verified.
    new X509Certificate(ca);
    return createSecureContext({ ca });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `Cannot verify the answers of ${
        bracketed(address)
      }:${port}: the CA is no certificate in PEM: ${why}`,
      { cause: error },
    );
  }
}

function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
