import { addressesOf } from "../../addresses.ts";
import type { Endpoint, Preflight } from "../../model.ts";
import { type Service, servicesOf, speaksSix } from "../../services.ts";
import { POD_WORDS } from "../../kubelet.ts";
import { raw, sh } from "../../shell.ts";
import { concernsHaproxy } from "./concerns.ts";
import { type Found, merged, rows } from "./judged.ts";

/** A port that HAProxy is to listen on. */
interface Wanted {
  /** What it is for, for people. */
  readonly what: string;
  /** The key of the inventory that moves it. */
  readonly key: string;
  /** Address; unset: all of them. */
  readonly address?: string;
  /** Port. */
  readonly port: string;
}

/** Are the ports that HAProxy is to listen on free, or its own already? */
export function port(endpoint: Endpoint): Preflight {
  const wanted = wantedBy(endpoint);
  return {
    name: "port",
    waits: false,
    concerns: concernsHaproxy,
    probe: () => probe(wanted, endpoint.pods === undefined ? UNIT : POD),
    judge: (answers) => {
      const found = [...answers].flatMap(([host, { stdout }]) =>
        judge(host, stdout, wanted, endpoint)
      );
      return { findings: merged(found) };
    },
  };
}

function wantedBy(endpoint: Endpoint): readonly Wanted[] {
  const { haproxy: { stats }, profile } = endpoint;
  const own = servicesOf(endpoint).flatMap(ofService);
  if (profile === "guide") return own;
  const colon = stats.lastIndexOf(":");
  const address = stats.slice(0, colon).replace(/^\[|\]$/g, "");
  return [...own, {
    what: "its health checks",
    key: "haproxy: { stats }",
    address,
    port: stats.slice(colon + 1),
  }];
}

/** Where it listens for one service: everywhere, or at the service's addresses alone. */
function ofService({ name, endpoint, bound }: Service): readonly Wanted[] {
  const what = name === undefined ? "the endpoint" : `service ${name}`;
  const key = name === undefined ? "port" : `also: [{ name: ${name}, port }]`;
  const wanted = { what, key, port: `${endpoint.port}` };
  return bound ? addressesOf(endpoint).map((address) => ({ ...wanted, address })) : [wanted];
}

// A socket is HAProxy's own when its process is the main one of haproxy.service, or a worker of that.
const UNIT = sh`main=$(systemctl show -p MainPID --value haproxy.service 2>/dev/null)
parent() { while read -r key value; do [ "$key" != PPid: ] || echo "$value"; done <"/proc/$1/status"; }
own() { [ "\${main:-0}" != 0 ] && { [ "$1" = "$main" ] || [ "$(parent "$1" 2>/dev/null)" = "$main" ]; }; }`;

// Or, with static pods, when it is a HAProxy that a kubelet runs.
const POD = sh`${POD_WORDS}
own() { pod_pids haproxy | grep -qx "$1"; }`;

function probe(wanted: readonly Wanted[], own: string): string {
  return sh`command -v ss >/dev/null 2>&1 || { echo "needs ss"; exit; }
${raw(own)}
for port in ${[...new Set(wanted.map((it) => it.port))]}; do
  ss -Hltnp "sport = :$port" | while read -r _ _ _ at _ users; do
    pid=\${users#*pid=} pid=\${pid%%[!0-9]*} name=\${users#*'(("'} name=\${name%%'"'*}
    if [ -n "$pid" ] && own "$pid"; then continue; fi
    echo "listens $at \${pid:--} \${name:--}"
  done
done`;
}

function judge(
  host: string,
  stdout: string,
  wanted: readonly Wanted[],
  endpoint: Endpoint,
): Found[] {
  if (stdout.startsWith("needs ss")) {
    return [{ severity: "note", host, message: "whether its ports are free: needs ss (iproute2)" }];
  }
  const six = speaksSix(endpoint);
  return rows(stdout, "listens").flatMap(([at = "", pid = "-", name = "-"]): Found[] => {
    const one = wanted.find((it) => at.endsWith(`:${it.port}`) && collide(it, at, six));
    if (one === undefined) return [];
    const by = pid === "-" ? "another program" : `${name} (process ${pid})`;
    return [{
      severity: "error",
      host,
      message: `port ${one.port} of ${one.what} is taken: ${by} listens on ${at}`,
      hint: `${name === "haproxy" ? otherForm(endpoint) : ""}stop it, or set another "${one.key}"`,
    }];
  });
}

/** What is taken may be the endpoint's own, as the other form of it has it: it serves clients. */
function otherForm({ pods }: Endpoint): string {
  const [form, mode] = pods === undefined
    ? ["a static pod", 'with "mode: static-pods"']
    : ["a service", 'without "mode: static-pods"'];
  return `where Holdfast has deployed it as ${form}, apply "state: absent" ${mode} first; else `;
}

/** Whether two sockets cannot be there at once; `*` is every address of both families. */
function collide({ address }: Wanted, at: string, six: boolean): boolean {
  const other = at.slice(0, at.lastIndexOf(":")).replace(/%.*/, "").replace(/^\[|\]$/g, "");
  const every = other === "*" || other === (address?.includes(":") ? "::" : "0.0.0.0");
  if (address !== undefined) return every || other === address;
  return every || six || !other.includes(":");
}
