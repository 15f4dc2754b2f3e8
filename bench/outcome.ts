/**
 * What a run did, by its own word and by that of the hosts, and whether it may be counted. Pure.
 * @module
 */
import { z } from "zod";
import type { Mode, Scenario } from "./rows.ts";

/** What a tool says of its run. */
export interface Said {
  /** How many tasks changed something, on all hosts together. */
  readonly changed: number;
  /** How many hosts it speaks of. */
  readonly hosts: number;
  /** What went wrong, as words. */
  readonly wrong: readonly string[];
  /** Requests that each host was sent; of Holdfast alone. */
  readonly roundTrips?: readonly number[];
}

/** What a host is like. */
export interface HostState {
  /** Everything that the job makes true, word by word. */
  readonly text: string;
  /** Files of the job: path to what is in it. */
  readonly files: ReadonlyMap<string, string>;
  /** Whether it holds the address. */
  readonly holds: boolean;
}

const RECAP = new RegExp(
  String
    .raw`^(\S+)\s+: ok=\d+ +changed=(\d+) +unreachable=(\d+) +failed=(\d+) +skipped=\d+ +rescued=(\d+) +ignored=(\d+)\s*$`,
);

/** Reads the recap of `ansible-playbook`. */
export function ansibleSaid(stdout: string): Said {
  const [, recap = ""] = stdout.split(/^PLAY RECAP \*+$/m);
  const hosts: readonly RegExpExecArray[] = recap.split("\n").flatMap((line) => {
    const found = RECAP.exec(line);
    return found === null ? [] : [found];
  });
  const wrong = hosts.flatMap(([, host = "", , ...counts]) => {
    const names = ["unreachable", "failed", "rescued", "ignored"];
    return names.flatMap((name, i) => counts[i] === "0" ? [] : [`${host}: ${name}`]);
  });
  return {
    changed: hosts.reduce((sum, [, , changed]) => sum + Number(changed), 0),
    hosts: hosts.length,
    wrong,
  };
}

const endSchema = z.object({
  type: z.literal("run-end"),
  exitCode: z.int(),
  hosts: z.record(
    z.string(),
    z.object({
      changed: z.int(),
      failed: z.int(),
      unreachable: z.int(),
      skipped: z.int(),
      roundTrips: z.int(),
    }),
  ),
});

/** Reads the events of Holdfast: a line of JSON each. Without an end nothing is known. */
export function holdfastSaid(jsonl: string): Said {
  const ends = jsonl.split("\n").filter((line) => line.includes('"run-end"'))
    .flatMap((line) => endSchema.safeParse(JSON.parse(line)).data ?? []);
  const hosts = Object.entries(ends.at(-1)?.hosts ?? {});
  return {
    changed: hosts.reduce((sum, [, { changed }]) => sum + changed, 0),
    hosts: hosts.length,
    wrong: hosts.flatMap(([host, { failed, unreachable, skipped }]) => [
      ...(failed > 0 ? [`${host}: failed`] : []),
      ...(unreachable > 0 ? [`${host}: unreachable`] : []),
      ...(skipped > 0 ? [`${host}: skipped`] : []),
    ]),
    roundTrips: hosts.map(([, { roundTrips }]) => roundTrips),
  };
}

/** Reads what `lookText` of hosts.ts prints. */
export function hostState(stdout: string): HostState {
  const lines = stdout.trimEnd().split("\n");
  const files = lines.flatMap((line) => {
    const found = /^([0-9a-f]{64}|CA) {2}(\/.+)$/.exec(line);
    return found === null ? [] : [[found[2] ?? "", found[1] ?? ""] as const];
  });
  return {
    text: lines.filter((line) => !line.startsWith("holds ")).join("\n"),
    files: new Map(files),
    holds: !lines.includes("holds nothing"),
  };
}

/** How many files of all hosts together are not what they were. */
export function filesChanged(before: readonly HostState[], after: readonly HostState[]): number {
  return after.reduce((sum, { files }, i) => {
    const former = before[i]?.files ?? new Map<string, string>();
    const paths = new Set([...former.keys(), ...files.keys()]);
    return sum + [...paths].filter((path) => former.get(path) !== files.get(path)).length;
  }, 0);
}

/** Files of the job on each host. */
export const JOB_FILES: readonly string[] = [
  "/etc/haproxy/haproxy.cfg",
  "/etc/haproxy/kube-ca.crt",
  "/etc/keepalived/check_haproxy_alive.sh",
  "/etc/keepalived/check_haproxy_ready.sh",
  "/etc/keepalived/keepalived.conf",
  "/etc/sysctl.d/60-holdfast-tcp-keepalive.conf",
  "/etc/systemd/system/haproxy.service.d/holdfast.conf",
  "/etc/systemd/system/keepalived.service.d/holdfast-addresses.conf",
  "/etc/systemd/system/keepalived.service.d/holdfast.conf",
];

/** How many files a run has to change on each host, whoever does it. */
const FILES: Readonly<Record<Scenario, number>> = {
  converged: 0,
  check: 0,
  change: 1,
  first: JOB_FILES.length,
};

/** All that tells whether a run may be counted. */
export interface Evidence {
  /** Who did it. */
  readonly mode: Mode;
  /** What there was to do. */
  readonly scenario: Scenario;
  /** How many hosts there are. */
  readonly hosts: number;
  /** The exit code. */
  readonly code: number;
  /** What the tool says. */
  readonly said: Said;
  /** How many files differ from before. */
  readonly files: number;
  /** The hosts afterwards, two of each endpoint after each other. */
  readonly after: readonly HostState[];
  /** What hosts have to be like afterwards; unset: nobody has said yet. */
  readonly wanted?: string;
}

/** Why a run must not be counted; unset: it did the job, the whole job and nothing else. */
export function faultOf(evidence: Evidence): string | undefined {
  const { mode, scenario, hosts, code, said, files, after, wanted } = evidence;
  if (code !== 0) return `${mode} ended with ${code}`;
  // These do no job.
  if (mode === "floor" || mode === "start") return undefined;
  if (said.wrong.length > 0) return `${mode} says ${said.wrong.join(", ")}`;
  if (said.hosts !== hosts) return `${mode} speaks of ${said.hosts} hosts, expected ${hosts}`;
  const expected = FILES[scenario] * hosts;
  if (files !== expected) return `${mode} changed ${files} files, expected ${expected}`;
  const idle = scenario === "converged" || scenario === "check";
  if (idle !== (said.changed === 0)) return `${mode} says that it changed ${said.changed}`;
  const alone = Array.from({ length: hosts / 2 }, (_, i) => after.slice(2 * i, 2 * i + 2))
    .filter((pair) => pair.filter(({ holds }) => holds).length !== 1);
  if (alone.length > 0) return `${alone.length} addresses are not held by exactly one host`;
  if (wanted !== undefined && wanted !== stateText(after)) {
    return `${mode} left the hosts other than those before it did`;
  }
}

/** What all hosts are like, to be compared. */
export function stateText(hosts: readonly HostState[]): string {
  return hosts.map(({ text }) => text).join("\n\n");
}
