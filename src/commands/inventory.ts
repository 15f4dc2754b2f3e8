import type { Io } from "./io.ts";

/** Stub. */
export function inventoryCommand(_path: string, _flags: object, _io: Io): Promise<number> {
  throw new Error("Cannot list an inventory yet");
}
