/**
 * Connections that are opened before they are asked for.
 *
 * A login takes longer than everything that is worked out before the first question, so both go on
 * at the same time. Nothing is asked of a host over a connection that nobody took.
 * @module
 */
import type { Connect, Host, Session } from "../model.ts";

/** Opens sessions ahead, and hands each out once. */
export class ConnectAhead {
  readonly #open: Connect;
  readonly #opened = new Map<string, Promise<Session>>();

  /** Opens with `open`. */
  constructor(open: Connect) {
    this.#open = open;
  }

  /** Begins to connect to these hosts. What goes wrong is thrown to whoever takes the session. */
  begin(hosts: readonly Host[]): void {
    for (const host of hosts) {
      if (this.#opened.has(host.name)) continue;
      const session = this.#open(host);
      session.catch(() => {});
      this.#opened.set(host.name, session);
    }
  }

  /** Gives the session that was opened for a host, to the first who asks for it, or opens one. */
  readonly connect: Connect = (host, wish) => {
    const session = wish?.fresh === true ? undefined : this.#opened.get(host.name);
    if (session === undefined) return this.#open(host, wish);
    this.#opened.delete(host.name);
    return session;
  };

  /** Closes what nobody took. */
  async [Symbol.asyncDispose](): Promise<void> {
    const left = [...this.#opened.values()];
    this.#opened.clear();
    await Promise.allSettled(left.map(async (session) => {
      await (await session)[Symbol.asyncDispose]();
    }));
  }
}
