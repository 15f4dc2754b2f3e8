import type { Io } from "./io.ts";

/** Stub. */
export function completions(_shell: string, _io: Io): Promise<number> {
  throw new Error("Cannot complete yet");
}
