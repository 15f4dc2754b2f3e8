/**
 * What the templates may read, and the one check that every text on its way to them passes.
 * @module
 */
import { addressesOf, alone, bracketed, isSix } from "../addresses.ts";
import { TaskError } from "../errors.ts";
import type { Endpoint, Facts, Member, World } from "../model.ts";
import { connections, derive, type Derived, descriptors, type Instance } from "./derive.ts";
import { family } from "./network.ts";
import { notifyCommand } from "./notify.ts";
import { PATHS, POD_SCRIPT_USER, SCRIPT_USER, STAND_DOWN_FILE } from "./paths.ts";
import { settings } from "./profile.ts";
import type { Daemon } from "./version.ts";
import { assertNewEnough, assertTakesGuide, knows } from "./words.ts";

// What ends a token or starts something else in one of the three languages that are rendered.
const UNSAFE = /[\s\p{C}"'`{}!#$%\\;|&<>*?~^]/u;
// A password stands in keepalived.conf only, alone at the end of its line.
const UNSAFE_PASSWORD = /[\s\p{C}"'{}!#$\\]/u;

/**
 * Returns the text when it is one word in haproxy.cfg, keepalived.conf, a unit and a shell alike.
 * The inventory's grammar is stricter; this is what makes a mistake there harmless.
 * @throws {TaskError} otherwise
 */
export function token(name: string, text: string): string {
  return word(name, text, UNSAFE);
}

/** Everything that the templates of one member may read. @throws {TaskError} */
export function templateData(endpoint: Endpoint, member: Member, world: World): object {
  const derived = derive(endpoint, member, world);
  const address = ip("address", endpoint.address);
  return {
    endpoint: {
      name: token("endpoint name", endpoint.name),
      profile: endpoint.profile,
      address,
      // One socket of IPv6 serves both families.
      ipv6: addressesOf(endpoint).some(isSix),
      urlHost: bracketed(address),
      port: endpoint.port,
    },
    backends: endpoint.backends.map((it) => ({
      name: token("backends[].name", it.name),
      server: `${bracketed(ip("backends[].address", it.address))}:${endpoint.backendPort}`,
    })),
    // Nothing is written where nothing is asked for.
    systemd: { oomScoreAdjust: endpoint.oomScoreAdjust ?? "" },
    get haproxy() {
      return haproxy(endpoint, derived, world.facts.get(member.host.name));
    },
    get vrrp() {
      return vrrp(endpoint, member, derived, world.facts.get(member.host.name));
    },
  };
}

/** What a health script may read. */
export function checkData(endpoint: Endpoint, path: "/alive" | "/ready"): object {
  const { asks, everyMs, limitMs } = settings(endpoint).pulse;
  const stats = token("haproxy.stats", endpoint.haproxy.stats);
  // A listener on all addresses is asked on loopback.
  const authority = stats.replace(/^(\*|0\.0\.0\.0|)(?=:\d+$)/, "127.0.0.1");
  return {
    check: {
      url: `http://${authority}${path}`,
      asks,
      everyMs,
      pacedSeconds: (everyMs + limitMs) / 1000,
      limitSeconds: limitMs / 1000,
      numbers: Array.from({ length: asks }, (_, i) => i + 1).join(" "),
    },
  };
}

function haproxy(endpoint: Endpoint, derived: Derived, facts: Facts | undefined): object {
  const pod = endpoint.pods !== undefined;
  // The image, not the host, decides what is built in; HAProxy's own has what Debian's has.
  const debian = pod || facts === undefined || ["debian", "ubuntu"].includes(facts.os.id);
  const { check, pulse } = settings(endpoint);
  const given = endpoint.haproxy;
  return {
    pod,
    ...connections(endpoint),
    descriptors: descriptors(endpoint).value,
    balance: token("haproxy.balance", derived.balance.value),
    connectTimeout: token(
      "haproxy.connect_timeout",
      given.connectTimeout ?? `${check.connectMs}ms`,
    ),
    queueTimeout: token("haproxy.queue_timeout", given.queueTimeout ?? "10s"),
    clientTimeout: token("haproxy.client_timeout", given.clientTimeout),
    stats: token("haproxy.stats", given.stats),
    accessLog: given.accessLog ?? "tcp",
    verify: endpoint.ca !== undefined,
    caFile: PATHS.ca,
    // Nothing is written where nothing is asked for.
    clientFile: given.checkClient === undefined ? "" : PATHS.checkClient,
    verifyHost: given.verifyHost === undefined
      ? ""
      : token("haproxy.verify_host", given.verifyHost),
    checkPath: token("haproxy.check_path", given.checkPath ?? "/readyz"),
    metricsAt: given.metrics === undefined ? "" : token("haproxy.metrics", given.metrics),
    check,
    pulse,
    knows: wordsOf("haproxy", endpoint, derived),
    // Known to be built in there; elsewhere it would be a configuration error.
    metrics: debian,
    adminSocket: debian ? "/run/haproxy/admin.sock" : "/var/lib/haproxy/stats",
  };
}

function vrrp(
  endpoint: Endpoint,
  member: Member,
  derived: Derived,
  facts: Facts | undefined,
): object {
  const guide = endpoint.profile === "guide";
  const pod = endpoint.pods !== undefined;
  const { alive, ready } = settings(endpoint);
  const { notify } = endpoint.vrrp;
  return {
    name: token("host", member.host.name),
    instances: derived.instances.map(instance),
    state: derived.state.value,
    priority: derived.priority.value,
    weight: derived.weight.value,
    routerId: derived.routerId.value,
    vrrpVersion: derived.vrrpVersion.value,
    advertSeconds: derived.advertMs.value / 1000,
    ...(guide ? { authPass: password(endpoint) } : {}),
    pod,
    scriptUser: pod ? POD_SCRIPT_USER : SCRIPT_USER,
    // It is written by a unit of systemd: where there is none the scripts alone tell.
    trackFile: pod || facts?.init === "openrc" ? "" : PATHS.trackFile,
    standDownFile: pod ? STAND_DOWN_FILE : "",
    aliveScript: PATHS.aliveScript,
    readyScript: PATHS.readyScript,
    notifyScript: notify === undefined ? "" : PATHS.notifyScript,
    notifyCommand: notify === undefined
      ? ""
      : notifyCommand(notify, { host: member.host.name, endpoint: endpoint.name }),
    alive,
    ready,
    knows: wordsOf("keepalived", endpoint, derived),
  };
}

/**
 * What a template asks before it writes a word that not every supported version knows.
 * @throws {TaskError} when the version knows too little for any of it
 */
function wordsOf(daemon: Daemon, { profile }: Endpoint, derived: Derived) {
  const version = derived[daemon].value;
  // The seed's words are what they are.
  if (profile === "guide") assertTakesGuide(daemon, version);
  else assertNewEnough(daemon, version);
  return (word: string) => knows(daemon, version, word);
}

function instance({ family, addresses, interface: { value }, source, peers }: Instance): object {
  return {
    // Named by family alone: Keepalived goes on with an instance whose name it knows.
    name: family === 6 ? "apiserver_v6" : "apiserver",
    interface: token("interface", value),
    source: ip("source", source.value),
    peers: peers.value.map((it) => ip("peers[]", it)),
    addresses: addresses.map((it) => alone(ip("address", it))),
  };
}

function password(endpoint: Endpoint): string {
  const secret = endpoint.vrrp.authPass;
  if (secret === undefined) {
    throw new TaskError(
      `Cannot render "keepalived.conf": profile guide needs "vrrp.auth_pass" of the endpoint`,
    );
  }
  return word("vrrp.auth_pass", secret.reveal(), UNSAFE_PASSWORD, true);
}

function ip(name: string, text: string): string {
  if (family(text) === undefined) {
    throw new TaskError(`Cannot use ${JSON.stringify(text)} as ${name}: it is no IP address`);
  }
  return text;
}

function word(name: string, text: string, unsafe: RegExp, hidden = false): string {
  if (text !== "" && !unsafe.test(text)) return text;
  const shown = hidden ? "the value" : JSON.stringify(text);
  const reason = text === "" ? "it is empty" : "it holds a character that ends or starts something";
  throw new TaskError(`Cannot render ${shown} as ${name}: ${reason}`);
}
