/**
 * Which proxies of a haproxy.cfg stand in front of API servers: a file may have others too. Pure.
 * @module
 */
import { addressesOf } from "../../configs/haproxy_address.ts";
import type { HaproxyFile, Line, Word } from "../../configs/model.ts";
import {
  isOn,
  lineOf,
  linesOf,
  matching,
  modeOf,
  paramsOf,
  proxiesOf,
  type Proxy,
  type Server,
  serversOf,
} from "../../configs/proxies.ts";
import { remembered } from "../../remembered.ts";
import type { Node, Subject } from "../model.ts";

/** A backend or listen section with API servers. */
export interface Pool {
  /** The load balancer. */
  readonly node: Node;
  /** Its haproxy.cfg. */
  readonly haproxy: HaproxyFile;
  /** The backend or listen section. */
  readonly proxy: Proxy;
  /** Its servers, one at least. */
  readonly servers: readonly Server[];
  /** The frontends that send clients there; a listen section is its own. */
  readonly fronts: readonly Proxy[];
}

/** Not any name with k8s in it: the same file may lead to an ingress. */
const NAME =
  /api[-_]?server|(?:k8s|kube|kubernetes)[-_]?(?:api|masters?|control|cp)\b|control[-_]?plane|^(?:k8s|kube|kubernetes|masters?)$/i;
const API_PORT = 6443;

/** Checks that somebody may mean for an API server; others belong to databases and the like. */
const OF_API: ReadonlySet<string> = new Set(["httpchk", "ssl-hello-chk", "tcp-check"]);

/** The haproxy.cfg of every load balancer that has one. */
export function* files({ nodes }: Subject): Generator<{ node: Node; haproxy: HaproxyFile }> {
  for (const node of nodes) if (node.haproxy) yield { node, haproxy: node.haproxy };
}

/**
 * Every pool of API servers: by the port of a server, by its name, or because it is the only one of
 * its file and in mode tcp.
 */
export const pools: (subject: Subject) => readonly Pool[] = remembered((subject) => [
  ...poolsIn(subject),
]);

function* poolsIn(subject: Subject): Generator<Pool> {
  for (const { node, haproxy } of files(subject)) {
    const proxies = proxiesOf(haproxy);
    const all = proxies.map((proxy) => ({ proxy, servers: serversOf(proxy) }))
      .filter(({ servers }) => servers.length > 0);
    for (const { proxy, servers } of all) {
      const only = all.length === 1 && modeOf(proxy).mode === "tcp" &&
        checksOf(proxy).every(({ kind }) => OF_API.has(kind));
      if (!only && !NAME.test(proxy.name) && !servers.some(isApi)) continue;
      yield { node, haproxy, proxy, servers, fronts: frontsOf(proxy, proxies) };
    }
  }
}

function isApi({ address }: Server): boolean {
  return addressesOf(address).some(({ port }) => port === API_PORT);
}

function frontsOf(pool: Proxy, proxies: readonly Proxy[]): readonly Proxy[] {
  if (pool.kind === "listen") return [pool];
  return proxies.filter((it) =>
    it.kind !== "backend" &&
    [...linesOf(it, "default_backend"), ...linesOf(it, "use_backend")]
      .some(({ words }) => words[1]?.text === pool.name)
  );
}

/** Words that hold for a server, its defaults put in. */
export function paramsIn({ proxy }: Pool, server: Server): readonly Word[] {
  return paramsOf(proxy, server);
}

/** The servers that are checked at all. */
export function checkedIn(pool: Pool): readonly Server[] {
  return pool.servers.filter((it) => isOn(paramsIn(pool, it), "check"));
}

/** Options that choose a kind of check. */
export const CHECKS = [
  "external-check",
  "httpchk",
  "ldap-check",
  "mysql-check",
  "pgsql-check",
  "redis-check",
  "smtpchk",
  "spop-check",
  "ssl-hello-chk",
  "tcp-check",
] as const;

/** Every `option …chk` of the nearest section that has one. The last one counts. */
export function checksOf(proxy: Proxy): readonly { readonly kind: string; readonly line: Line }[] {
  for (const section of [proxy.section, ...proxy.defaults]) {
    const own = matching(section, ["option"]).flatMap((line) => {
      const kind = CHECKS.find((it) => it === line.words[1]?.text);
      return kind ? [{ kind, line }] : [];
    });
    if (own.length > 0) return own;
  }
  return [];
}

/** Whether a check goes to the port that clients are sent to, and that one speaks TLS. */
export function checksTlsPort({ proxy }: Pool, { address, params }: Server): boolean {
  const elsewhere = params.some(({ text }) => text === "port" || text === "addr") ||
    linesOf(proxy, "http-check", "connect").some((it) => has(it, "port") || has(it, "addr"));
  return !elsewhere && addressesOf(address).every(({ port }) => !PLAIN_PORTS.has(port));
}

/** Ports on which API servers of old answered in plain HTTP. */
const PLAIN_PORTS: ReadonlySet<number> = new Set([80, 8001, 8080]);

/** Whether the check of a server speaks TLS. */
export function checksOverTls(pool: Pool, server: Server): boolean {
  const params = paramsIn(pool, server);
  if (linesOf(pool.proxy, "http-check", "connect").some((it) => has(it, "ssl"))) return true;
  if (params.some(({ text }) => text === "no-check-ssl")) return isOn(params, "check-ssl");
  return isOn(params, "check-ssl") || isOn(params, "ssl");
}

/** Whether a line has this word behind its keyword. */
export function has({ words }: Line, word: string): boolean {
  return words.some(({ text }, i) => i > 0 && text === word);
}

/** `backend "apiserver"`, for messages. */
export function called({ kind, name }: Proxy): string {
  return `${kind} "${name}"`;
}

/** `a`, `a and b`, `a, b and c`, for messages. */
export function joined(names: readonly string[]): string {
  const rest = names.slice(0, -1);
  const last = names.at(-1) ?? "";
  return rest.length === 0 ? last : `${rest.join(", ")} and ${last}`;
}

/** `"m1"`, `"m1" and "m2"`, `"m1", "m2" and "m3"`, for messages. */
export function listed(names: readonly string[]): string {
  return joined([...new Set(names)].map((it) => `"${it}"`));
}

/** A time, for messages: `0.5 s`, `30 s`, `5 min`. */
export function seconds(ms: number): string {
  const minutes = ms / 60_000;
  return ms >= 120_000 && Number.isInteger(minutes)
    ? `${minutes} min`
    : `${Number((ms / 1000).toFixed(3))} s`;
}

/** The last value of a setting with two words, `timeout client`. */
export function timeoutOf(proxy: Proxy, name: string): Word | undefined {
  return lineOf(proxy, "timeout", name)?.words[2];
}
