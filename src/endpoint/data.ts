/**
 * What the templates may read, and the one check that every text on its way to them passes.
 * @module
 */
import { addressesOf, alone, bracketed } from "../addresses.ts";
import { TaskError } from "../errors.ts";
import type { Endpoint, Facts, Member, World } from "../model.ts";
import { bindsOf, type Service, servicesOf, speaksSix } from "../services.ts";
import { connections, derive, type Derived, descriptors, type Instance } from "./derive.ts";
import { family } from "./network.ts";
import { notifyCommand } from "./notify.ts";
import { PATHS, POD_SCRIPT_USER, SCRIPT_USER, servicePaths, STAND_DOWN_FILE } from "./paths.ts";
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
  const facts = world.facts.get(member.host.name);
  // Each is read many times by the template that needs it, and not at all by the others.
  const parts = {
    services: once(() => servicesOf(endpoint).map((it) => service(it, speaksSix(endpoint)))),
    haproxy: once(() => haproxy(endpoint, member, derived, facts)),
    vrrp: once(() => vrrp(endpoint, member, derived, facts)),
  };
  const address = ip("address", endpoint.address);
  return {
    endpoint: {
      name: token("endpoint name", endpoint.name),
      profile: endpoint.profile,
      address,
      urlHost: bracketed(address),
      port: endpoint.port,
    },
    backends: servers(endpoint),
    get services() {
      return parts.services();
    },
    // Nothing is written where nothing is asked for.
    systemd: { oomScoreAdjust: endpoint.oomScoreAdjust ?? "" },
    get haproxy() {
      return parts.haproxy();
    },
    get vrrp() {
      return parts.vrrp();
    },
  };
}

/** Makes a value when it is first asked for. */
function once<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => made ??= make();
}

function servers({ backends, backendPort }: Endpoint): object {
  return backends.map((it) => ({
    name: token("backends[].name", it.name),
    server: `${bracketed(ip("backends[].address", it.address))}:${backendPort}`,
  }));
}

/** One service as haproxy.cfg has it: a frontend, and a backend of another name. */
function service(of: Service, six: boolean): object {
  const { name, endpoint } = of;
  const { ca, haproxy: { balance, checkPath, verifyHost, checkClient } } = endpoint;
  const paths = name === undefined ? PATHS : servicePaths(token("also[].name", name));
  for (const address of addressesOf(endpoint)) ip("address", address);
  return {
    frontend: name ?? "apiserver",
    backend: name === undefined ? "api_servers" : `${name}_servers`,
    binds: bindsOf(of, six),
    balance: token(
      "haproxy.balance",
      balance === "auto" ? settings(endpoint).balance : balance,
    ),
    verify: ca !== undefined,
    caFile: paths.ca,
    // Nothing is written where nothing is asked for.
    clientFile: checkClient === undefined ? "" : paths.checkClient,
    verifyHost: verifyHost === undefined ? "" : token("haproxy.verify_host", verifyHost),
    checkPath: token("haproxy.check_path", checkPath ?? "/readyz"),
    backends: servers(endpoint),
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
      // One script serves all services: it is given the name of a further one.
      named: path === "/ready" && servicesOf(endpoint).length > 1,
      asks,
      everyMs,
      pacedSeconds: (everyMs + limitMs) / 1000,
      limitSeconds: limitMs / 1000,
      numbers: Array.from({ length: asks }, (_, i) => i + 1).join(" "),
    },
  };
}

function haproxy(
  endpoint: Endpoint,
  member: Member,
  derived: Derived,
  facts: Facts | undefined,
): object {
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
    metricsAt: given.metrics === undefined ? "" : token("haproxy.metrics", given.metrics),
    check,
    pulse,
    knows: wordsOf("haproxy", endpoint, member, derived),
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
    readiness: readiness(endpoint),
    notifyScript: notify === undefined ? "" : PATHS.notifyScript,
    notifyCommand: notify === undefined
      ? ""
      : notifyCommand(notify, { host: member.host.name, endpoint: endpoint.name }),
    alive,
    ready,
    knows: wordsOf("keepalived", endpoint, member, derived),
  };
}

/** What asks for an API server of each service: with its name, but for the endpoint's own. */
function readiness(endpoint: Endpoint): readonly { name: string; script: string }[] {
  return servicesOf(endpoint).map(({ name }) =>
    name === undefined ? { name: "haproxy_ready", script: PATHS.readyScript } : {
      name: `haproxy_ready_${name}`,
      script: `${PATHS.readyScript} ${token("also[].name", name)}`,
    }
  );
}

/**
 * What a template asks before it writes a word that not every supported version knows.
 * @throws {TaskError} when the version knows too little for any of it
 */
function wordsOf(
  daemon: Daemon,
  { profile, pods }: Endpoint,
  { host }: Member,
  derived: Derived,
) {
  const version = derived[daemon].value;
  const image = { host: host.name, path: ["endpoint", "images", daemon] };
  const setting = pods === undefined ? undefined : image;
  // The seed's words are what they are.
  if (profile === "guide") assertTakesGuide(daemon, version, setting);
  else assertNewEnough(daemon, version, setting);
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
