import type { Io } from "./io.ts";

/** Stub. */
export function explain(
  _path: string,
  _host: string,
  _key: string | undefined,
  _flags: object,
  _io: Io,
): Promise<number> {
  throw new Error("Cannot explain yet");
}
