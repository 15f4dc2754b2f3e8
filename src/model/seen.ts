/**
 * What is asked of a host and what was seen: questions, answers and facts. Types only, plain data.
 * @module
 */

/** How a script ended. A non-zero code is an answer, not an error. */
export interface ExecResult {
  /** Exit code. */
  readonly code: number;
  /** Standard output, whole. */
  readonly stdout: string;
  /** Standard error, whole. */
  readonly stderr: string;
  /** The deadline passed and the host ended the process group. */
  readonly timedOut?: boolean;
}

/** A question about any number of things of one kind: a look asks it once, whoever wants to know. */
export interface Question<Item = unknown> {
  /** Read-only POSIX shell text that asks about all of them. */
  probe(items: readonly Item[]): string;
  /** Takes the answer apart: one for each, as if it had been asked about alone. Pure. */
  split(answer: ExecResult, items: readonly Item[]): readonly ExecResult[];
}

/** What somebody wants to know, where others may ask the same question. */
export interface Asked {
  /** The question. */
  readonly question: Question;
  /** What it is about. */
  readonly item: unknown;
}

/** A part of what is asked of a host: shell text of one's own, or a question that others ask too. */
export type Piece = string | Asked;

/** Version of a package. */
export interface PackageVersion {
  /** Installed version; unset: not installed. */
  readonly installed?: string;
  /** Version that an install would bring; unset: not known before package lists are read. */
  readonly candidate?: string;
}

/** A network interface. */
export interface Interface {
  /** Its name. */
  readonly name: string;
  /** Addresses in CIDR form, `10.0.0.11/24`; none that the kernel is about to replace. */
  readonly addresses: readonly string[];
}

/** What one look learned about a host, whatever the tasks. */
export interface Facts {
  /** `ID`, `VERSION_ID` and `PRETTY_NAME` of os-release. */
  readonly os: { readonly id: string; readonly version: string; readonly name: string };
  /** Package manager found. */
  readonly packageManager: "apt" | "dnf" | "zypper" | "apk" | "unknown";
  /** Service manager found running. */
  readonly init: "systemd" | "openrc" | "unknown";
  /** Number of the user that the session runs as; 0 is root, -1: not known. */
  readonly uid: number;
  /** Container technology, or `none`. */
  readonly container: string;
  /** Versions of the packages that the play asked for. */
  readonly packages: Readonly<Record<string, PackageVersion>>;
  /** Interfaces that are not loopback. */
  readonly interfaces: readonly Interface[];
}
