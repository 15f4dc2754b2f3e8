/**
 * How a run ends on a host: it is kept or undone, and the host alone says which. Text, and pure
 * readings of the answers.
 * @module
 */
import { raw, sh } from "../shell.ts";
import type { About } from "./open.ts";
import { FUNCTIONS, HISTORY_DIR, RUN_DIR, UNIT_FUNCTIONS } from "./places.ts";

/** Who asked for the undo of a run. */
export type UndoneBy = "controller" | "session" | "deadline" | "boot" | "next";

/** What a host has decided about a run. */
export type Verdict =
  /** Nothing yet. */
  | { readonly state: "open" }
  /** What was changed stays. */
  | { readonly state: "committed" }
  /** All is as it was. */
  | { readonly state: "reverted"; readonly by: UndoneBy }
  /** It knows of no such run: it was never opened there. */
  | { readonly state: "unknown" };

/** What an undo brought back, for people. */
export interface Undone {
  /** Files that are the old ones again, or gone again. */
  readonly files: readonly string[];
  /** Steps that had a way back of their own. */
  readonly steps: readonly string[];
  /** What was kept aside and brought back: states of units. */
  readonly keepers: readonly string[];
}

/**
 * Shell text that keeps what a run has changed, and disarms its undo. Ends with 1 and a sentence
 * when the host has gone back meanwhile. Keeping twice is no mistake.
 */
export function commitScript(id: string): string {
  return sh`fail() { printf '%s: %s\n' 'Cannot keep what was changed' "$*" >&2; exit 1; }
${raw(FUNCTIONS)}
${raw(UNIT_FUNCTIONS)}
umask 077
[ ! -e ${HISTORY_DIR}/${id}/committed ] || exit 0
[ -d ${RUN_DIR} ] || fail 'this host knows of no such run'
exec 9>>${RUN_DIR}/lock
flock 9 2>/dev/null || :
[ "$(cat ${RUN_DIR}/open 2>/dev/null)" = ${id} ] || fail "it went back to how it was: $(tail -n 1 ${RUN_DIR}/record 2>/dev/null)"
[ ! -e ${RUN_DIR}/undoing ] || fail 'it is going back to how it was'
mv -f -- ${RUN_DIR}/open ${RUN_DIR}/committed && flush ${RUN_DIR} || fail 'cannot write its state'
disarm_boot
archive ${id}`;
}

/**
 * Shell text that takes back the word that a run is kept, because a host that changed with this one
 * did not keep it: so that it can be undone. Whether the word has done its work, does it now, or is
 * still on its way makes no difference afterwards: the run is open, and is kept no more. Its guard
 * does not come back; a reboot and the next run undo it. Ends with 1 where it cannot be taken back.
 */
export function recallScript(id: string): string {
  return sh`( umask 077
${raw(FUNCTIONS)}
${raw(UNIT_FUNCTIONS)}
kept=${HISTORY_DIR}/${id}
# Who puts the word into effect right now is waited for, wherever that one has moved the lock.
{ command exec 9<${RUN_DIR}/lock || command exec 9<"$kept"/lock; } 2>/dev/null && flock 9 2>/dev/null
if [ ! -e ${RUN_DIR} ] && [ -e "$kept"/committed ]; then mv -T -- "$kept" ${RUN_DIR} || exit 1; fi
if [ "$(cat ${RUN_DIR}/committed 2>/dev/null)" = ${id} ]; then
  mv -f -- ${RUN_DIR}/committed ${RUN_DIR}/open || exit 1
  flush ${RUN_DIR}
  [ ! -d /run/systemd/system ] || arm_boot
fi
[ "$(cat ${RUN_DIR}/open 2>/dev/null)" != ${id} ] || touch ${RUN_DIR}/undoing 2>/dev/null || : )`;
}

/**
 * Shell text that undoes a run now and waits for it: 0 when all is as it was, also when it already
 * had been. What was brought back is on stdout, for {@link parseUndone}.
 */
export function revertScript(id: string, by: "controller" | "next" = "controller"): string {
  return sh`umask 077
[ -d ${RUN_DIR} ] && [ "$(cat ${RUN_DIR}/open ${RUN_DIR}/reverted.* 2>/dev/null | head -n 1)" = ${id} ] || exit 0
if [ -e ${RUN_DIR}/open ]; then /bin/sh ${RUN_DIR}/undo ${by} || exit 1; fi
cat ${RUN_DIR}/undone 2>/dev/null || :`;
}

/** Reads what an undo brought back. */
export function parseUndone(stdout: string): Undone {
  // Twice on a disk with room for it: as it is done, and as it was noted.
  const lines = [...new Set(stdout.split("\n"))];
  const of = (kind: string) =>
    lines.flatMap((line) => line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []);
  return { files: of("file"), steps: of("step"), keepers: of("keeper") };
}

/** Read-only shell text that asks what a host has decided; {@link parseVerdict} reads the answer. */
export function verdictProbe(id: string): string {
  return sh`for file in ${RUN_DIR}/open ${RUN_DIR}/committed ${RUN_DIR}/reverted.* ${HISTORY_DIR}/${id}/committed ${HISTORY_DIR}/${id}/reverted.*; do
  [ "$(cat "$file" 2>/dev/null)" = ${id} ] || continue
  echo "verdict \${file##*/}"
  cat "\${file%/*}/undone" 2>/dev/null
done
:`;
}

const BY: readonly UndoneBy[] = ["controller", "session", "deadline", "boot", "next"];

/** Reads the answer to {@link verdictProbe}. */
export function parseVerdict(stdout: string): Verdict {
  const [, word = ""] = /^verdict (\S+)$/m.exec(stdout) ?? [];
  if (word === "open" || word === "committed") return { state: word };
  const by = BY.find((one) => word === `reverted.${one}`);
  return by === undefined ? { state: "unknown" } : { state: "reverted", by };
}

/**
 * Read-only shell text that tells of a run that is open, with what it says of itself, and the last
 * thing that its undo had to say. {@link parseOpen} reads the answer.
 */
export const OPEN_PROBE: string = sh`if [ -e ${RUN_DIR}/open ]; then
  echo "open $(cat ${RUN_DIR}/open)"
  cat ${RUN_DIR}/about
  tail -n 1 ${RUN_DIR}/record
fi`;

/** A run that somebody left open. */
export interface OpenRun {
  /** Its id. */
  readonly id: string;
  /** What it says of itself; unset: it cannot be read. */
  readonly about?: About;
  /** The last thing that its undo had to say. */
  readonly said?: string;
}

/** Reads the answer to {@link OPEN_PROBE}; undefined: no run is open. */
export function parseOpen(stdout: string): OpenRun | undefined {
  const [first = "", about = "", said = ""] = stdout.split("\n");
  if (!first.startsWith("open ")) return undefined;
  const read = parseAbout(about);
  return {
    id: first.slice("open ".length),
    ...(read === undefined ? {} : { about: read }),
    ...(said === "" ? {} : { said: said.replace(/^\d+ \S+ /, "") }),
  };
}

/** Reads what a run says of itself, which is text that lay on a host. */
export function parseAbout(line: string): About | undefined {
  try {
    const value = JSON.parse(line) as Record<string, unknown>;
    const text = (key: string) => typeof value[key] === "string" ? String(value[key]) : "";
    if (text("id") === "") return undefined;
    return {
      id: text("id"),
      what: text("what"),
      who: text("who"),
      sinceS: Number(value["sinceS"]) || 0,
      endpoint: text("endpoint"),
      inventory: text("inventory"),
    };
  } catch {
    return undefined;
  }
}
