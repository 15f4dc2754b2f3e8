import type { ExecResult } from "../model.ts";
import { sh } from "../shell.ts";

/**
 * One script for many probes, so that all of them cost one round trip. Each runs in a subshell of
 * its own: one that exits, fails or does not even parse takes no other with it. The nonce marks
 * where an answer ends; it must be new for every look, because answers come from the host.
 */
export function compose(probes: readonly string[], nonce: string): string {
  const parts = probes.map((probe) =>
    sh`( eval ${probe} ) </dev/null; code=$?
printf '\n%s %d\n' "$mark" "$code"; printf '\n%s\n' "$mark" >&2`
  );
  return [sh`mark=${nonce}`, ...parts].join("\n");
}

/**
 * Takes the answer to {@link compose} apart, one result for each probe.
 * @throws {RangeError} when there are fewer answers than probes: the script was ended half way
 */
export function takeApart(answer: ExecResult, count: number, nonce: string): ExecResult[] {
  const out = answer.stdout.split(`\n${nonce} `);
  const err = answer.stderr.split(`\n${nonce}\n`);
  if (out.length !== count + 1) {
    const why = answer.timedOut ? "the deadline passed" : `the shell ended with ${answer.code}`;
    const last = answer.stderr.trim().split("\n").at(-1) ?? "";
    throw new RangeError(
      `${why} after ${out.length - 1} of ${count} questions${last === "" ? "" : `: ${last}`}`,
    );
  }
  // After the first, every piece begins with the exit code of the probe before it.
  const after = out.map((piece) => /^(\d+)\n/.exec(piece));
  return Array.from({ length: count }, (_, i) => ({
    code: Number(after[i + 1]?.[1] ?? 1),
    stdout: i === 0 ? out[0] ?? "" : (out[i] ?? "").slice(after[i]?.[0].length ?? 0),
    stderr: err[i] ?? "",
  }));
}
