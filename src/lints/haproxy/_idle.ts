/**
 * What ends idle connections. Pure.
 * @module
 */
import type { Word } from "../../configs/model.ts";
import { milliseconds, type Proxy } from "../../configs/proxies.ts";
import { type Pool, timeoutOf } from "./_api.ts";

/** A timeout that ends an idle connection. */
export interface Timeout {
  /** `client`, `server` or `tunnel`. */
  readonly name: string;
  /** Its value. */
  readonly word: Word;
  /** The same in milliseconds. */
  readonly ms: number;
  /** Whose it is. */
  readonly proxy: Proxy;
}

/** The timeouts that end an idle connection. */
export function idleTimeouts({ proxy, fronts }: Pool): readonly Timeout[] {
  const read = (of: Proxy, name: string): Timeout[] => {
    const word = timeoutOf(of, name);
    const ms = word && milliseconds(word.text);
    return word && ms !== undefined ? [{ name, word, ms, proxy: of }] : [];
  };
  if (timeoutOf(proxy, "tunnel")) return read(proxy, "tunnel");
  return [...fronts.flatMap((it) => read(it, "client")), ...read(proxy, "server")];
}
