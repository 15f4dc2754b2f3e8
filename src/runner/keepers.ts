/**
 * What going back does about daemons where a play does not say it: they read their old files anew.
 * @module
 */
import type { Handler, Keeper } from "../model.ts";
import { raw, sh } from "../shell.ts";

/**
 * Runs the handlers that the undone run made due once more, in their order, without those that
 * another one makes needless.
 */
export function handlersAgain(handlers: readonly Handler[]): readonly Keeper[] {
  if (handlers.length === 0) return [];
  const parts = handlers.map(({ name, script }) => {
    const needless = handlers.filter(({ supersedes = [] }) => supersedes.includes(name));
    return sh`if due ${name} && ! due_any ${needless.map((it) => it.name)}; then
  ( eval ${script} ) || { echo ${`cannot ${name} again`} >&2; bad=1; }
fi`;
  });
  const restore = sh`[ "$early" != 1 ] || exit 0
bad=
due() { printf '%s\n' "$notified" | grep -Fqx -- "$1"; }
due_any() { for one do due "$one" && return; done; return 1; }
${raw(parts.join("\n"))}
[ -z "$bad" ]`;
  return [{ name: "what reads the files", save: ":", restore }];
}
