/**
 * The runs that a host remembers: what they changed, and what lay there before. Text, and pure
 * readings of the answers.
 * @module
 */
import { raw, sh } from "../shell.ts";
import { HISTORY_DIR, RUN_DIR } from "./places.ts";
import type { About } from "./open.ts";
import { parseAbout, type UndoneBy, type Verdict } from "./verdict.ts";

/** A file that a run changed on a host. */
export interface ChangedFile {
  /** Its path. */
  readonly path: string;
  /** Where the host keeps what was there before; nothing lies there when nothing was. */
  readonly saved: string;
  /** Nothing was there before. @default {false} */
  readonly made?: boolean;
}

/** A run as one host remembers it. */
export interface RunRecord {
  /** What it says of itself. */
  readonly about: About;
  /** How it ended. */
  readonly verdict: Verdict;
  /** Files that it changed, in order, each once, with what was there before the run. */
  readonly files: readonly ChangedFile[];
  /** What it did beside files, for people. */
  readonly steps: readonly string[];
  /** What its undo had to say at last. */
  readonly said?: string;
}

const LIST = sh`state=
for file in "$dir"/open "$dir"/committed "$dir"/reverted.*; do [ ! -e "$file" ] || state=\${file##*/}; done
[ -n "$state" ] || continue
echo "run $dir $state"
echo "about $(cat "$dir"/about)"
for step in "$dir"/steps/*/paths; do
  [ -e "$step" ] || continue
  step=\${step%/paths}
  if [ -s "$step"/paths ]; then
    while IFS= read -r line; do
      word=file
      [ -e "$step/\${line%% *}" ] || [ -L "$step/\${line%% *}" ] || word=made
      printf '%s %s %s\n' "$word" "$step" "$line"
    done <"$step"/paths
  else echo "step $(cat "$step"/summary)"; fi
done
[ ! -s "$dir"/record ] || echo "said $(tail -n 1 "$dir"/record)"`;

/** Read-only shell text, for root, that lists the runs of a host; {@link parseHistory} reads it. */
export const HISTORY_PROBE: string =
  sh`[ "$(id -u)" = 0 ] || { echo 'only root may read it' >&2; exit 1; }
for dir in ${HISTORY_DIR}/* ${RUN_DIR}; do
${raw(LIST)}
done
:`;

/** Reads the answer to {@link HISTORY_PROBE}: runs by id, the oldest first. */
export function parseHistory(stdout: string): readonly RunRecord[] {
  const parts = stdout.split(/^(?=run )/m).filter((part) => part.startsWith("run "));
  return parts.flatMap((part) => {
    const lines = part.split("\n");
    const of = (kind: string) =>
      lines.flatMap((line) => line.startsWith(`${kind} `) ? [line.slice(kind.length + 1)] : []);
    const about = parseAbout(of("about")[0] ?? "");
    const state = of("run")[0]?.split(" ").at(-1) ?? "";
    if (about === undefined) return [];
    const [said] = of("said");
    return [{
      about,
      verdict: verdictOf(state),
      files: filesOf(lines),
      steps: of("step"),
      ...(said === undefined ? {} : { said: said.replace(/^\d+ \S+ /, "") }),
    }];
  }).toSorted((a, b) => a.about.id < b.about.id ? -1 : 1);
}

function verdictOf(state: string): Verdict {
  if (state === "open" || state === "committed") return { state };
  return { state: "reverted", by: state.replace("reverted.", "") as UndoneBy };
}

/** `file STEP NUMBER PATH`, in the order of steps: what counts is what lay there before the first. */
function filesOf(lines: readonly string[]): ChangedFile[] {
  const files = new Map<string, ChangedFile>();
  for (const line of lines) {
    const [word, step = "", number = "", ...rest] = line.split(" ");
    if (word !== "file" && word !== "made") continue;
    const path = rest.join(" ");
    const made = word === "made" ? { made: true } : {};
    if (!files.has(path)) files.set(path, { path, saved: `${step}/${number}`, ...made });
  }
  return [...files.values()];
}

/**
 * What lay on a host before a run and all that were kept after it: the oldest that is remembered of
 * each file.
 */
export function filesBefore(records: readonly RunRecord[], id: string): readonly ChangedFile[] {
  const since = records.filter(({ about, verdict }) =>
    about.id >= id && verdict.state === "committed"
  );
  const files = new Map<string, ChangedFile>();
  for (const file of since.flatMap(({ files }) => files)) {
    if (!files.has(file.path)) files.set(file.path, file);
  }
  return [...files.values()];
}

/** The last run that was kept on any of these hosts; undefined: there is none. */
export function lastKept(hosts: Iterable<readonly RunRecord[]>): About | undefined {
  return [...hosts].flat().filter(({ verdict }) => verdict.state === "committed")
    .map(({ about }) => about).toSorted((a, b) => a.id < b.id ? -1 : 1).at(-1);
}
