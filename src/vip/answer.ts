/**
 * What one load balancer is asked about the address, and how its answer is read. Text only.
 * @module
 */
import { addressesOf, alone, bracketed } from "../addresses.ts";
import { POD_WORDS } from "../kubelet.ts";
import type { Endpoint, ExecResult, Piece } from "../model.ts";
import { SERVICE_WORDS } from "../openrc.ts";
import { type Service, servicesOf, speaksSix } from "../services.ts";
import { raw, sh } from "../shell.ts";
import { askActive } from "../units.ts";
import { listening } from "./listening.ts";

/** What one load balancer says of itself. */
export interface Answer {
  /** Virtual addresses that it has. */
  readonly holds: readonly string[];
  /** HAProxy runs. */
  readonly haproxy: boolean;
  /** Keepalived runs. */
  readonly keepalived: boolean;
  /** It has static pods and no kubelet that would start them, and none runs: before its control plane. */
  readonly waits: boolean;
  /** What it says of every service, in their order. */
  readonly services: readonly ServiceAnswer[];
}

/** What one load balancer says of one service. */
export interface ServiceAnswer {
  /** Something listens where its clients connect to. */
  readonly listens: boolean;
  /** How many of its API servers answer this host directly with 200; unset: nothing could tell. */
  readonly backends: number | undefined;
  /** HTTP status by the virtual address; `000`: no answer; unset: not asked. */
  readonly through: ReadonlyMap<string, string>;
}

/**
 * Asks one load balancer. In the corrected profiles its own HAProxy knows which API servers answer
 * it: that is a real request over TLS, verified with the cluster's CA, and asking for the result on
 * loopback costs a tenth of asking the servers again. The seed document's HAProxy does not check
 * anything, so there they are asked directly. All requests leave at once from one curl, so that dead
 * servers cost one time limit and not one each.
 *
 * A host that holds an address asks through it too only when there is no other: from a host that
 * does not, the request crosses the network as a client's does. Certificates are not verified here:
 * the question is who answers, and no secret is sent. Without `--cacert /dev/null` curl would read
 * the system's authorities all the same, which takes longer than the rest.
 */
export function vipProbe(endpoint: Endpoint): string {
  return textOf(endpoint, endpoint.pods === undefined ? UNITS : PODS);
}

/** The same in pieces: that its services run is asked of systemd with what tasks ask there. */
export function vipPieces(endpoint: Endpoint): readonly Piece[] {
  if (endpoint.pods !== undefined) return [vipProbe(endpoint)];
  return [textOf(endpoint, ":"), ...["haproxy", "keepalived"].map(askActive)];
}

function textOf(endpoint: Endpoint, running: string): string {
  const outputs = (urls: readonly string[]) => urls.flatMap((url) => ["-o", "/dev/null", url]);
  const services = servicesOf(endpoint);
  const counting = endpoint.profile === "guide"
    ? sh`set -- "$@" ${outputs(direct(endpoint))}`
    : sh`set -- "$@" ${services.map(countUrl)}`;
  return sh`set --
${raw(addressesOf(endpoint).map((address) => holding(address, endpoint, services)).join("\n"))}
${raw(running)}
${raw(services.map((it) => listening(it, speaksSix(endpoint))).join("\n"))}
if command -v curl >/dev/null 2>&1; then
  ${raw(counting)}
  curl -q -s --insecure --cacert /dev/null --noproxy '*' --parallel --parallel-immediate --connect-timeout 1 --max-time 3 \
    -w '\nhttp %{http_code} %{url_effective}\n' "$@"
fi
:`;
}

const UNITS = sh`${SERVICE_WORDS}
systemctl is-active haproxy keepalived 2>/dev/null | { read -r haproxy; read -r keepalived
  echo "haproxy $haproxy"; echo "keepalived $keepalived"; }`;

// No systemd knows of them: the process table does.
const PODS = sh`${POD_WORDS}
for daemon in haproxy keepalived; do
  if [ -n "$(pod_pids $daemon)" ]; then echo "$daemon active"; else echo "$daemon inactive"; fi
done
if ! kubelet_runs; then echo "kubelet inactive"; fi`;

/** Says when the host holds an address, and else lists what is asked through it. */
function holding(address: string, endpoint: Endpoint, services: readonly Service[]): string {
  const urls = services.filter((it) => addressesOf(it.endpoint).includes(address))
    .flatMap((it) => ["-o", "/dev/null", through(address, it.endpoint)]);
  const ask = sh`set -- "$@" ${urls}`;
  return sh`if [ -n "$(ip -o addr show to ${alone(address)} 2>/dev/null)" ]; then
  echo ${`holds ${address}`}
  ${raw(endpoint.members.length === 1 ? ask : ":")}
else ${raw(ask)}; fi`;
}

/** What the API servers of a service are asked for. */
export const pathOf = ({ profile, haproxy }: Endpoint): string =>
  // The seed document's HAProxy is not told what to ask for.
  (profile === "guide" ? undefined : haproxy.checkPath) ?? "/readyz";
/** Where the checks show a certificate, one that asks without is told that it is nobody: it answers. */
export const wellAs = ({ profile, haproxy }: Endpoint): readonly string[] =>
  profile === "guide" || haproxy.checkClient === undefined ? ["200"] : ["200", "401", "403"];
const through = (address: string, endpoint: Endpoint) =>
  `https://${bracketed(address)}:${endpoint.port}${pathOf(endpoint)}`;
const direct = ({ backends, backendPort }: Endpoint) =>
  backends.map(({ address }) => `https://${bracketed(address)}:${backendPort}/readyz`);
const countUrl = ({ name, endpoint: { haproxy } }: Service) =>
  `http://${haproxy.stats}/backends${name === undefined ? "" : `/${name}`}`;

/** Reads what a load balancer answered to {@link vipProbe}. */
export function readAnswer({ stdout }: ExecResult, endpoint: Endpoint): Answer {
  const lines = stdout.split("\n");
  const http = new Map(
    lines.filter((line) => line.startsWith("http ")).map((line) => {
      const [, code = "000", url = ""] = line.split(" ");
      return [url, code] as const;
    }),
  );
  return {
    holds: addressesOf(endpoint).filter((address) => lines.includes(`holds ${address}`)),
    haproxy: lines.includes("haproxy active"),
    keepalived: lines.includes("keepalived active"),
    waits: ["kubelet", "haproxy", "keepalived"].every((it) => lines.includes(`${it} inactive`)),
    services: servicesOf(endpoint).map((it) => ofService(it, lines, http)),
  };
}

function ofService(
  { name, endpoint }: Service,
  lines: readonly string[],
  http: ReadonlyMap<string, string>,
): ServiceAnswer {
  const count = name === undefined
    ? lines.find((line) => /^\d+$/.test(line))
    : lines.find((line) => line.startsWith(`${name} `) && /^\S+ \d+$/.test(line))?.split(" ")[1];
  const urls = direct(endpoint).filter((url) => http.has(url));
  const answering = urls.filter((url) => http.get(url) === "200").length;
  const counted = endpoint.profile === "guide"
    ? (urls.length === 0 ? undefined : answering)
    : (count === undefined ? undefined : Number(count));
  return {
    listens: lines.includes(name === undefined ? "listens" : `listens ${name}`),
    backends: counted,
    through: new Map(
      addressesOf(endpoint).flatMap((address) => {
        const status = http.get(through(address, endpoint));
        return status === undefined ? [] : [[address, status]];
      }),
    ),
  };
}
