/**
 * The files of one member. Which files, where and with which mode follows from the endpoint
 * alone; what is in them may also depend on what is known about the hosts.
 * @module
 */
import { TaskError } from "../errors.ts";
import type { Agreement, Endpoint, FileSpec, HaproxySettings, Member, World } from "../model.ts";
import { type Service, servicesOf } from "../services.ts";
import type { Templates } from "../templates.ts";
import { agreementOf } from "./agreement.ts";
import { checkData, templateData } from "./data.ts";
import { RELOAD_UNITS } from "./needs.ts";
import { PATHS, POD_PATHS, servicePaths } from "./paths.ts";
import { awaitPod, podData } from "./pods.ts";

/** A file that Holdfast owns on a member. */
export interface ManagedFile extends Omit<FileSpec, "content"> {
  /** Which of these the file belongs to. */
  readonly part: "haproxy" | "keepalived" | "systemd" | "pods";
  /** Which daemon reads the file, or is started by it. */
  readonly daemon: "haproxy" | "keepalived";
  /** Handlers to run when it changes. */
  readonly notify: readonly string[];
  /** Whole content. @throws {TaskError} when a value cannot be known or rendered */
  content(world: World): string;
  /** Whether a host has any use for it, by its facts. @default {it has} */
  readonly when?: (world: World) => boolean;
  /** What such a content says that must not differ between members. @default {nothing} */
  readonly agreement?: (content: string) => Agreement;
}

/** Every file of a member, HAProxy's first; manifests of static pods last. */
export function managedFiles(
  endpoint: Endpoint,
  member: Member,
  templates: Templates,
): readonly ManagedFile[] {
  const files = unitFiles(endpoint, member, templates);
  if (endpoint.pods === undefined) return files;
  // No unit reads a drop-in, and nothing is reloaded: a new manifest is a new container.
  const read = files.filter(({ part }) => part !== "systemd").map((it) => ({ ...it, notify: [] }));
  const manifest = (daemon: ManagedFile["daemon"]): ManagedFile => ({
    ...root(POD_PATHS[daemon], "0600"),
    part: "pods",
    daemon,
    notify: [awaitPod(daemon)],
    content: (world) =>
      templates.render(
        `static-pods/${daemon}.yaml`,
        podData(endpoint, daemon, read.filter((it) => it.daemon === daemon), world),
      ),
  });
  return [...read, manifest("haproxy"), manifest("keepalived")];
}

function unitFiles(
  endpoint: Endpoint,
  member: Member,
  templates: Templates,
): readonly ManagedFile[] {
  const guide = endpoint.profile === "guide";
  const rendered = (name: string) => (world: World) =>
    templates.render(name, templateData(endpoint, member, world));
  const check = (path: "/alive" | "/ready") => () =>
    templates.render(`standard/check_haproxy_${path.slice(1)}.sh`, checkData(endpoint, path));
  if (guide) {
    return [
      haproxy(PATHS.haproxy, rendered("guide/haproxy.cfg")),
      // It holds the password.
      { ...spoken(rendered("guide/keepalived.conf"), "0600"), secret: true },
      keepalived(PATHS.guideScript, rendered("guide/check_apiserver.sh"), "0755"),
    ];
  }
  const { vrrp: { notify } } = endpoint;
  return [
    haproxy(PATHS.haproxy, rendered("standard/haproxy.cfg")),
    ...servicesOf(endpoint).flatMap(certificates),
    spoken(rendered("standard/keepalived.conf"), "0644"),
    keepalived(PATHS.aliveScript, check("/alive"), "0755"),
    keepalived(PATHS.readyScript, check("/ready"), "0755"),
    ...(notify === undefined
      ? []
      : [keepalived(PATHS.notifyScript, rendered("standard/notify_state.sh"), "0755")]),
    unit(PATHS.haproxyUnit, rendered("standard/haproxy.service.conf"), "haproxy"),
    unit(PATHS.keepalivedUnit, rendered("standard/keepalived.service.conf"), "keepalived"),
    // It says what to do when Keepalived ends: one that runs goes on, and its clients with it.
    {
      ...unit(PATHS.addressesUnit, rendered("standard/keepalived.addresses.conf"), "keepalived"),
      notify: [RELOAD_UNITS],
    },
  ];
}

/** What HAProxy checks the API servers of one service with. */
function certificates({ name, endpoint }: Service): readonly ManagedFile[] {
  const paths = name === undefined ? PATHS : servicePaths(name);
  const { ca, haproxy: { checkClient } } = endpoint;
  return [
    ...(ca === undefined ? [] : [haproxy(paths.ca, () => pem(ca))]),
    ...(checkClient === undefined ? [] : [client(paths.checkClient, checkClient)]),
  ];
}

/** Paths that another profile, or other settings, would manage: left over, if they exist. */
export function retiredPaths(endpoint: Endpoint): readonly string[] {
  const { ca, checkClient, aliveScript, readyScript, notifyScript } = PATHS;
  const units = [PATHS.haproxyUnit, PATHS.keepalivedUnit, PATHS.addressesUnit];
  if (endpoint.profile === "guide") {
    return [ca, checkClient, aliveScript, readyScript, notifyScript, ...units];
  }
  return [
    PATHS.guideScript,
    ...(endpoint.pods === undefined ? [] : units),
    ...(endpoint.ca === undefined ? [ca] : []),
    ...(endpoint.haproxy.checkClient === undefined ? [checkClient] : []),
    ...(endpoint.vrrp.notify === undefined ? [notifyScript] : []),
  ];
}

/** The same endpoint with every setting that brings a file of its own: for what is true of each. */
export function withEveryFile(endpoint: Endpoint): Endpoint {
  const { ca = "", haproxy, vrrp } = endpoint;
  const unknown = { certificate: "", key: { secret: true, reveal: () => "" } } as const;
  const { checkClient = unknown } = haproxy;
  return {
    ...endpoint,
    ca,
    haproxy: { ...haproxy, checkClient },
    vrrp: { ...vrrp, notify: vrrp.notify ?? [] },
  };
}

/** Every path that a profile may have put in place, those that start something first. */
export function ownPaths(): readonly string[] {
  const { trackFile: _, ...paths } = PATHS;
  return Object.values(paths);
}

type Content = ManagedFile["content"];

function haproxy(path: string, content: Content): ManagedFile {
  const daemon = "haproxy";
  return { ...root(path, "0644"), part: daemon, daemon, notify: [`reload ${daemon}`], content };
}

function keepalived(path: string, content: Content, mode: string): ManagedFile {
  const daemon = "keepalived";
  return { ...root(path, mode), part: daemon, daemon, notify: [`reload ${daemon}`], content };
}

/** The one file of which a part is said to the other members. */
function spoken(content: Content, mode: string): ManagedFile {
  return { ...keepalived(PATHS.keepalived, content, mode), agreement: agreementOf };
}

function unit(path: string, content: Content, daemon: ManagedFile["daemon"]): ManagedFile {
  const notify = [`restart ${daemon}`];
  return { ...root(path, "0644"), part: "systemd", daemon, notify, content, when: readsUnits };
}

function root(path: string, mode: string) {
  return { path, mode, owner: "root", group: "root" };
}

/** Nothing there would read a drop-in of a unit. What is not known is taken for systemd. */
function readsUnits({ host, facts }: World): boolean {
  return facts.get(host)?.init !== "openrc";
}

/** HAProxy refuses a file without its final newline. */
function pem(text: string, what = "CA"): string {
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new TaskError(`Cannot use the ${what} of the endpoint: it holds no PEM certificate`);
  }
  return `${text.trimEnd()}\n`;
}

/** Certificate and key in one file, as every version wants them. HAProxy reads it as root. */
function client(
  path: string,
  { certificate, key }: NonNullable<HaproxySettings["checkClient"]>,
): ManagedFile {
  const content = () => pem(certificate, "client certificate") + `${key.reveal().trimEnd()}\n`;
  return { ...haproxy(path, content), mode: "0600", secret: true };
}
