/** What a command may touch of the process. */
export interface Io {
  /** Writes a result. */
  out(text: string): void;
  /** Writes what is not a result: progress, errors. */
  err(text: string): void;
}
