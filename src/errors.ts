/**
 * The errors that somebody catches. Everything else that is thrown is our bug and ends with 70.
 * @module
 */
import type { Diagnostic } from "./model.ts";

/** Exit codes of the command line, a contract. */
export const EXIT = {
  ok: 0,
  usage: 1,
  changes: 2,
  failed: 3,
  unreachable: 4,
  stale: 5,
  rolledBack: 6,
  bug: 70,
  interrupted: 130,
} as const;

/** What the user wrote cannot be used. Holds every problem found, with its place. */
export class InputError extends Error {
  /** Every problem, in order of appearance. */
  readonly diagnostics: readonly Diagnostic[];

  /** Gathers problems; the message is the first one's. */
  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0]?.message ?? "Cannot use the input");
    this.name = "InputError";
    this.diagnostics = diagnostics;
  }
}

/** No session could be opened: nothing ran on the host. */
export class ConnectError extends Error {
  /** Name of the host. */
  readonly host: string;

  /** Says why, in a whole sentence. */
  constructor(host: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ConnectError";
    this.host = host;
  }
}

/** A session broke while a request was under way: whether it finished is not known. */
export class LinkError extends ConnectError {
  /** Says what is known, in a whole sentence. */
  constructor(host: string, message: string, options?: ErrorOptions) {
    super(host, message, options);
    this.name = "LinkError";
  }
}

/**
 * A plan needs something that an earlier change of the same run will bring, and that nobody can
 * know before: the version of a package that is not installed yet. Not a failure: it will be known.
 */
export class NotYetKnown extends Error {
  /** Says what is not known, and when it will be: `the version of haproxy: …`. */
  constructor(message: string) {
    super(message);
    this.name = "NotYetKnown";
  }
}

/** A value in the inventory: keys below a host, `["endpoint_host", "priority"]`. */
export interface HostSetting {
  /** Name of the host. */
  readonly host: string;
  /** The keys that lead to it. */
  readonly path: readonly string[];
}

/** A task cannot be made true on this host; the message says why, for people. */
export class TaskError extends Error {
  /** What of the inventory is the cause. @default {nothing that is written} */
  readonly setting: HostSetting | undefined;
  /** What it would have acted on: paths, units, packages. Preflights that these concern are asked. */
  readonly targets: readonly string[];

  /** Says why, in a whole sentence without the host, which the runner adds. */
  constructor(message: string, setting?: HostSetting, targets: readonly string[] = []) {
    super(message);
    this.name = "TaskError";
    this.setting = setting;
    this.targets = targets;
  }
}
