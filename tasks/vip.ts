import { addressesOf, alone, bracketed, isSix } from "../src/addresses.ts";
import type { Endpoint, ExecResult, GroupCheck, Verdict } from "../src/model.ts";
import { POD_WORDS } from "../src/kubelet.ts";
import { SERVICE_WORDS } from "../src/openrc.ts";
import { raw, sh } from "../src/shell.ts";

/** How long an election and the first health checks may take after a change. */
const DEADLINE_MS = 30_000;

/** What one load balancer says of itself. */
interface Answer {
  /** Virtual addresses that it has. */
  readonly holds: readonly string[];
  readonly haproxy: boolean;
  readonly keepalived: boolean;
  /** It has static pods and no kubelet that would start them, and none runs: before its control plane. */
  readonly waits: boolean;
  /** Something listens on the endpoint's port. */
  readonly listens: boolean;
  /** How many API servers answer this host directly with 200; unset: nothing could tell. */
  readonly backends: number | undefined;
  /** HTTP status by the virtual address; `000`: no answer; unset: not asked. */
  readonly through: ReadonlyMap<string, string>;
}

/**
 * The condition that everything else is for: the address is held by exactly one host, HAProxy
 * lives on all of them, and, when at least one API server answers a load balancer directly, the
 * endpoint answers through the address. With none up yet it holds all the same, and says so: the
 * endpoint must exist before the first API server does. Of several addresses all must be held, by
 * the same host, and answer.
 */
export function vip(endpoint: Endpoint): GroupCheck {
  const hosts = endpoint.members.map(({ host }) => host.name);
  const leaving = (endpoint.leaving ?? []).map(({ host }) => host.name);
  return {
    kind: "vip",
    name: `vip ${addressesOf(endpoint).join(", ")}`,
    hosts: [...hosts, ...leaving],
    deadlineMs: DEADLINE_MS,
    probe: () => probe(endpoint),
    judge: (answers, strict) => {
      const stays = stillThere(endpoint, leaving, answers);
      const found = hosts.length === 0
        ? { ok: true, message: "held by no host, as it shall be" }
        : judge(endpoint, hosts, answers, strict ?? false);
      if (stays.length === 0) return found;
      const said = hosts.length === 0 ? stays : [found.message, ...stays];
      // The address moves among those that leave until the last of them has.
      const moving = stays.map((text) =>
        text.replace(/^\S+, which is to leave, holds/, "one of those that leave holds")
      );
      const faults = [...new Set([...found.faults ?? [], ...moving])];
      return { ...found, ok: false, message: said.join(", "), faults };
    },
  };
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
function probe(endpoint: Endpoint): string {
  const outputs = (urls: readonly string[]) => urls.flatMap((url) => ["-o", "/dev/null", url]);
  const counting = endpoint.profile === "guide"
    ? sh`set -- "$@" ${outputs(direct(endpoint))}`
    : sh`set -- "$@" ${countUrl(endpoint)}`;
  return sh`set --
${raw(addressesOf(endpoint).map((address) => holding(address, endpoint)).join("\n"))}
${raw(endpoint.pods === undefined ? UNITS : PODS)}
if grep -q ${listening(endpoint)} ${socketTables(endpoint)} 2>/dev/null; then echo listens; fi
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
function holding(address: string, endpoint: Endpoint): string {
  const ask = sh`set -- "$@" -o /dev/null ${through(address, endpoint)}`;
  return sh`if [ -n "$(ip -o addr show to ${alone(address)} 2>/dev/null)" ]; then
  echo ${`holds ${address}`}
  ${raw(endpoint.members.length === 1 ? ask : ":")}
else ${raw(ask)}; fi`;
}

/** Where to look: a socket of IPv6 takes connections of both families, one of IPv4 its own alone. */
function socketTables(endpoint: Endpoint): readonly string[] {
  return addressesOf(endpoint).some(isSix)
    ? ["/proc/net/tcp6"]
    : ["/proc/net/tcp", "/proc/net/tcp6"];
}

/** What the kernel's table of sockets says of one that listens (state 0A) on the port. */
function listening({ port }: Endpoint): string {
  return `:${port.toString(16).toUpperCase().padStart(4, "0")} [0-9A-F]*:0000 0A`;
}

// The seed document's HAProxy is not told what to ask for.
const pathOf = ({ profile, haproxy }: Endpoint) =>
  (profile === "guide" ? undefined : haproxy.checkPath) ?? "/readyz";
/** Where the checks show a certificate, one that asks without is told that it is nobody: it answers. */
const wellAs = ({ profile, haproxy }: Endpoint) =>
  profile === "guide" || haproxy.checkClient === undefined ? ["200"] : ["200", "401", "403"];
const through = (address: string, endpoint: Endpoint) =>
  `https://${bracketed(address)}:${endpoint.port}${pathOf(endpoint)}`;
const direct = ({ backends, backendPort }: Endpoint) =>
  backends.map(({ address }) => `https://${bracketed(address)}:${backendPort}/readyz`);
const countUrl = ({ haproxy }: Endpoint) => `http://${haproxy.stats}/backends`;

function parse({ stdout }: ExecResult, endpoint: Endpoint): Answer {
  const lines = stdout.split("\n");
  const http = new Map(
    lines.filter((line) => line.startsWith("http ")).map((line) => {
      const [, code = "000", url = ""] = line.split(" ");
      return [url, code] as const;
    }),
  );
  const count = lines.find((line) => /^\d+$/.test(line));
  const urls = direct(endpoint).filter((url) => http.has(url));
  const answering = urls.filter((url) => http.get(url) === "200").length;
  const counted = endpoint.profile === "guide"
    ? (urls.length === 0 ? undefined : answering)
    : (count === undefined ? undefined : Number(count));
  return {
    holds: addressesOf(endpoint).filter((address) => lines.includes(`holds ${address}`)),
    haproxy: lines.includes("haproxy active"),
    keepalived: lines.includes("keepalived active"),
    waits: ["kubelet", "haproxy", "keepalived"].every((it) => lines.includes(`${it} inactive`)),
    listens: lines.includes("listens"),
    backends: counted,
    through: new Map(
      addressesOf(endpoint).flatMap((address) => {
        const status = http.get(through(address, endpoint));
        return status === undefined ? [] : [[address, status]];
      }),
    ),
  };
}

/** What hosts still carry of an endpoint that they are to leave; one that is silent says nothing. */
function stillThere(
  endpoint: Endpoint,
  leaving: readonly string[],
  answers: ReadonlyMap<string, ExecResult>,
): string[] {
  return leaving.flatMap((host) => {
    const answer = answers.get(host);
    if (answer === undefined) return [];
    const { holds, keepalived, haproxy } = parse(answer, endpoint);
    if (holds.length > 0) {
      const what = addressesOf(endpoint).length === 1 ? "the address" : holds.join(", ");
      return [`${host}, which is to leave, holds ${what}`];
    }
    const runs = [...(keepalived ? ["keepalived"] : []), ...(haproxy ? ["haproxy"] : [])];
    return runs.length === 0 ? [] : [`${host}, which is to leave, runs ${runs.join(" and ")}`];
  });
}

/** Judges what all load balancers say. Pure. `strict`: that nothing answers yet is no excuse. */
function judge(
  endpoint: Endpoint,
  hosts: readonly string[],
  answers: ReadonlyMap<string, ExecResult>,
  strict: boolean,
): Verdict {
  const every = hosts.flatMap((host) => {
    const answer = answers.get(host);
    return answer === undefined ? [] : [{ host, ...parse(answer, endpoint) }];
  });
  const waiting = every.filter(({ waits }) => waits);
  const noKubelet = waiting.length === 0
    ? []
    : [`no kubelet runs on ${names(waiting)}, which starts the pods`];
  // Manifests lie there before a control plane is made, and nothing is wrong with that.
  const said = strict ? every : every.filter(({ waits }) => !waits);
  if (said.length === 0 && waiting.length === hosts.length) {
    const nobody = { last: [], able: [], partaking: [] };
    return { ok: true, message: noKubelet.join(), ...nobody, faults: startless(waiting) };
  }
  const silent = hosts.filter((host) => !answers.has(host));
  const path = pathOf(endpoint);
  const up = Math.max(0, ...said.map(({ backends = 0 }) => backends));
  const seen = addressesOf(endpoint).map((address) =>
    seenOf(address, said, silent, up, wellAs(endpoint))
  );
  const ailed = ailments(said, endpoint);
  const wrong = [
    ...seen.flatMap(({ address, blocked }) =>
      blocked.map(({ host, status }) =>
        `${host} gets ${status === "000" ? "no answer" : status} from ${path} through ` +
        (seen.length === 1 ? "the address" : address)
      )
    ),
    ...(strict && up === 0 ? ["no API server answers"] : []),
  ];
  const facts = [
    heldBy(seen, silent),
    ...(silent.length === 0 ? [] : [`no answer from ${silent.join(", ")}`]),
    ...noKubelet,
    ...ailed,
    `backends ${up}/${endpoint.backends.length}`,
    ...wrong,
    ...(up > 0 && seen.every(({ asked, blocked }) => asked > 0 && blocked.length === 0)
      ? [`${path} through ${seen.length === 1 ? "the" : "every"} address ${seen[0]?.status}`]
      : []),
  ];
  const misheld = [...seen.flatMap(holdingFaults), ...apart(seen)];
  const ok = misheld.length + ailed.length + wrong.length === 0;
  const faults = [
    ...misheld,
    ...silent.map((host) => `no answer from ${host}`),
    ...startless(waiting),
    ...said.flatMap((one) => illnesses(one, endpoint).map((text) => `${text} ${one.host}`)),
    ...seen.flatMap(({ address }) =>
      cutOff(address, said, hosts.length === 1, wellAs(endpoint)).map(({ host }) =>
        `${path} through ${seen.length === 1 ? "the address" : address} fails from ${host}`
      )
    ),
    ...(strict && up === 0 ? ["no API server answers"] : []),
  ];
  const partaking = said.filter(({ keepalived }) => keepalived).map(({ host }) => host);
  const last = hosts.filter((host) => seen.some(({ holders }) => holders.includes(host)));
  const able = said.filter(({ haproxy, keepalived, listens }) => haproxy && keepalived && listens)
    .map(({ host }) => host);
  return { ok, message: facts.join(", "), last, able, partaking, faults };
}

/** What all of them say about one address. */
interface Seen {
  readonly address: string;
  /** Hosts that hold it. */
  readonly holders: readonly string[];
  /** A host that gave no answer holds it. */
  readonly elsewhere: boolean;
  /** How many asked through it. */
  readonly asked: number;
  /** What the first of them was answered. */
  readonly status: string;
  /** Those of them that should have had a good answer and had another one. */
  readonly blocked: readonly { readonly host: string; readonly status: string }[];
}

function seenOf(
  address: string,
  said: readonly Said[],
  silent: readonly string[],
  up: number,
  well: readonly string[],
) {
  const holders = said.filter(({ holds }) => holds.includes(address)).map(({ host }) => host);
  const asked = said.flatMap(({ host, through }) => {
    const status = through.get(address);
    return status === undefined ? [] : [{ host, status }];
  });
  // Who holds the address and answers through it but not us is there all the same. That it cannot
  // be reached has been said already, and is no reason to doubt the endpoint.
  const elsewhere = holders.length === 0 && silent.length > 0 &&
    asked.some(({ status }) => status !== "000");
  const blocked = up > 0 ? asked.filter(({ status }) => !well.includes(status)) : [];
  const status = asked[0]?.status ?? "";
  return { address, holders, elsewhere, asked: asked.length, status, blocked } satisfies Seen;
}

/** What is wrong with how many hold an address, in words that name no host: it moves. */
function holdingFaults({ address, holders, elsewhere }: Seen): string[] {
  if (holders.length > 1) return [`more than one host holds ${address}`];
  return holders.length === 1 || elsewhere ? [] : [`nobody holds ${address}`];
}

/**
 * All instances of a member have the same priority and the same checks, and who has the highest
 * takes every address: addresses that stay on different hosts say that something is wrong.
 */
function apart(seen: readonly Seen[]): string[] {
  const places = new Set(seen.map(({ holders: [first = "elsewhere"] }) => first));
  return places.size > 1 && seen.every((one) => holdingFaults(one).length === 0)
    ? ["the addresses are held by different hosts"]
    : [];
}

/** What is wrong on one member. Seeing no API server excuses itself: it was so before, or it was not. */
function illnesses(one: Said, endpoint: Endpoint): string[] {
  const found = ailing(endpoint).filter(({ is }) => is(one)).map(({ text }) => text);
  return (one.backends ?? 0) > 0 ? found : [...found, "no API server answers"];
}

/**
 * Members that get no good answer through the address. When none of those that ask gets one, it is so
 * for all of them: the one that holds the address does not ask, and it may be another one later.
 */
function cutOff(
  address: string,
  said: readonly Said[],
  alone: boolean,
  well: readonly string[],
): readonly Said[] {
  if (standsOtherwise(address, said)) return [];
  const asking = said.filter(({ holds }) => !holds.includes(address) || alone);
  const failing = asking.filter(({ through }) => !well.includes(through.get(address) ?? ""));
  const seen = said.some(({ backends = 0 }) => backends > 0);
  if (asking.length === 0) return seen ? [] : said;
  return failing.length === asking.length ? said : failing;
}

/**
 * The endpoint runs, under another address or port than it shall have: that nobody answers here yet is
 * no fault of its own, and once somebody shall, silence is a new one.
 */
function standsOtherwise(address: string, said: readonly Said[]): boolean {
  const holders = said.filter(({ holds }) => holds.includes(address));
  if (holders.length > 0) return holders.every(({ haproxy, listens }) => haproxy && !listens);
  return said.some(({ keepalived, listens }) => keepalived && listens);
}

type Said = Answer & { readonly host: string };

/** Excused where it was so before; where pods ran and have gone with their kubelet it is a new fault. */
const startless = (waiting: readonly Said[]) =>
  waiting.map(({ host }) => `no kubelet runs on ${host}`);

const names = (list: readonly Said[]) => list.map(({ host }) => host).join(", ");

/** Who holds what: once where it is the same for all addresses, else of each. */
function heldBy(seen: readonly Seen[], silent: readonly string[]): string {
  const texts = seen.map((one) => held(one, silent));
  const [first = "", ...others] = texts;
  return others.every((text) => text === first)
    ? first
    : seen.map(({ address }, i) => `${address} ${texts[i]}`).join(", ");
}

function held({ holders, elsewhere }: Seen, silent: readonly string[]): string {
  if (holders.length > 0) return `held by ${holders.join(", ")}`;
  if (elsewhere) return "held by a host that gave no answer";
  return silent.length > 0 ? "held by none of the hosts that answered" : "held by no host";
}

/** What can be wrong on a single member: a standby that could not take over is a fault now. */
function ailing({ port }: Endpoint) {
  return [
    { text: "haproxy is not running on", is: ({ haproxy }: Said) => !haproxy },
    { text: "keepalived is not running on", is: ({ keepalived }: Said) => !keepalived },
    {
      text: `nothing listens on port ${port} of`,
      is: ({ haproxy, listens }: Said) => haproxy && !listens,
    },
    {
      text: "haproxy does not answer on",
      is: ({ haproxy, backends }: Said) => haproxy && backends === undefined,
    },
  ];
}

function ailments(said: readonly Said[], endpoint: Endpoint): string[] {
  return ailing(endpoint).map(({ text, is }) => ({ text, on: said.filter(is) }))
    .filter(({ on }) => on.length > 0).map(({ text, on }) => `${text} ${names(on)}`);
}
