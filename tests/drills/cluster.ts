/**
 * Load balancers that exist only here, in a time of their own: what the engine of drills does to
 * them is noted in order, and they behave as real ones do as far as a drill can tell.
 * @module
 */
import { assert } from "@std/assert";
import { addressesOf, ownAddressesOf } from "../../src/addresses.ts";
import type {
  DrillEffects,
  GuardStep,
  ProbeRecord,
  ProbeTarget,
  RequestSample,
} from "../../src/drills/model.ts";
import {
  armedProbe,
  disarmScript,
  faultScript,
  type HealedBy,
  healScript,
} from "../../src/drills/remote/arm.ts";
import { CLOCK_SCRIPT } from "../../src/drills/remote/clock.ts";
import { fetchScript, samplerScript, stopSamplerScript } from "../../src/drills/remote/sampler.ts";
import { snapshotScript } from "../../src/drills/remote/snapshot.ts";
import { LinkError } from "../../src/errors.ts";
import type { Event } from "../../src/events.ts";
import type { Endpoint, ExecResult, GroupCheck, Host, Session } from "../../src/model.ts";
import { HELD } from "../../src/runner/lock.ts";
import { type Balancer, FAULTS, UNDO } from "./balancer.ts";
import { EPOCH_MS, holderAt, type Move, spoolOf } from "./spools.ts";
import { Time } from "./time.ts";

export { FAULTS, UNDO } from "./balancer.ts";

/** How long the next member takes to get the address, in milliseconds. */
const FAILOVER_MS = 180;

/** An endpoint's hosts. */
export class Cluster {
  /** Their time. */
  readonly time: Time;
  /** What was done, in order: `lb1 arm`. */
  readonly log: string[] = [];
  /** Everything that was said. */
  readonly events: Event[] = [];
  /** Times in which the prober stands still, on its own clock, for one probe each. */
  readonly stalls: ProbeRecord["stalls"][number][][] = [];
  /** What happens when this is noted for the first time. */
  readonly when = new Map<string, () => void>();
  /** From when on nobody outside reaches whoever holds the address. */
  unreachedFrom = Infinity;
  /** From when on nobody outside reaches one of the addresses, by address. */
  readonly silentFrom = new Map<string, number>();
  /** By how much an address comes later to a new holder than the first one does, in milliseconds. */
  readonly lagMs = new Map<string, number>();
  /** Addresses whose prober dies before it tells what it saw. */
  readonly dying = new Set<string>();
  /** The inventory's commands fail. */
  commandsFail = false;
  /** How long they take. */
  commandMs = 0;
  readonly #hosts = new Map<string, Balancer>();
  readonly #moves: Move[];
  readonly #nonces: string[];
  readonly #abort = new AbortController();
  /** What they carry. */
  readonly endpoint: Endpoint;

  /** All is well: the first member holds the address. Another one can share its time. */
  constructor(endpoint: Endpoint, beside?: Cluster) {
    this.endpoint = endpoint;
    this.time = beside?.time ?? new Time();
    this.#nonces = beside === undefined ? [] : beside.#nonces;
    for (const { host: { name } } of endpoint.members) {
      this.#hosts.set(name, {
        broken: false,
        cut: false,
        armed: undefined,
        healedBy: undefined,
        sampledAt: undefined,
        drift: "",
        locked: false,
        undoFails: false,
        armFails: false,
      });
    }
    this.#moves = [{ at: -1, holder: this.names[0] }];
  }

  /** Names of the members. */
  get names(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  /** One member, to make it worse. */
  host(name: string): Balancer {
    const host = this.#hosts.get(name);
    assert(host !== undefined, `there is no ${name}`);
    return host;
  }

  /** Kinds of what was done, for one host or all: `arm fault heal disarm`. */
  did(...kinds: readonly string[]): readonly string[] {
    return this.log.filter((line) => kinds.some((kind) => line.endsWith(` ${kind}`)));
  }

  /** The world as the engine gets it. */
  effects(): DrillEffects {
    return {
      connect: (host) => Promise.resolve(this.#session(host)),
      probe: (target) => Promise.resolve(this.#probe(target)),
      power: (host, act) => this.#command(host, `power ${act}`),
      api: (server, act) => this.#command(server, `api ${act}`),
      guard: (steps) => Promise.resolve(this.#guard(steps)),
      apply: () => Promise.resolve(this.note("all apply")),
      check: (endpoint) => this.#check(endpoint),
      emit: (event) => void this.events.push(event),
      now: () => EPOCH_MS + Math.round(this.time.now),
      clock: () => this.time.now,
      sleep: (ms) => this.time.sleep(ms, this.#abort.signal),
      nonce: () => {
        const nonce = `n${this.#nonces.length + 1}`;
        this.#nonces.push(nonce);
        return nonce;
      },
      signal: this.#abort.signal,
    };
  }

  /** Notes what is done. */
  note(line: string): void {
    this.log.push(line);
    const then = this.when.get(line);
    this.when.delete(line);
    then?.();
  }

  /** Leaves a host as a drill does whose controller died, and that nothing heals any more. */
  leave(name: string): void {
    this.#nonces.push("left-behind");
    this.#break(name, FAULTS.stop);
    this.host(name).armed = { nonce: "left-behind", until: Infinity };
  }

  /** Ends the run as a person would. */
  abort(): void {
    this.#abort.abort();
  }

  /** Who holds an address at a moment. */
  holder(at = this.time.now, address = this.endpoint.address): string | undefined {
    return holderAt(this.#movesOf(address), at);
  }

  #movesOf(address: string): readonly Move[] {
    const lag = this.lagMs.get(address) ?? 0;
    return this.#moves.map(({ at, holder }) =>
      at < 0 || holder === undefined ? { at, holder } : { at: at + lag, holder }
    );
  }

  #move(holder: string | undefined, at = this.time.now): void {
    const kept = this.#moves.filter((move) => move.at <= at);
    this.#moves.splice(0, Infinity, ...kept, { at, holder });
  }

  #break(name: string, script: string): void {
    const host = this.host(name);
    host.broken = true;
    host.cut = script === FAULTS.cut;
    if (this.holder() !== name) return;
    this.#move(undefined);
    const next = this.names.find((other) => !this.host(other).broken);
    if (next !== undefined) this.#move(next, this.time.now + FAILOVER_MS);
  }

  #heal(name: string, by: HealedBy): boolean {
    const host = this.host(name);
    this.note(`${name} heal by ${by}`);
    if (host.undoFails) return false;
    Object.assign(host, { broken: false, cut: false, armed: undefined, healedBy: by });
    const best = this.names.find((other) => !this.host(other).broken);
    if (best !== undefined && this.holder() !== best) this.#move(best);
    return true;
  }

  #session({ name }: Host): Session {
    let trips = 0;
    return {
      get roundTrips() {
        return trips;
      },
      run: async (script) => {
        trips += 1;
        await this.time.sleep(2);
        if (this.host(name).cut) await this.#untilDeadline(name);
        return this.#answer(name, script);
      },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  /** A host without a way to it answers nothing, and heals itself at its deadline. */
  async #untilDeadline(name: string): Promise<void> {
    const host = this.host(name);
    const { until } = host.armed ?? { until: Infinity };
    await this.time.sleep(1000);
    if (this.time.now >= until && host.armed !== undefined) this.#heal(name, "deadline");
    throw new LinkError(name, `Cannot tell whether it finished on "${name}"`);
  }

  #answer(name: string, script: string): ExecResult {
    const mark = /^mark=(\S+)/.exec(script)?.[1];
    if (mark !== undefined) return this.#look(name, mark);
    const one = this.#simple(name, script);
    if (one !== undefined) return one;
    for (const nonce of this.#nonces) {
      const found = this.#ofDrill(name, script, nonce);
      if (found !== undefined) return found;
    }
    throw new Error(`${name} does not understand: ${script}`);
  }

  #simple(name: string, script: string): ExecResult | undefined {
    const host = this.host(name);
    if (script === ":") return ok();
    if (script === "check") return ok(JSON.stringify({ broken: host.broken }));
    if (script === CLOCK_SCRIPT) return ok(this.#clockLine());
    if (script === snapshotScript(addressesOf(this.endpoint))) return ok(`state ok${host.drift}\n`);
    if (script === armedProbe()) return ok(this.#armedLine(host));
    if (!script.includes("only root can break and heal")) return undefined;
    this.note(`${name} lock`);
    const words = JSON.stringify({ what: "apply", who: "ann@pc", sinceS: EPOCH_MS / 1000 });
    return host.locked ? { code: HELD, stdout: `77 1 x ${words}\n`, stderr: "" } : ok();
  }

  #look(name: string, mark: string): ExecResult {
    const host = this.host(name);
    const parts = [
      "",
      JSON.stringify({ broken: host.broken }),
      `uid 0\naddress eth0 10.9.0.1${this.names.indexOf(name) + 1}/24\n`,
      this.#armedLine(host),
      `state ok${host.drift}\n`,
    ];
    return ok(parts.map((part) => `${part}\n${mark} 0\n`).join(""));
  }

  #armedLine({ armed, healedBy, undoFails }: Balancer): string {
    const record = undoFails ? "record 1800000000 controller try 60 of 60: the disk is full\n" : "";
    if (armed !== undefined) return `armed ${armed.nonce}\n${record}`;
    return healedBy === undefined ? "" : `healed.${healedBy} ${this.#nonces.at(-1)}\n`;
  }

  #clockLine(): string {
    const now = EPOCH_MS + this.time.now;
    return `clock ${Math.round(now * 1e6)} ${((now - EPOCH_MS) / 1000 + 500).toFixed(2)}\n`;
  }

  #ofDrill(name: string, script: string, nonce: string): ExecResult | undefined {
    const { haproxy: { stats } } = this.endpoint;
    const addresses = ownAddressesOf(this.endpoint);
    const host = this.host(name);
    if (script === faultScript({ script: ":", nonce })) {
      return host.armed?.nonce === nonce ? ok() : failed("its undo is not armed any more");
    }
    for (const fault of Object.values(FAULTS)) {
      if (script !== faultScript({ script: fault, nonce })) continue;
      this.note(`${name} fault`);
      assert(host.armed?.nonce === nonce, `${name} is broken before it is armed`);
      if (fault === FAULTS.fail) return { code: 1, stdout: "", stderr: "it does not break\n" };
      this.#break(name, fault);
      return ok();
    }
    switch (script) {
      case samplerScript({ addresses, stats, counts: true, nonce }):
        this.note(`${name} sample`);
        host.sampledAt = this.time.now;
        return ok();
      case fetchScript(nonce):
        return ok(this.#spool(name));
      case stopSamplerScript(nonce):
        this.note(`${name} stop`);
        host.sampledAt = undefined;
        return ok();
      case healScript(nonce):
        if (host.armed === undefined) return ok();
        return this.#heal(name, "controller")
          ? ok()
          : { code: 1, stdout: "", stderr: "the disk is full\n" };
      case disarmScript(nonce):
        this.note(`${name} disarm`);
        assert(!host.broken, `${name} is disarmed while it is broken`);
        Object.assign(host, { armed: undefined, healedBy: undefined });
        return ok();
    }
    if (!script.includes(UNDO) || !script.includes(nonce)) return undefined;
    if (host.armFails) return failed("it has no program flock");
    const seconds = /OnActiveSec=([\d.]+)(ms|s)?/.exec(script);
    this.note(`${name} arm`);
    const deadline = Number(seconds?.[1]) * (seconds?.[2] === "ms" ? 1 : 1000);
    host.armed = { nonce, until: this.time.now + deadline };
    return ok();
  }

  #spool(name: string): string {
    const addresses = ownAddressesOf(this.endpoint);
    const from = this.host(name).sampledAt ?? this.time.now;
    const moves = new Map(addresses.map((address) => [address, this.#movesOf(address)]));
    return spoolOf(name, moves, { from, to: this.time.now });
  }

  #check({ members, address }: Endpoint): GroupCheck {
    const hosts = members.map(({ host }) => host.name);
    return {
      kind: "vip",
      name: `vip ${address}`,
      hosts,
      deadlineMs: 30_000,
      probe: () => "check",
      judge: (answers) => {
        const broken = hosts.filter((host) =>
          JSON.parse(answers.get(host)?.stdout ?? '{"broken":true}').broken
        );
        const holder = this.holder();
        const well = broken.length === 0 && holder !== undefined;
        const message = well ? `held by ${holder}` : `not well: ${broken.join(", ")}`;
        return { ok: well, message, last: holder === undefined ? [] : [holder] };
      },
    };
  }

  #probe({ address }: Pick<ProbeTarget, "address">) {
    const from = this.time.now;
    const stalls = this.stalls.shift() ?? [];
    this.note("all probe");
    const requests = () => this.#requests(from, address);
    return {
      counts: () => {
        const all = requests();
        return { requests: all.length, failures: all.filter(({ kind }) => kind !== "ok").length };
      },
      stop: () => {
        this.note("all unprobe");
        if (this.dying.has(address)) return Promise.reject(new Error("the prober died"));
        const spans = stalls.map((span) => ({ from: from + span.from, to: from + span.to }));
        const kept = requests().filter(({ at }) => !spans.some((s) => at >= s.from && at < s.to));
        const watch = [{ from, to: this.time.now, end: "open", silentMs: 0 }];
        return Promise.resolve({ requests: kept, stalls: spans, watch });
      },
    };
  }

  #requests(from: number, address: string): RequestSample[] {
    const until = Math.min(this.unreachedFrom, this.silentFrom.get(address) ?? Infinity);
    const samples: RequestSample[] = [];
    for (let at = from; at < this.time.now - 5; at += 20) {
      const answered = this.holder(at, address) !== undefined && at < until;
      samples.push({ at, ms: answered ? 4 : 1, kind: answered ? "ok" : "refused" });
    }
    return samples;
  }

  async #command(target: string, what: string): Promise<void> {
    this.note(`${target} ${what}`);
    if (this.commandsFail) throw new Error("the command failed");
    if (this.commandMs > 0) await this.time.sleep(this.commandMs);
    this.note(`${target} ${what} done`);
    if (what === "power off") this.#break(target, FAULTS.stop);
    if (what === "power on") {
      Object.assign(this.host(target), { broken: false });
      this.#move(this.names[0]);
    }
  }

  #guard(steps: readonly GuardStep[]): () => Promise<void> {
    for (const step of steps) {
      this.note(`${step.kind === "power" ? step.host : step.server} guard`);
    }
    return () => Promise.resolve(this.note("all unguard"));
  }
}

function failed(why: string): ExecResult {
  return { code: 1, stdout: "", stderr: `${why}\n` };
}

function ok(stdout = ""): ExecResult {
  return { code: 0, stdout, stderr: "" };
}
