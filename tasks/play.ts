/**
 * The deployment from top to bottom: the first file to open.
 *
 * Every task says what shall be true of one load balancer. The order is the order in which they
 * are made true. Nothing here runs anything.
 * @module
 */
import { addressesOf } from "../src/addresses.ts";
import { definePlay } from "../src/define.ts";
import { asDeployed, type DeployedFiles } from "../src/endpoint/deployed.ts";
import { openingFor } from "../src/endpoint/firewall.ts";
import { managedFiles, ownPaths, retiredPaths, withEveryFile } from "../src/endpoint/files.ts";
import {
  FORGET_UNITS,
  handlerScripts,
  leavingHandlers,
  packagesFor,
  SCRIPT_USER_COMMENT,
  scriptUser,
} from "../src/endpoint/needs.ts";
import { preflights } from "../src/endpoint/preflight/mod.ts";
import {
  MEMBERS_FILE,
  PATHS,
  POD_PATHS,
  SCRIPT_USER,
  SERVICE_PATTERNS,
  servicePathOf,
  STAND_DOWN_FILE,
} from "../src/endpoint/paths.ts";
import { podHandlers, podKeepers, podStandDown } from "../src/endpoint/pod_moves.ts";
import { keepers, standDown } from "../src/endpoint/rolling.ts";
import { validations } from "../src/endpoint/validations.ts";
import type { FileState } from "../src/file_state.ts";
import type { Endpoint, Member, Play, Task, Validation, World } from "../src/model.ts";
import type { Templates } from "../src/templates.ts";
import { absent } from "./absent.ts";
import { noAddress } from "./address.ts";
import { type FileArgs, fileSet } from "./file.ts";
import { firewall, FIREWALL_PATHS } from "./firewall.ts";
import { memberRecord, type MemberRecordArgs } from "./members.ts";
import { packages } from "./packages.ts";
import { noPod } from "./pods.ts";
import { service } from "./service.ts";
import { sysctl } from "./sysctl.ts";
import { noUser, user } from "./user.ts";
import { vip } from "./vip.ts";

/**
 * Dead clients are found by TCP keepalive, because a watch may be silent for an hour. HAProxy
 * before 2.3 cannot set the times itself, so the kernel's defaults (two hours) must not stand.
 */
const KEEPALIVE: Readonly<Record<string, string>> = {
  "net.ipv4.tcp_keepalive_time": "60",
  "net.ipv4.tcp_keepalive_intvl": "10",
  "net.ipv4.tcp_keepalive_probes": "3",
};

/** Where the sysctl task keeps them. */
const KEEPALIVE_FILE = "/etc/sysctl.d/60-holdfast-tcp-keepalive.conf";

/** The built-in play: HAProxy behind an address that Keepalived moves. */
export function endpointPlay(templates: Templates): Play {
  return definePlay({
    name: "highly available endpoint",
    packages: ["haproxy", "keepalived"],

    tasks: (endpoint, member) => {
      if (member.absent) return leavingTasks(endpoint);
      const files = managedFiles(endpoint, member, templates);
      // A set is tagged as its task is, and each file in it with its daemon's name.
      const of = (part: string) =>
        files.filter((file) => file.part === part)
          .map((file) => ({ ...file, tags: [file.daemon] }));
      const account = scriptUser(endpoint);
      const guide = endpoint.profile === "guide";
      return [
        packages(packagesFor(endpoint), { tags: ["packages"] }),
        ...(account === undefined ? [] : [
          user({ name: account, comment: SCRIPT_USER_COMMENT }, {
            tags: ["system", "keepalived"],
          }),
        ]),
        ...(guide
          ? []
          : [sysctl({ name: "tcp-keepalive", settings: KEEPALIVE }, { tags: ["system"] })]),
        ...(of("systemd").length === 0
          ? []
          : [fileSet({ name: "systemd drop-ins", files: of("systemd") }, { tags: ["config"] })]),
        // One set: the daemons must accept all of it before any of it moves.
        fileSet({
          name: "haproxy and keepalived",
          files: [...of("haproxy"), ...of("keepalived")],
          validations: validations(endpoint),
        }, { tags: ["config"] }),
        // What another profile left behind, once nothing refers to it any more.
        absent({
          paths: [...retiredPaths(endpoint), ...(guide ? [KEEPALIVE_FILE] : [])],
          // Of services that the inventory names no more.
          patterns: SERVICE_PATTERNS,
          except: files.map(({ path }) => path),
        }, {
          name: "no leftovers of another profile",
          notify: guide && endpoint.pods === undefined
            ? ["restart haproxy", "restart keepalived"]
            : [],
          tags: ["config", "cleanup"],
        }),
        // Before anything listens or speaks that would not be heard.
        firewallOf(endpoint, member),
        ...(endpoint.pods === undefined ? runningUnits() : runningPods(of("pods"))),
        memberRecord(recordOf(endpoint), { tags: ["system"] }),
      ] satisfies Task[];
    },

    handlers: ({ pods }, { absent }) =>
      absent ? leavingHandlers() : pods === undefined ? handlerScripts() : podHandlers(),
    checks: (endpoint) => [vip(endpoint)],
    preflights,
    keeps: ({ pods }) => pods === undefined ? keepers() : podKeepers(),
    standDown: (endpoint, { absent }) =>
      endpoint.pods === undefined || absent ? standDown(endpoint) : podStandDown(endpoint),
  });
}

/** The daemons as units: HAProxy first, Keepalived watches it. */
function runningUnits(): readonly Task[] {
  return [
    service({ name: "haproxy", enabled: true, running: true }, {
      tags: ["services", "haproxy"],
    }),
    service({ name: "keepalived", enabled: true, running: true }, {
      tags: ["services", "keepalived"],
      joins: true,
    }),
  ];
}

/** The daemons as static pods: a manifest is all that the kubelet wants. */
function runningPods(files: readonly FileArgs[]): readonly Task[] {
  return [
    // Part of every change of a configuration: without it no container reads the new one.
    fileSet({ name: "static pods haproxy, keepalived", files }, { tags: ["config", "services"] }),
    // Left by a run that was cut off, it would keep the member out for good.
    absent({ paths: [STAND_DOWN_FILE] }, {
      name: "takes part in the service",
      tags: ["services", "keepalived"],
      joins: true,
    }),
  ];
}

/** What lay at a path before a run; a file that was not there has no content. */
export interface Former {
  /** The path. */
  readonly path: string;
  /** What it was. */
  readonly state: FileState;
}

/**
 * The play that brings back what hosts remember of the time before a run: the same files in the same
 * order of things, tested by the same daemons. Packages and accounts stay as they are.
 * @throws {TaskError} while it is planned, for a host on which nothing was deployed before that run
 */
export function rollbackPlay(
  templates: Templates,
  run: string,
  former: ReadonlyMap<string, readonly Former[]>,
): Play {
  const play = endpointPlay(templates);
  return definePlay({
    ...play,
    name: `as before run ${run}`,
    // What stood there before is known to work, and is not what the inventory describes.
    preflights: () => [],
    // The conditions are those of what was deployed then, whatever the inventory says now.
    checks: (endpoint) => play.checks(asDeployed(endpoint, filesOf(endpoint, former))),
    tasks: (endpoint, member) => {
      const all = former.get(member.host.name) ?? [];
      // These follow from the rest, and who writes them has the rules in the kernel changed too.
      const known = all.filter(({ path }) => !FIREWALL_PATHS.includes(path));
      const roles = rolesOf(endpoint, member, templates);
      const roleOf = (path: string) => roles.get(path) ?? roles.get(likeIt(path));
      const files = known.flatMap(({ path, state }) => {
        const { content, mode, owner, group } = state;
        if (content === undefined) return [];
        const given = { ...(mode && { mode }), ...(owner && { owner }), ...(group && { group }) };
        return [{ path, content, ...given, ...roleOf(path) }];
      });
      const gone = known.flatMap(({ path, state }) => state.kind === "absent" ? [path] : []);
      const notify = gone.flatMap((path) => roleOf(path)?.notify ?? []);
      const tested = known.some(({ path }) => /^\/etc\/(haproxy|keepalived)\//.test(path));
      const name = `as before run ${run}`;
      const set = { name, files, validations: tested ? ofAnyProfile(endpoint) : [] };
      return [
        ...(files.length === 0 ? [] : [fileSet(set)]),
        ...(gone.length === 0
          ? []
          : [absent({ paths: gone }, { name: `nothing that came with run ${run}`, notify })]),
        ...(all.length === 0
          ? []
          : [firewallOf(asDeployed(endpoint, filesOf(endpoint, former)), member)]),
      ];
    },
  });
}

/** The former files of a member that has some: all members had the same in what counts here. */
function filesOf(
  { members }: Endpoint,
  former: ReadonlyMap<string, readonly Former[]>,
): DeployedFiles {
  const all = members.flatMap(({ host }) => former.get(host.name) ?? []);
  const content = (path: string) =>
    all.find((it) => it.path === path && it.state.content !== undefined)?.state.content;
  const [haproxy, keepalived] = [content(PATHS.haproxy), content(PATHS.keepalived)];
  return {
    ...(haproxy === undefined ? {} : { haproxy }),
    ...(keepalived === undefined ? {} : { keepalived }),
  };
}

type Role = Pick<ReturnType<typeof managedFiles>[number], "notify" | "agreement" | "secret">;

/** What is known about every path that any profile manages: handlers, secrets, what must agree. */
function rolesOf(endpoint: Endpoint, member: Member, templates: Templates) {
  // The guide's last: its file has a password in it, and which one lay there is not known.
  const profiles = ["standard", "guide"] as const;
  const every = withEveryFile(endpoint);
  return new Map(
    profiles.flatMap((profile) => managedFiles({ ...every, profile }, member, templates))
      .map(({ path, notify, agreement, secret }): [string, Role] => [path, {
        notify,
        ...(agreement === undefined ? {} : { agreement }),
        ...(secret === undefined ? {} : { secret }),
      }]),
  );
}

/** The file of the endpoint that plays the same part as that of a service, whichever it was. */
function likeIt(path: string): string {
  const of = servicePathOf(path);
  return of === undefined ? path : PATHS[of];
}

/** Which profile the former files are of is not known: the daemons may accept them as any. */
function ofAnyProfile(endpoint: Endpoint): Validation[] {
  const [own, guide] = [endpoint.profile, "guide"].map((profile) =>
    validations({ ...endpoint, profile: profile as Endpoint["profile"] })
  );
  return (own ?? []).map(({ name, script }) => {
    const other = guide?.find((it) => it.name === name);
    return {
      name,
      script: other === undefined ? script : `( ${script}\n) || ( ${other.script}\n)`,
    };
  });
}

/** What comes in through a member's firewall; with `firewall: none` nothing of ours. */
function firewallOf(endpoint: Endpoint, member: Member): Task {
  const opening = (world: World) => openingFor(endpoint, member, world);
  return firewall(endpoint.firewall === "none" ? {} : { opening }, { tags: ["firewall"] });
}

/** What every member remembers of the others. */
function recordOf(endpoint: Endpoint): MemberRecordArgs {
  const { name, address, members, leaving = [] } = endpoint;
  return {
    path: MEMBERS_FILE,
    endpoint: { name, address },
    members: members.map(({ host }) => ({ name: host.name, address: host.address })),
    leaving: leaving.map(({ host }) => host.name),
  };
}

/**
 * What is true of a host that has left, in the order in which it lets go: the address first, said
 * goodbye to, so that another member has it at once; then what answered on it; then the files that
 * would bring it back. Packages stay: who else uses them, nobody can tell.
 */
function leavingTasks(endpoint: Endpoint): readonly Task[] {
  const pods = endpoint.pods !== undefined;
  const stopped = (name: "haproxy" | "keepalived") => pods ? noPods(name) : [noUnit(name)];
  return [
    ...stopped("keepalived"),
    ...addressesOf(endpoint).map((address) =>
      noAddress({ address, service: "keepalived", pod: pods }, { tags: ["system", "keepalived"] })
    ),
    ...stopped("haproxy"),
    // Nothing is left that they were for.
    firewall({}, { tags: ["firewall"] }),
    absent({
      paths: [...ownPaths(), ...(pods ? [STAND_DOWN_FILE] : []), KEEPALIVE_FILE],
      patterns: SERVICE_PATTERNS,
    }, {
      name: "no files of the endpoint",
      notify: pods ? [] : [FORGET_UNITS],
      tags: ["config", "cleanup"],
    }),
    noUser({ name: SCRIPT_USER, comment: SCRIPT_USER_COMMENT }, { tags: ["system", "keepalived"] }),
    absent({ paths: [MEMBERS_FILE] }, { name: "no record of members", tags: ["system"] }),
  ];
}

function noUnit(name: "haproxy" | "keepalived"): Task {
  return service({ name, enabled: false, running: false }, { tags: ["services", name] });
}

/** Without its manifest the kubelet ends a pod, and does not start it again. */
function noPods(name: "haproxy" | "keepalived"): readonly Task[] {
  const tags = ["services", name];
  return [
    absent({ paths: [POD_PATHS[name]] }, { name: `no static pod ${name}`, tags }),
    noPod({ name }, { tags }),
  ];
}
