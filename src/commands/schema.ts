import type { Io } from "./io.ts";

/** Stub. */
export function schema(_io: Io): number {
  throw new Error("Cannot print the schema yet");
}
