/**
 * What a lint is and what it looks at. Types only.
 * @module
 */
import type { HaproxyFile, KeepalivedFile } from "../configs/model.ts";
import type { Endpoint, Source } from "../model.ts";

/** A small file beside the two configurations: a check script, a drop-in of a unit. */
export interface SmallFile {
  /** Path on the host: `/etc/keepalived/check_apiserver.sh`. */
  readonly path: string;
  /** Path as the user would type it, for messages. */
  readonly file: string;
  /** Whole content. */
  readonly text: string;
}

/** The configuration of one load balancer, as far as it is at hand. */
export interface Node {
  /** Name of the host; of files by hand, what tells them apart. */
  readonly name: string;
  /** Addresses of its own, where they are known. */
  readonly addresses: readonly string[];
  /** Its keepalived.conf. */
  readonly keepalived?: KeepalivedFile;
  /** Its haproxy.cfg. */
  readonly haproxy?: HaproxyFile;
  /** Scripts that Keepalived runs, where they are at hand. */
  readonly scripts: readonly SmallFile[];
  /** Drop-ins of the units of the daemons; unset: nothing is known of them. */
  readonly units?: readonly SmallFile[];
  /** Versions of the daemons, where they are known. */
  readonly versions: { readonly haproxy?: string; readonly keepalived?: string };
}

/** What is looked at: the load balancers of one endpoint. */
export interface Subject {
  /** One or several load balancers. */
  readonly nodes: readonly Node[];
  /** The endpoint that their files are of; unset: the files were written by hand. */
  readonly endpoint?: Endpoint;
}

/** Something that a lint found. */
export interface Finding {
  /**
   * What will happen to the user because of this, naming what is written: one sentence without a
   * period at its end.
   */
  readonly message: string;
  /** Where it is written. */
  readonly source: Source;
  /** What to write instead. */
  readonly hint: string;
  /** Where something is not known, such as a version, it may be less than the lint. */
  readonly severity?: "warning";
  /**
   * Path of the setting in the `endpoint` map that decides it, `["vrrp", "router_id"]`: an inventory
   * is then pointed at there, and not in the file that it is rendered to.
   */
  readonly setting?: readonly string[];
  /** What to write into the inventory, where it is pointed at. @default the hint */
  readonly settingHint?: string;
  /** As {@link setting}, in the `endpoint_host` map of a host. */
  readonly hostSetting?: { readonly host: string; readonly path: readonly string[] };
}

/**
 * Files of an example by node and kind. A path is shown in the output as `lb1/keepalived.conf`.
 * `check.sh` and the like are scripts below /etc/keepalived, `haproxy.service.conf` and
 * `keepalived.service.conf` drop-ins of the units.
 */
export type ExampleFiles = Readonly<Record<string, string>>;

/** A piece of configuration, for the documents and the tests. */
export interface Example {
  /** `lb1/keepalived.conf` to its text, without what does not matter to the lint. */
  readonly files: ExampleFiles;
  /** Own addresses by node, where the lint looks at them. */
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
  /** Versions of the daemons, where the lint looks at them. */
  readonly versions?: { readonly haproxy?: string; readonly keepalived?: string };
}

/** A trap that a configuration can have. */
export interface Lint {
  /** Stable kebab-case code, the same as its file's name. */
  readonly code: string;
  /** Errors stop an apply; warnings are shown. */
  readonly severity: "error" | "warning";
  /** What is wrong, in half a sentence: the heading in the documents. */
  readonly title: string;
  /** What happens and why, in a few sentences of Markdown, with what was measured where it was. */
  readonly why: string;
  /** The trap, and exactly what is then said: one text of `formatDiagnostics` without excerpts. */
  readonly err: Example & { readonly says: string };
  /** The same, mended: nothing is found. */
  readonly ok: Example;
  /** Finds it. Pure. */
  check(subject: Subject): Iterable<Finding>;
}
