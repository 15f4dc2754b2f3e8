/**
 * The nouns on the arrows: inventory -> hosts + vars -> play -> look -> plan -> apply -> report.
 * Types only, plain data.
 * @module
 */
import type { Endpoint, Host, Member } from "./model/inventory.ts";
import type { ExecResult, Facts, Piece } from "./model/seen.ts";

export type * from "./model/inventory.ts";
export type * from "./model/seen.ts";

// ---- where a value was written -------------------------------------------------------------

/** A place in a file. Lines and columns count from 1. */
export interface Source {
  /** Path as the user would type it. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1. */
  readonly column: number;
  /** How many characters the caret underlines. @default {1} */
  readonly length?: number;
}

/** Something wrong with what the user wrote. Gathered, never thrown one by one. */
export interface Diagnostic {
  /** Errors stop what they are about; warnings are shown; a note says what was not looked at. */
  readonly severity: "error" | "warning" | "note";
  /** Stable kebab-case code, for looking it up. */
  readonly code: string;
  /** One sentence: what cannot be done, to what, what is the case. */
  readonly message: string;
  /** Where it was written. */
  readonly source?: Source;
  /**
   * Of a line that would be rendered: where the inventory has the endpoint that it is for. Unset:
   * the source is a file of the user's.
   */
  readonly endpoint?: Source;
  /** Of a value of an inventory: the line that is rendered from it and is wrong. */
  readonly rendered?: Source;
  /** What to type instead. */
  readonly hint?: string;
}

// ---- what was seen -------------------------------------------------------------------------

/** What earlier changes of this run will have made true. */
export interface Predictions {
  /** Packages that will be installed. */
  readonly packages: readonly string[];
  /** Versions that packages will have; empty: another one, and the host has yet to find which. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Users that will exist. */
  readonly users: readonly string[];
  /** Paths that will exist. */
  readonly paths: readonly string[];
}

/** What a plan may know: facts of every host of the endpoint, and predictions for this one. */
export interface World {
  /** Host that is planned for. */
  readonly host: string;
  /** Facts of every host that answered. */
  readonly facts: ReadonlyMap<string, Facts>;
  /** What earlier changes on this host predict. */
  readonly predicted: Predictions;
}

// ---- what shall be made true ---------------------------------------------------------------

/** A file as it shall be. */
export interface FileSpec {
  /** Absolute path. */
  readonly path: string;
  /** Whole content. */
  readonly content: string;
  /** Octal mode as a string, `0644`. */
  readonly mode: string;
  /** Owner's name. */
  readonly owner: string;
  /** Group's name. */
  readonly group: string;
  /** The content holds a secret: it is never shown. */
  readonly secret?: boolean;
}

/**
 * A test of staged files by the daemon that will read them. The script finds the files at their
 * final paths, in a private mount namespace; where that cannot be had, at `$(staged PATH)`.
 * It fails by its exit code, and what it prints is the reason.
 */
export interface Validation {
  /** What is asked, as a person would type it: `haproxy -c`. */
  readonly name: string;
  /** POSIX shell text. Always asks `"$(staged /final/path)"` for a path. */
  readonly script: string;
  /** Words of `--tags`: it is left out together with the files that have them. @default {kept} */
  readonly tags?: readonly string[];
}

/** One effect on a host, as data. */
export type Change =
  /** Run something. */
  | {
    readonly kind: "run";
    /** What it does, for people: `start haproxy`. */
    readonly summary: string;
    /** POSIX shell text. */
    readonly script: string;
    /** Deadline on the host. @default {60000} */
    readonly timeoutMs?: number;
    /** Must not be ended half way (dpkg): a lost controller lets it finish. */
    readonly finish?: boolean;
    /** Handlers that are needless once this has worked: who starts anew has read everything. */
    readonly settles?: readonly string[];
    /** Clients of the host feel it: the service is moved away first. @default {false} */
    readonly disrupts?: boolean;
    /** What it acts on, for reports and plans: paths, units, packages, users, kernel settings. */
    readonly targets?: readonly string[];
    /** Handlers that this change makes due. @default the task's */
    readonly notify?: readonly string[];
    /**
     * POSIX shell text that takes it back, whatever became of it, any number of times. What has none
     * stays when a run is undone.
     */
    readonly undo?: string;
  }
  /** Put files in place, all validated before any of them moves. */
  | {
    readonly kind: "write";
    /** What it does, for people. */
    readonly summary: string;
    /** The files that differ. All of them are staged before any of them moves. */
    readonly files: readonly FileSpec[];
    /** What must accept the set, staged, before any of it moves. */
    readonly validations: readonly Validation[];
    /** Content before, by path, for a diff and as a precondition; a missing path did not exist. */
    readonly before: Readonly<Record<string, string>>;
    /** Files whose content an earlier change decides, and why: known after that, never guessed. */
    readonly unknown?: readonly { readonly path: string; readonly why: string }[];
    /**
     * What the files say that must not differ between the members of an endpoint, in words, before
     * and after: `advert interval` to `1 s`. Unset: nothing of the kind changes.
     */
    readonly agreement?: { readonly before: Agreement; readonly after: Agreement };
    /** Handlers that this change makes due. @default the task's */
    readonly notify?: readonly string[];
  }
  /** Take a file away. */
  | {
    readonly kind: "remove";
    /** What it does, for people. */
    readonly summary: string;
    /** The file that goes. */
    readonly path: string;
    /** Handlers that this change makes due. @default the task's */
    readonly notify?: readonly string[];
  };

/**
 * What all members of an endpoint must say alike, name to value; empty: nothing of the kind is said.
 * A secret stands as `sha256:` and some of its hash, which is compared and never shown.
 */
export type Agreement = Readonly<Record<string, string>>;

/** What a task decided: nothing left to change means that it is satisfied. */
export interface TaskPlan {
  /** In order. */
  readonly changes: readonly Change[];
  /** What will be true after them, whether or not anything changes. */
  readonly predicts?: Partial<Predictions>;
}

/** Something that shall be true of one host. */
export interface Task {
  /** Kind, for grouping: `service`. */
  readonly kind: string;
  /** Name on screen: `service haproxy: enabled, running`. */
  readonly name: string;
  /** Handlers that a change makes due, where the change names none of its own. */
  readonly notify: readonly string[];
  /** Words that `--tags` and `--skip-tags` select by, those of its parts included. */
  readonly tags: readonly string[];
  /**
   * It makes the host take part in the service: done last on a host that has left it to the others
   * for the time of its change. @default {false}
   */
  readonly joins?: boolean;
  /** Read-only POSIX shell text. */
  readonly probe: string;
  /** The same in pieces, some of which others ask too: the answer is theirs, joined. @default {one} */
  readonly pieces?: readonly Piece[];
  /** Decides from what was seen. Pure. @throws {TaskError} when it cannot be made true */
  plan(seen: ExecResult, world: World): TaskPlan;
  /** What was seen to be said now that all members must say alike; unset: nothing. Pure. */
  agreement?(seen: ExecResult): Agreement | undefined;
  /**
   * The same task with those of its parts alone that are wanted, each asked about with the task's
   * own tags and its own; nothing when none is. @default {it has no parts}
   */
  narrow?(wanted: (tags: readonly string[]) => boolean): Task | undefined;
  /** Hosts that carried the endpoint when this was last made true, and do not belong to it now. */
  former?(seen: ExecResult): readonly FormerMember[];
}

/** A host that was a member once. */
export interface FormerMember {
  /** Its name in the inventory then. */
  readonly name: string;
  /** What ssh connected to then. */
  readonly address: string;
}

/** What runs once at the end, when a task that notifies it has changed something. */
export interface Handler {
  /** Name that tasks notify, `reload haproxy`. */
  readonly name: string;
  /** POSIX shell text. */
  readonly script: string;
  /** Handlers that need not run when this one does. */
  readonly supersedes?: readonly string[];
  /** Clients of the host feel it: the service is moved away first. @default {false} */
  readonly disrupts?: boolean;
}

/**
 * What undoing a run brings back beside files, the state of services for one: asked before the
 * first change on a host, and given back when its files are the old ones again.
 */
export interface Keeper {
  /** What is kept, for people: `units haproxy, keepalived`. */
  readonly name: string;
  /** Read-only POSIX shell text; what it prints is kept. */
  readonly save: string;
  /**
   * POSIX shell text that brings it back, in any state, any number of times. It finds what `save`
   * printed in `$saved`, and the handlers that the run made due in `$notified`, a line each.
   */
  readonly restore: string;
}

/** How a host leaves the service to the others for a while, and takes part again. */
export interface StandDown {
  /** POSIX shell text after which the host does not carry the service; in any state. */
  readonly leave: string;
  /** POSIX shell text after which it may carry it again; in any state. */
  readonly join: string;
}

/** What a group check found. */
export interface Verdict {
  /** The condition holds. */
  readonly ok: boolean;
  /** One sentence with the figures: `held by lb1, backends 3/3`. */
  readonly message: string;
  /** Hosts that the service stands on now: they change last, one at a time. */
  readonly last?: readonly string[];
  /** Hosts that take part: what they say to each other counts. @default {all that answered} */
  readonly partaking?: readonly string[];
  /** Hosts that could carry the service now: while there is one, those that leave may go. */
  readonly able?: readonly string[];
  /**
   * Every single thing that is wrong, in words that are the same at every look: `haproxy is not
   * running on lb2`. A change is worse than before when it brings one that was not there. A condition
   * that holds may have some, which it excuses: no API server is up yet, one host does not answer.
   * @default the message, when it does not hold
   */
  readonly faults?: readonly string[];
}

/** A condition over all hosts of an endpoint. */
export interface GroupCheck {
  /** Kind, `vip`. */
  readonly kind: string;
  /** Name on screen. */
  readonly name: string;
  /** Hosts that are asked. */
  readonly hosts: readonly string[];
  /** Read-only POSIX shell text for one of them. */
  probe(host: string): string;
  /** The same in pieces, some of which tasks ask too. @default {one} */
  pieces?(host: string): readonly Piece[];
  /**
   * Judges all answers; a missing one means that the host did not answer. `strict` refuses what is
   * excused while a service is being built, as `verify` does.
   */
  judge(answers: ReadonlyMap<string, ExecResult>, strict?: boolean): Verdict;
  /** How long it may take to become true after a change. */
  readonly deadlineMs: number;
}

/** What a preflight has to say of some hosts. */
export interface Finding {
  /** An error stops a run before its first change; a note says what was not looked at, and why. */
  readonly severity: Diagnostic["severity"];
  /** Hosts that it is about; each of them fails by an error. */
  readonly hosts: readonly string[];
  /** What is the case, without the hosts: `port 8443 is taken by nginx`. */
  readonly message: string;
  /** What to do: `stop nginx, or set another port`. */
  readonly hint?: string;
}

/** What a host answered to a preflight, and between which moments of ours, epoch milliseconds. */
export interface PreflightAnswer extends ExecResult {
  /** When the question was sent. */
  readonly askedAt: number;
  /** When the answer was there. */
  readonly answeredAt: number;
}

/**
 * What changes are about to be made, by host. One that could not be planned is a `run` that does
 * nothing to the targets of its error.
 */
export type Planned = ReadonlyMap<string, readonly Change[]>;

/** A question about the world around an endpoint, asked before the first change of a run. */
export interface Preflight {
  /** Name, as `--skip-preflight` takes it: `port`. */
  readonly name: string;
  /** It takes seconds, or hosts that are asked at the same time: never a part of the one look. */
  readonly waits: boolean;
  /** Whether these changes can fail by what it asks about. Pure. */
  concerns(planned: Planned): boolean;
  /**
   * Shell text for a host that changes nothing on it. What `waits` may use the facts of all hosts;
   * else there are none yet. Unset: facts say enough.
   */
  probe?(host: string, facts: ReadonlyMap<string, Facts>): string;
  /** Judges all answers; a host that is missing did not answer. Pure. */
  judge(
    answers: ReadonlyMap<string, PreflightAnswer>,
    facts: ReadonlyMap<string, Facts>,
  ): { readonly findings: readonly Finding[]; readonly message?: string };
}

/** The ordered list of tasks that the hosts of an endpoint must satisfy. */
export interface Play {
  /** Name on screen. */
  readonly name: string;
  /** Packages whose versions the facts shall hold. */
  readonly packages: readonly string[];
  /** Tasks of one member, from top to bottom. */
  tasks(endpoint: Endpoint, member: Member): readonly Task[];
  /** Handlers of one member, in the order in which they run. */
  handlers(endpoint: Endpoint, member: Member): readonly Handler[];
  /** Conditions over the endpoint, looked at last. */
  checks(endpoint: Endpoint): readonly GroupCheck[];
  /**
   * What undoing a run brings back on a member beside files.
   * @default {its handlers run once more, those that the run had made due}
   */
  keeps?(endpoint: Endpoint, member: Member): readonly Keeper[];
  /** Questions about the world, asked before the first change. @default {none} */
  preflights?(endpoint: Endpoint): readonly Preflight[];
  /** How a member leaves the service to the others; undefined: it cannot. @default {it cannot} */
  standDown?(endpoint: Endpoint, member: Member): StandDown | undefined;
}

// ---- what happens --------------------------------------------------------------------------

/** One shell on one host. Requests run one after the other. */
export interface Session extends AsyncDisposable {
  /** Requests sent so far: each is one round trip. */
  readonly roundTrips: number;
  /**
   * Runs POSIX shell text in a process group of its own.
   * @throws {LinkError} when the link is lost: whether the script ran to its end is not known
   */
  run(script: string, options?: RunOptions): Promise<ExecResult>;
}

/** How a request runs. */
export interface RunOptions {
  /** Deadline on the host in milliseconds. @default {60000} */
  readonly timeoutMs?: number;
  /** Let it finish even when the controller goes away. @default {false} */
  readonly finish?: boolean;
}

/** How a session is opened. */
export interface ConnectWish {
  /** Over a connection of its own, whatever ssh's configuration shares: what it proves is new. */
  readonly fresh?: boolean;
}

/** Opens a session. @throws {ConnectError} */
export type Connect = (host: Host, wish?: ConnectWish) => Promise<Session>;
