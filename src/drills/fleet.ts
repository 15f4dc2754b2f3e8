/**
 * The load balancers of a drill, each with its session. What is broken may take the way to a host
 * with it, so a session that is lost is opened again when it is needed.
 * @module
 */
import { ConnectError } from "../errors.ts";
import type { ExecResult, Host, RunOptions, Session } from "../model.ts";
import type { DrillEffects } from "./model.ts";

/** What a fleet may touch. */
export type FleetEffects = Pick<DrillEffects, "connect" | "clock" | "sleep">;

/** How long one try may stay without an answer before a fresh connection is made. */
const PATIENCE_MS = { standing: 3_000, fresh: 10_000 };

/** Between two tries. */
const PAUSE_MS = 300;

/** Load balancers and their sessions. */
export class Fleet {
  readonly #hosts: ReadonlyMap<string, Host>;
  readonly #effects: FleetEffects;
  readonly #sessions = new Map<string, Session>();
  readonly #trips = new Map<string, number>();

  readonly #hello: () => string;

  /** Takes hosts, and what a session is asked first when it replaces a lost one; opens nothing yet. */
  constructor(hosts: readonly Host[], effects: FleetEffects, hello: () => string = () => ":") {
    this.#hello = hello;
    this.#hosts = new Map(hosts.map((host) => [host.name, host]));
    this.#effects = effects;
  }

  /** Names of the hosts, in the inventory's order. */
  get names(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  /** Round trips to each host so far, those of lost sessions included. */
  trips(host: string): number {
    return (this.#trips.get(host) ?? 0) + (this.#sessions.get(host)?.roundTrips ?? 0);
  }

  /**
   * Runs shell text on a host, over a new session when there is none.
   * @throws {ConnectError} when there is no way to the host, or it was lost on the way
   */
  async run(host: string, script: string, options?: RunOptions): Promise<ExecResult> {
    const session = this.#sessions.get(host) ?? await this.#open(host);
    try {
      return await session.run(script, options);
    } catch (error) {
      if (error instanceof ConnectError) this.#drop(host, session);
      throw error;
    }
  }

  /** Runs shell text on every host at the same time; what cannot be reached has no answer. */
  async askAll(
    script: (host: string) => string,
    options?: RunOptions,
  ): Promise<ReadonlyMap<string, ExecResult>> {
    const answers = await Promise.all(this.names.map(async (host) => {
      const answer = await this.#attempt(host, script(host), options);
      return answer instanceof ConnectError ? [] : [[host, answer] as const];
    }));
    return new Map(answers.flat());
  }

  /**
   * Runs shell text that may run twice, over fresh connections where need be, until there is an
   * answer or the moment has come (`clock()`). The link may be dead without either end knowing.
   * Gives the last {@link ConnectError} where there was no answer at all.
   */
  async reach(
    host: string,
    script: string,
    until: number,
    options?: RunOptions,
  ): Promise<ExecResult | ConnectError> {
    const { clock, sleep } = this.#effects;
    for (;;) {
      const answer = await this.#answers(host)
        ? await this.#attempt(host, script, options)
        : silent(host);
      if (!(answer instanceof ConnectError)) return answer;
      this.drop(host);
      if (clock() >= until) return answer;
      await sleep(PAUSE_MS);
    }
  }

  /** Whether the session of a host is of use: a question that costs nothing is answered soon. */
  async #answers(host: string): Promise<boolean> {
    const standing = this.#sessions.has(host);
    const patience = standing ? PATIENCE_MS.standing : PATIENCE_MS.fresh;
    const late = this.#effects.sleep(patience).then(() => false);
    const asked = this.#attempt(host, standing ? ":" : this.#hello())
      .then((answer) => !(answer instanceof ConnectError));
    return await Promise.race([asked, late]);
  }

  /** Ends the session of a host, so that the next request goes over a fresh one. */
  drop(host: string): void {
    this.#drop(host, this.#sessions.get(host));
  }

  /** Ends every session. */
  async close(): Promise<void> {
    const sessions = [...this.#sessions];
    for (const [host] of sessions) this.#forget(host);
    await Promise.all(sessions.map(([, session]) => session[Symbol.asyncDispose]()));
  }

  async #attempt(
    host: string,
    script: string,
    options?: RunOptions,
  ): Promise<ExecResult | ConnectError> {
    try {
      return await this.run(host, script, options);
    } catch (error) {
      if (error instanceof ConnectError) return error;
      throw error;
    }
  }

  async #open(name: string): Promise<Session> {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new RangeError(`Cannot run on "${name}": it is no member`);
    const session = await this.#effects.connect(host);
    const sooner = this.#sessions.get(name);
    if (sooner === undefined) {
      this.#sessions.set(name, session);
      return session;
    }
    // One that was given up came all the same; left open, it would keep the lock of the host.
    Promise.resolve(session[Symbol.asyncDispose]()).catch(() => {});
    return sooner;
  }

  #drop(host: string, session: Session | undefined): void {
    if (session === undefined || this.#sessions.get(host) !== session) return;
    this.#forget(host);
    // A lost link says nothing new when it is closed.
    Promise.resolve(session[Symbol.asyncDispose]()).catch(() => {});
  }

  #forget(host: string): void {
    this.#trips.set(host, this.trips(host));
    this.#sessions.delete(host);
  }
}

function silent(host: string): ConnectError {
  return new ConnectError(host, `Cannot reach "${host}": it gave no answer in time`);
}
