/**
 * A task that fails because this run left out what it stands on says so. Pure.
 * @module
 */
import type { Event } from "../events.ts";
import type { HostTasks } from "./selection.ts";

/** Names of what was not done on a host above a task; for a handler, of all that was not done. */
export type LeftOut = (host: string, task: string) => readonly string[];

/** More names than this do not help. */
const MAX_NAMES = 5;

/** What `--tags`, `--skip-tags` and `--start-at-task` leave out. */
export function leftOut(hosts: readonly HostTasks[]): LeftOut {
  return (host, task) => {
    const found = hosts.find((one) => one.host === host);
    if (found === undefined) return [];
    const names = found.all.map(({ name }) => name);
    const at = names.indexOf(task);
    const done = new Set(found.wanted.map(({ name }) => name));
    return names.slice(0, at === -1 ? names.length : at).filter((name) => !done.has(name));
  };
}

/** Adds to the error of a task what this run left out above it. */
export function sayLeftOut(
  write: (event: Event) => void,
  ...sources: readonly LeftOut[]
): (event: Event) => void {
  return (event) => {
    if (event.type !== "task-end" || event.status !== "failed" || event.kind === "connect") {
      return write(event);
    }
    const names = [...new Set(sources.flatMap((source) => source(event.host, event.task)))];
    if (names.length === 0) return write(event);
    const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : "";
    const list = names.slice(0, MAX_NAMES).map((name) => `"${name}"`).join(", ");
    write({
      ...event,
      error: `${event.error ?? ""}\nThis run left out what comes before it: ${list}${more}`,
    });
  };
}
