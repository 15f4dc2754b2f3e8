/**
 * Asks an endpoint as a client does, from outside, and keeps every answer.
 *
 * Each request is a TCP and TLS connection of its own, sent at its time whether earlier ones were
 * answered or not. It all happens in a worker: a thread with nothing else to do. It needs
 * `--allow-read` of this folder, because Deno reads a worker's code when it starts; `--allow-net` of
 * the endpoint's address and port; and over another host instead of that `--allow-net=127.0.0.1`
 * and `--allow-run=ssh`.
 * @module
 */
import type { Prober, ProbeRecord, ProbeTarget } from "../drills/model.ts";
import type { Host } from "../model.ts";
import { ownScript } from "../own_files.ts";
import { clockOffset, type Exchange } from "./clock.ts";
import type { Order, Report, WorkerRecord } from "./protocol.ts";

/** Exchanges of the clock: until one is quick, or so many. */
const EXCHANGES = { most: 40, quickMs: 0.3, least: 5 };

/** What the worker has beyond the deadline of its last request to say what it knows. */
const GRACE_MS = 60_000;

/**
 * Starts asking.
 *
 * Over `target.from` the first request was answered, or has failed, when this returns. There, a
 * connection that the endpoint refused shows as `closed`, and one that was not answered yet as
 * `timeout`: ssh takes it before it knows.
 *
 * @throws {Error} when that is not possible at all: no permission, no CA, no way over ssh
 */
export async function probe(target: ProbeTarget): Promise<Prober> {
  await mayConnect(target);
  const counts = new Int32Array(new SharedArrayBuffer(8));
  const thread = new Thread();
  try {
    thread.send({ type: "start", target: plain(target), counts });
    await thread.report("ready");
    const offset = clockOffset(await exchange(thread));
    let stopped: Promise<ProbeRecord> | undefined;
    return {
      counts: () => ({ requests: Atomics.load(counts, 0), failures: Atomics.load(counts, 1) }),
      stop: () => stopped ??= stop(thread, offset, target.timeoutMs + GRACE_MS),
    };
  } catch (error) {
    thread.end();
    throw error;
  }
}

async function stop(thread: Thread, offset: number, withinMs: number): Promise<ProbeRecord> {
  try {
    thread.send({ type: "stop" });
    const { record } = await thread.report("done", withinMs);
    return recordOf(record, offset);
  } finally {
    thread.end();
  }
}

async function mayConnect({ address, port, from }: ProbeTarget): Promise<void> {
  const name = address.includes(":") ? `[${address}]` : address;
  const host = from === undefined ? `${name}:${port}` : "127.0.0.1";
  const { state } = await Deno.permissions.query({ name: "net", host });
  if (state === "granted") return;
  throw new Error(
    `Cannot ask ${name}:${port}: this process may not connect to ${host}. ` +
      `Give deno --allow-net=${host}`,
  );
}

/** Only what ssh needs of a host: secrets among its variables cannot pass to another thread. */
function plain(target: ProbeTarget): ProbeTarget {
  if (target.from === undefined) return target;
  const { name, address, port, user, keyFile, sshArgs } = target.from;
  const from: Host = {
    ...{ name, address, sshArgs, become: false, groups: [], vars: {} },
    ...(port === undefined ? {} : { port }),
    ...(user === undefined ? {} : { user }),
    ...(keyFile === undefined ? {} : { keyFile }),
  };
  return { ...target, from };
}

async function exchange(thread: Thread): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  let quick = false;
  while (exchanges.length < EXCHANGES.least || !quick && exchanges.length < EXCHANGES.most) {
    const sentAt = performance.now();
    thread.send({ type: "time" });
    const { now: theirs } = await thread.report("time");
    const receivedAt = performance.now();
    quick ||= receivedAt - sentAt <= EXCHANGES.quickMs;
    exchanges.push({ sentAt, receivedAt, theirs });
  }
  return exchanges;
}

function recordOf(record: WorkerRecord, offset: number): ProbeRecord {
  const { at, ms, kind, stalls, watch } = record;
  const moved = <T extends { readonly from: number; readonly to: number }>(span: T): T => ({
    ...span,
    from: span.from + offset,
    to: span.to + offset,
  });
  return {
    requests: kind.map((name, i) => ({ at: (at[i] ?? 0) + offset, ms: ms[i] ?? 0, kind: name })),
    stalls: stalls.map(moved),
    watch: watch.map(moved),
  };
}

type ReportOf<Type extends Report["type"]> = Extract<Report, { type: Type }>;

/** The worker, as something that is asked and answers one thing at a time. */
class Thread {
  readonly #worker = new Worker(ownScript("src/prober/worker.ts"), { type: "module" });
  #waiting: PromiseWithResolvers<Report> | undefined;
  #died: Error | undefined;

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<Report>) => this.#waiting?.resolve(data);
    this.#worker.onerror = (event) => {
      // Without this it would end the whole run.
      event.preventDefault();
      this.#died = new Error(`Cannot go on asking the endpoint: the prober died: ${event.message}`);
      this.#waiting?.reject(this.#died);
    };
  }

  send(order: Order): void {
    this.#waiting = Promise.withResolvers();
    // Who waits hears of its end; nobody waiting is no reason to end the run.
    this.#waiting.promise.catch(() => {});
    this.#worker.postMessage(order);
  }

  /** The answer to what was sent last. */
  async report<Type extends Report["type"]>(
    type: Type,
    withinMs?: number,
  ): Promise<ReportOf<Type>> {
    if (this.#died !== undefined) throw this.#died;
    const timer = withinMs === undefined ? undefined : setTimeout(() => {
      const why = `the prober said nothing for ${withinMs} ms`;
      this.#waiting?.reject(new Error(`Cannot have what was measured: ${why}`));
    }, withinMs);
    try {
      const report = await this.#waiting?.promise;
      if (report?.type === "failed") throw new Error(report.message);
      if (report?.type !== type) throw new TypeError(`Cannot use a report: it is no "${type}"`);
      return report as ReportOf<Type>;
    } finally {
      clearTimeout(timer);
    }
  }

  end(): void {
    this.#worker.terminate();
  }
}
