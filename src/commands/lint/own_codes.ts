/**
 * What `lint` says beside what lints find, of files that it cannot look into for one: codes that are
 * no lints. Data only.
 * @module
 */

/** A code that is printed beside those of the lints. */
export interface OwnCode {
  /** Its name. */
  readonly code: string;
  /** Of an error nothing is left to say without it; the others can be left out with `--ignore`. */
  readonly severity: "error" | "warning" | "note";
  /** What is wrong, on one line. */
  readonly title: string;
  /** What that means, and what to do, in a few sentences. */
  readonly why: string;
}

/** All of them, by name. */
export const OWN_CODES: readonly OwnCode[] = [
  {
    code: "single-loss",
    severity: "warning",
    title: "an endpoint that one loss takes down",
    why:
      "A load balancer, an API server or a failure domain is the only one of its kind, or takes " +
      "the quorum of etcd with it: while it is gone clients get no answer, for a reboot as for a " +
      "fault. holdfast simulate shows every loss and every two, and what is left.",
  },
  {
    code: "slo-missed",
    severity: "warning",
    title: "a failover that takes longer than was promised",
    why: "How long clients get no answer after a fault is computed from what is written: adverts " +
      "and priorities, the times of the checks, and what HAProxy waits for. Some of that is over " +
      "the promise: slo.failover of an inventory, or --slo. Nothing was measured; a drill does. " +
      "docs/profiles.md has the formulas, and what they left out when they were tried.",
  },
  {
    code: "unreadable-config",
    severity: "error",
    title: "a text that is no whole configuration",
    why: "A brace or a quote that is never closed, an .if without its .endif, a line that stands " +
      "above every section: the daemon does not start with such a file, or takes it for another " +
      "one than its author meant, and a reload keeps the old configuration. The message says at " +
      "which place. The rest of the file is looked at all the same, so that other findings may go " +
      "away with this one: mend it first. The daemons say it, too: haproxy -c -f FILE, keepalived " +
      "-t -f FILE.",
  },
  {
    code: "unreadable-file",
    severity: "error",
    title: "a file that cannot be read",
    why:
      "It is not there, may not be read, is a device, or is far larger than any configuration. " +
      "Nothing was looked at, in the other files neither. A folder is read for --haproxy only, " +
      "which takes its *.cfg in order, as HAProxy does.",
  },
  {
    code: "unseen-script",
    severity: "note",
    title: "a tracked script that was not read",
    why:
      "Keepalived moves the address when this check fails, and what it asks for stands in a file " +
      "that was neither named nor found beside the keepalived.conf. What is wrong with it is not " +
      "said, a curl without --fail for instance, or more time than Keepalived gives it, and how " +
      "soon it notices is not known. Name the file with --script, or put a copy beside.",
  },
  {
    code: "wrong-file",
    severity: "error",
    title: "a file that the daemon has no use for",
    why:
      "It is empty, has no word that the daemon would understand, or looks like a configuration " +
      "of the other daemon. No lint would find anything in it, and the answer would be green, so " +
      "nothing was looked at. Name a keepalived.conf with --keepalived, a haproxy.cfg with " +
      "--haproxy, and a script that Keepalived runs with --script.",
  },
];

/**
 * Codes of the warnings of an inventory itself, which stand beside those of its files. Each says all
 * there is to it, and can be left out.
 */
export const INVENTORY_WARNINGS: readonly string[] = [
  "ansible-differs",
  "control-plane-port",
  "ini-in-folder",
  "moving-image",
  "no-api-server",
  "no-effect",
  "notify-in-container",
  "plain-secret",
  "same-name",
  "set-twice",
  "shadowed-vars",
  "short-secret",
  "single-loss",
  "ssh-args-risk",
  "stray-vars",
  "tag-without-digest",
  "two-names",
  "unknown-group-key",
  "unnamed-host",
  "unread-variable",
  "unused-endpoint-host",
  "unused-images",
  "vault-file",
];
