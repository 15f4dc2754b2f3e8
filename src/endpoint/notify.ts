/**
 * The command that a member runs when its state changes, as shell text. Keepalived has quoting rules
 * of its own, other ones in each version: it is given the path of a script and nothing else.
 * @module
 */
import { quote } from "../shell.ts";

/** Values that are known when the script is written; the state is `$state` in it. */
export type NotifyValues = Readonly<Record<"host" | "endpoint", string>>;

/**
 * Words as one line of shell text, whatever they hold: `{host}` and `{endpoint}` are filled in,
 * `{state}` is what the script's variable of that name holds.
 *
 * @example
 * ```ts
 * import { notifyCommand } from "./notify.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const words = ["logger", "{host} is {state}"];
 * const text = notifyCommand(words, { host: "lb1", endpoint: "lbs" });
 * assertEquals(text, `logger 'lb1 is '"$state"`);
 * ```
 */
export function notifyCommand(words: readonly string[], values: NotifyValues): string {
  return words.map((word) =>
    // An empty word is a word all the same.
    word === "" ? "''" : word.split("{state}").map((part) => part === "" ? "" : fixed(part, values))
      .join('"$state"')
  ).join(" ");
}

/** Filled in once: what a value holds in braces stays as it is. */
function fixed(text: string, values: NotifyValues): string {
  return quote(
    text.replace(/\{(host|endpoint)\}/g, (_, name: "host" | "endpoint") => values[name]),
  );
}
