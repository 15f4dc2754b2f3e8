/**
 * What the help of a command says beside its options: examples, and what its exit codes mean.
 * Text only; a test reads every example as the command line would.
 * @module
 */
import { EXIT } from "../../errors.ts";

/** A line to type, and what it does. */
export type Example = readonly [line: string, what: string];

/** Examples by command; the empty name is the program itself. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  "": [
    ["holdfast check hosts.yaml", "what would change, with differences"],
    ["holdfast apply hosts.yaml", "make it true"],
    ["holdfast verify hosts.yaml --wait 30s", "the endpoint answers, or soon will"],
  ],
  apply: [
    ["holdfast apply hosts.yaml", "make it true everywhere"],
    ["holdfast apply hosts.yaml --limit lb2", "change one host; what is derived stays the same"],
    ["holdfast apply hosts.yaml --serial 1,25%,100%", "one endpoint, a quarter of them, the rest"],
    ["holdfast apply hosts.yaml --json --report junit:run.xml", "for machines"],
  ],
  check: [
    ["holdfast check hosts.yaml", "what would change, with differences"],
    ["holdfast check hosts.yaml --out plan.json", "save that, for holdfast apply plan.json"],
    ["holdfast check hosts.yaml --list-tasks", "what would be looked at"],
    ["holdfast check hosts.yaml -l lb1 -K", "one host, asking for the sudo password"],
  ],
  verify: [
    ["holdfast verify hosts.yaml", "is it as it should be, now?"],
    ["holdfast verify hosts.yaml --wait 30s", "or at most 30 seconds from now?"],
  ],
  rollback: [
    ["holdfast rollback hosts.yaml --check --diff", "what would be brought back"],
    ["holdfast rollback hosts.yaml", "bring it back; a second time undoes that"],
    ["holdfast rollback hosts.yaml --to 20261127T091057Z-f517d045", "to before that run"],
  ],
  history: [
    ["holdfast history hosts.yaml", "who changed what, when, and was it kept?"],
    ["holdfast history hosts.yaml -l lb1 --json", "of one host, for scripts"],
  ],
  drill: [
    ["holdfast drill hosts.yaml --list", "what there is, and what would be skipped"],
    ["holdfast drill hosts.yaml keepalived-stopped --max-outage 1s", "one, and a promise"],
    ["holdfast drill hosts.yaml --report html:drills.html --report jsonl:run.jsonl", "kept"],
    ["holdfast drill hosts.yaml --compare run.jsonl", "and is it slower than last time?"],
  ],
  report: [
    ["holdfast report run.jsonl --diff", "of holdfast apply ... --report jsonl:run.jsonl"],
    ["holdfast report run.jsonl --report junit:run.xml", "as JUnit, afterwards"],
    ["holdfast report drills.jsonl --html drills.html", "as a page with the timelines"],
    ["holdfast report merge 1.jsonl 2.jsonl 3.jsonl", "parts of a fleet, as one run"],
  ],
  lint: [
    ["holdfast lint hosts.yaml", "traps in what its hosts would get"],
    ["holdfast lint --keepalived keepalived.conf --haproxy haproxy.cfg", "in files by hand"],
    ["holdfast lint --keepalived lb1.conf --keepalived lb2.conf --slo 2s", "and of both"],
    ["holdfast lint hosts.yaml --report sarif:holdfast.sarif", "for code scanning"],
  ],
  render: [
    ["holdfast render hosts.yaml --out rendered", "a folder for each host, as on its disk"],
    ["holdfast render hosts.yaml --out rendered -l lb1", "of one host"],
  ],
  simulate: [
    ["holdfast simulate hosts.yaml", "who holds the address when this or that is lost"],
    ["holdfast simulate hosts.yaml --strict", "for CI: is one loss too much?"],
    ["holdfast simulate hosts.yaml --json", "every case, for scripts"],
    [
      "holdfast simulate hosts.yaml --placement",
      "with machines where their platform says they are",
    ],
  ],
  placement: [
    ["holdfast placement check hosts.yaml", "who shares a physical host, or a failure domain"],
    ["holdfast placement check hosts.yaml --json", "the same, for scripts"],
    ["holdfast placement apply hosts.yaml -C -D", "which rules would be written, and how"],
    ["holdfast placement apply hosts.yaml --wait 10m", "write them, and wait for the moves"],
  ],
  inventory: [
    ["holdfast inventory hosts.yaml --graph", "groups and their hosts"],
    ["holdfast inventory hosts.yaml --host lb1", "every variable of a host"],
    ["holdfast inventory hosts.yaml --list -l 'lb*'", "as JSON, for scripts"],
  ],
  explain: [
    ["holdfast explain hosts.yaml lb1", "every value of a host, and where it is from"],
    ["holdfast explain hosts.yaml lb1 endpoint.port", "one value"],
  ],
  schema: [
    ["holdfast schema > inventory.schema.json", "then name it in the inventory's first line:"],
    ["# yaml-language-server: $schema=inventory.schema.json", "editors complete and check"],
  ],
  completions: [
    ["source <(holdfast completions bash)", "this bash; in ~/.bashrc every one"],
    ["source <(holdfast completions zsh)", "the same for zsh, behind compinit"],
    ["holdfast completions fish | source", "the same for fish"],
  ],
  help: [
    ["holdfast help apply", "the same as holdfast apply --help"],
    ["holdfast help", "every command"],
  ],
  lab: [
    ["holdfast lab up", "two hosts and three API servers"],
    ["holdfast lab status", "what runs"],
    ["holdfast lab down", "no trace is left"],
  ],
};

/** What an exit code means, for people. A contract: the numbers keep their meaning. */
export const EXIT_MEANINGS: readonly (readonly [code: number, meaning: string])[] = [
  [EXIT.ok, "as wished"],
  [EXIT.usage, "the command line or the inventory is wrong; no host was touched"],
  [
    EXIT.changes,
    "check found something to change; simulate --strict, one loss too many; placement check, a shared host",
  ],
  [
    EXIT.failed,
    "a host, a condition or a drill failed, or a drill could not be measured; placement apply, a shared host",
  ],
  [EXIT.unreachable, "a host could not be reached"],
  [EXIT.stale, "another run works there, or a saved plan no longer fits; nothing was changed"],
  [EXIT.rolledBack, "a change did not work and was undone; the hosts are as they were"],
  [EXIT.bug, "a bug in Holdfast"],
  [EXIT.interrupted, "interrupted"],
];

/** The exit codes that a command can end with and that its users should know. */
export function exitCodes(command: string): readonly number[] {
  const { ok, usage, changes, failed, unreachable, stale, rolledBack } = EXIT;
  switch (command) {
    case "apply":
    case "rollback":
      return [ok, usage, changes, failed, unreachable, stale, rolledBack];
    case "check":
      return [ok, usage, changes, failed, unreachable];
    case "history":
      return [ok, usage, unreachable];
    case "verify":
      return [ok, usage, failed, unreachable];
    case "drill":
      // Interrupting one is nothing rare: it heals.
      return [ok, usage, failed, unreachable, stale, EXIT.interrupted];
    case "simulate":
      return [ok, usage, changes, failed, unreachable];
    case "placement":
      return [ok, usage, changes, failed, unreachable, stale];
    case "lab":
      return [ok, usage, failed];
    default:
      return [ok, usage];
  }
}
