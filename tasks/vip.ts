import type { Endpoint, ExecResult, GroupCheck, Verdict } from "../src/model.ts";
import { sh } from "../src/shell.ts";

/** How long an election and the first health checks may take after a change. */
const DEADLINE_MS = 30_000;

/** What one load balancer says of itself. */
interface Answer {
  readonly holds: boolean;
  readonly haproxy: boolean;
  readonly keepalived: boolean;
  /** API servers that answered this host directly with 200. */
  readonly backends: ReadonlySet<string>;
  /** HTTP status of `/readyz` through the virtual address; `000`: no answer. */
  readonly through: string;
}

/**
 * The condition that everything else is for: the address is held by exactly one host, HAProxy
 * lives on all of them, and, when at least one API server answers a load balancer directly, the
 * endpoint answers through the address. With none up yet it holds all the same, and says so: the
 * endpoint must exist before the first API server does.
 */
export function vip(endpoint: Endpoint): GroupCheck {
  const hosts = endpoint.members.map(({ host }) => host.name);
  return {
    kind: "vip",
    name: `vip ${endpoint.address}`,
    hosts,
    deadlineMs: DEADLINE_MS,
    probe: () => probe(endpoint),
    judge: (answers) => judge(endpoint, hosts, answers),
  };
}

// All requests leave at the same time from one curl, so that dead servers cost one time limit and
// not one each. Certificates are not verified here: the question is who answers, no secret is
// sent, and HAProxy's own health check verifies them with the cluster's CA.
function probe({ address, port, backends, backendPort }: Endpoint): string {
  const urls = backends.map((backend) => `https://${backend.address}:${backendPort}/readyz`);
  const through = `https://${address}:${port}/readyz`;
  return sh`if [ -n "$(ip -o addr show to ${`${address}/32`} 2>/dev/null)" ]; then echo holds; fi
systemctl is-active haproxy keepalived 2>/dev/null | { read -r haproxy; read -r keepalived
  echo "haproxy $haproxy"; echo "keepalived $keepalived"; }
if command -v curl >/dev/null 2>&1; then
  curl -q -s --insecure --noproxy '*' --parallel --parallel-immediate --connect-timeout 1 --max-time 3 \
    -w 'http %{http_code} %{url_effective}\n' ${
    [...urls, through].flatMap((url) => ["-o", "/dev/null", url])
  }
fi
:`;
}

function parse({ stdout }: ExecResult, endpoint: Endpoint): Answer {
  const lines = stdout.split("\n");
  const http = new Map(
    lines.filter((line) => line.startsWith("http ")).map((line) => {
      const [, code = "000", url = ""] = line.split(" ");
      return [url, code] as const;
    }),
  );
  const { address, port, backends, backendPort } = endpoint;
  const answering = backends.filter((backend) =>
    http.get(`https://${backend.address}:${backendPort}/readyz`) === "200"
  );
  return {
    holds: lines.includes("holds"),
    haproxy: lines.includes("haproxy active"),
    keepalived: lines.includes("keepalived active"),
    backends: new Set(answering.map(({ name }) => name)),
    through: http.get(`https://${address}:${port}/readyz`) ?? "000",
  };
}

/** Judges what all load balancers say. Pure. */
function judge(
  endpoint: Endpoint,
  hosts: readonly string[],
  answers: ReadonlyMap<string, ExecResult>,
): Verdict {
  const said = hosts.flatMap((host) => {
    const answer = answers.get(host);
    return answer === undefined ? [] : [{ host, ...parse(answer, endpoint) }];
  });
  const names = (list: readonly { host: string }[]) => list.map(({ host }) => host).join(", ");
  const holders = said.filter(({ holds }) => holds);
  const noHaproxy = said.filter(({ haproxy }) => !haproxy);
  const noKeepalived = said.filter(({ keepalived }) => !keepalived);
  const silent = hosts.filter((host) => !answers.has(host));
  const direct = new Set(said.flatMap(({ backends }) => [...backends]));
  const blocked = said.filter(({ through }) => direct.size > 0 && through !== "200");
  const ok = holders.length === 1 && noHaproxy.length + noKeepalived.length === 0 &&
    silent.length === 0 && blocked.length === 0;
  const facts = [
    holders.length === 0 ? "held by no host" : `held by ${names(holders)}`,
    ...(noHaproxy.length === 0 ? [] : [`haproxy is not running on ${names(noHaproxy)}`]),
    ...(noKeepalived.length === 0 ? [] : [`keepalived is not running on ${names(noKeepalived)}`]),
    ...(silent.length === 0 ? [] : [`no answer from ${silent.join(", ")}`]),
    `backends ${direct.size}/${endpoint.backends.length}`,
    ...blocked.map(({ host, through }) =>
      `/readyz through the address gives ${host} ${through === "000" ? "no answer" : through}`
    ),
    ...(direct.size > 0 && blocked.length === 0 ? ["/readyz through the address 200"] : []),
  ];
  return { ok, message: facts.join(", ") };
}
