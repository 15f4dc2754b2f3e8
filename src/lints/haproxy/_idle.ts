/**
 * What ends idle connections. Pure.
 * @module
 */
import type { Word } from "../../configs/model.ts";
import { milliseconds, type Proxy } from "../../configs/proxies.ts";
import type { Finding, Subject } from "../model.ts";
import { called, type Pool, pools, seconds, timeoutOf } from "./_api.ts";

/** A timeout that ends an idle connection. */
interface Timeout {
  /** `client`, `server` or `tunnel`. */
  readonly name: string;
  /** Its value. */
  readonly word: Word;
  /** The same in milliseconds. */
  readonly ms: number;
  /** Whose it is. */
  readonly proxy: Proxy;
}

/** Below this many milliseconds a connection that is idle for a moment is cut: an error. */
export const LEAST_MS = 60_000;

/** Connections to the API that are cut when they were idle for so long, in milliseconds. */
export function* cutsIdle(
  subject: Subject,
  { from, below }: { readonly from: number; readonly below: number },
): Generator<Finding> {
  for (const pool of pools(subject)) {
    for (const { name, word, ms, proxy } of idleTimeouts(pool)) {
      // None is no limit.
      if (ms === 0 || ms < from || ms >= below) continue;
      yield {
        message: `a watch, "kubectl logs -f" or "exec" that is idle for ${seconds(ms)} is cut: ` +
          `that is "timeout ${name}" of ${called(proxy)}`,
        source: word.source,
        hint: `write "timeout ${name} 1h" and find dead peers with "option clitcpka" and ` +
          `"option srvtcpka"`,
        setting: ["haproxy", "client_timeout"],
        settingHint: "haproxy: { client_timeout: 1h }",
      };
    }
  }
}

/** The timeouts that end an idle connection. */
function idleTimeouts({ proxy, fronts }: Pool): readonly Timeout[] {
  const read = (of: Proxy, name: string): Timeout[] => {
    const word = timeoutOf(of, name);
    const ms = word && milliseconds(word.text);
    return word && ms !== undefined ? [{ name, word, ms, proxy: of }] : [];
  };
  if (timeoutOf(proxy, "tunnel")) return read(proxy, "tunnel");
  return [...fronts.flatMap((it) => read(it, "client")), ...read(proxy, "server")];
}
