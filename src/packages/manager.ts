/**
 * The seam to package managers: what each of them can be asked for, as shell text.
 * @module
 */

/** A package to install. */
export interface Wish {
  /** Its name. */
  readonly name: string;
  /** Version to install. @default {what the manager prefers} */
  readonly version?: string;
  /** Pattern of the version, where the host itself has to find it. */
  readonly pattern?: string;
}

/** How a script treats the host. */
export interface ManagerOptions {
  /** Longest wait for others who work with the package manager, in seconds. */
  readonly lockS: number;
}

/** How packages are installed. */
export interface InstallOptions extends ManagerOptions {
  /** The package lists are read, and name all of them. */
  readonly complete: boolean;
  /** Packages that are on hold: they change all the same, and are held again at the end. */
  readonly held: readonly string[];
  /** An installed package may get an older version. */
  readonly downgrade?: boolean;
}

/** Whether upgrades shall pass packages over from now on. */
export type HoldVerb = "hold" | "unhold";

/** A package manager. Every script of it starts and restarts no service. */
export interface PackageManager {
  /** Shell text that installs packages. */
  install(wishes: readonly Wish[], options: InstallOptions): string;
  /** Shell text that holds packages at their versions, or lets go of them. */
  mark(verb: HoldVerb, names: readonly string[], options: ManagerOptions): string;
  /** What a person types there to have the lists read. */
  readonly refresh: string;
  /** What a person types there to let go of a package. */
  unhold(name: string): string;
  /** What a person types there where holding is not to be had. @default {it always is} */
  readonly holdNeeds?: string;
  /** What a person types there when an interrupted run has left a package twice. */
  doubled?(name: string): string;
}
