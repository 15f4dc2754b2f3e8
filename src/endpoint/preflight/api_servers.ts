import type { Backend, Endpoint, ExecResult, Preflight } from "../../model.ts";
import { type Service, servicesOf } from "../../services.ts";
import { raw, sh } from "../../shell.ts";
import { concernsHaproxy } from "./concerns.ts";
import { type Found, merged, rows } from "./judged.ts";

/**
 * Can every member use the API servers, as HAProxy and clients will? None that answers yet is no
 * fault: the endpoint has to be there before the first of them is.
 */
export function apiServers(endpoint: Endpoint): Preflight {
  const [own, ...further] = servicesOf(endpoint);
  return {
    name: "api-servers",
    waits: false,
    concerns: concernsHaproxy,
    probe: () => [...further.map(beside), probe(own?.endpoint ?? endpoint)].join("\n"),
    judge: (answers) => {
      const verdicts = servicesOf(endpoint).map((it) => judgeService(it, answers));
      return {
        findings: merged(verdicts.flatMap(({ found }) => found)),
        message: verdicts.map(({ message }) => message).join(", "),
      };
    },
  };
}

/** Asks for a further service at the same time, every line with its name before it. */
function beside({ name, endpoint }: Service): string {
  return sh`(
${raw(probe(endpoint))}
) | sed ${`s/^/of ${name} /`} &`;
}

function judgeService(
  { name, endpoint }: Service,
  answers: ReadonlyMap<string, ExecResult>,
): { readonly found: readonly Found[]; readonly message: string } {
  const { backends } = endpoint;
  const views = [...answers].map(([host, { stdout }]): View => ({
    host,
    ...read(linesOf(stdout, name), backends),
  }));
  const up = Math.max(0, ...views.map(({ seen }) => seen.filter(isGood).length));
  const found = views.flatMap((view) => judge(view, views, endpoint, name));
  return { found, message: `${name ?? "backends"} ${up}/${backends.length}` };
}

/** What was said of one service; that nothing could ask is said once. */
function linesOf(stdout: string, name: string | undefined): string {
  if (name === undefined) return stdout;
  return stdout.split("\n").filter((line) => line.startsWith(`of ${name} api `))
    .map((line) => line.slice(`of ${name} `.length)).join("\n");
}

// A request for /readyz to each server, under the name of the virtual address: so the certificate is
// held against what clients will connect to. All at once, so that dead ones cost one time limit.
// Beside curl, which the play installs, openssl can do that.
function probe({ address, port, backends, backendPort, ca = "" }: Endpoint): string {
  const inUrl = address.includes(":") ? `[${address}]` : address;
  return sh`ca=${ca} url=${`https://${inUrl}:${port}/readyz`} address=${address} port=${backendPort}
${raw(CURL)}
${raw(OPENSSL)}
if command -v curl >/dev/null 2>&1; then with=with_curl
elif command -v openssl >/dev/null 2>&1; then with=with_openssl
else echo "needs curl or openssl"; exit; fi
${raw(backends.map(ask).join("\n"))}
wait`;
}

const ask = ({ name, address }: Backend) =>
  sh`$with ${name} ${address.includes(":") ? `[${address}]` : address} &`;

// What is printed: `api NAME STATUS CHAIN NAMED`. A certificate that is refused ends with 60, where
// the verdict on the chain alone tells who signed it from whom it is for.
const CURL = String.raw`with_curl() {
  get() { curl -q -s --noproxy '*' --connect-timeout 2 --max-time 4 --connect-to "::$2:$port" -o /dev/null \
    -w '%{http_code} %{ssl_verify_result}' "$3" "$4" "$url"; }
  if [ -z "$ca" ]; then said=$(get "$1" "$2" -k -k); echo "api $1 ${"$"}{said%% *} - -"; return; fi
  said=$(printf '%s\n' "$ca" | get "$1" "$2" --cacert /dev/stdin); code=$?
  status=${"$"}{said%% *}
  case $code in
  60 | 51) case $said in *' 0' | *' 1' | *' 62' | *' 64') chain=ok ;; *) chain=bad ;; esac
    said=$(get "$1" "$2" -k -k); echo "api $1 ${"$"}{said%% *} $chain bad" ;;
  *) echo "api $1 $status ok ok" ;;
  esac
}`;

const OPENSSL = String.raw`with_openssl() {
  said=$(printf '%s\n' "$ca" | { exec 3<&0
    [ -n "$ca" ] && set -- "$@" -CAfile /dev/fd/3 -verify_ip "$address"
    name=$1 to=$2; shift 2
    printf 'GET /readyz HTTP/1.0\r\nHost: %s\r\n\r\n' "$address" |
      timeout 4 openssl s_client -connect "$to:$port" -ign_eof "$@" 2>&1; })
  status=$(printf '%s\n' "$said" | sed -n 's|^HTTP/[0-9.]* \([0-9]*\).*|\1|p' | head -n 1)
  chain=ok named=ok
  printf '%s\n' "$said" | grep 'verify error:num=' | grep -qv 'num=6[24]:' && chain=bad named=bad
  printf '%s\n' "$said" | grep -q 'verify error:num=6[24]:' && named=bad
  [ -n "$ca" ] || chain=- named=-
  echo "api $1 ${"$"}{status:-000} $chain $named"
}`;

/** What one member sees of one server. */
interface Seen {
  readonly name: string;
  readonly status: string;
  readonly chain: string;
  readonly named: string;
}

interface View {
  readonly host: string;
  readonly seen: readonly Seen[];
  /** It could not ask, and why. */
  readonly needs?: string;
}

function read(stdout: string, backends: readonly Backend[]): Omit<View, "host"> {
  const [needs] = rows(stdout, "needs");
  const said = rows(stdout, "api");
  // In the order of the inventory, whoever answered first.
  const seen = backends.flatMap(({ name }): Seen[] => {
    const one = said.find(([it]) => it === name);
    if (one === undefined) return [];
    const [, status = "000", chain = "-", named = "-"] = one;
    return [{ name, status, chain, named }];
  });
  return needs === undefined ? { seen } : { seen, needs: needs.join(" ") };
}

const isGood = ({ status, chain }: Seen) => status === "200" && chain !== "bad";
const answers = ({ status }: Seen) => status !== "000";

function judge(
  { host, seen, needs }: View,
  views: readonly View[],
  endpoint: Endpoint,
  service: string | undefined,
): Found[] {
  if (needs !== undefined) {
    return [{ severity: "note", host, message: `how the API servers answer it: needs ${needs}` }];
  }
  // With one that can be used the endpoint does its work, and a change makes nothing worse.
  const grave = seen.some(isGood) ? "warning" : "error";
  const whose = service === undefined ? "" : ` of ${service}`;
  const about = (found: readonly Seen[]) => found.map(({ name }) => name + whose).join(", ");
  const refused = seen.filter(({ status }) => status === "401" || status === "403");
  const unsigned = seen.filter(({ chain }) => chain === "bad");
  const unnamed = seen.filter(({ chain, named }) => chain !== "bad" && named === "bad");
  const cut = seen.filter((one) =>
    !answers(one) &&
    views.some((it) => it.seen.some((two) => two.name === one.name && answers(two)))
  );
  const { address, backendPort } = endpoint;
  return [
    ...finding(refused, grave, host, (names, [first]) => ({
      message:
        `${names} answers ${first?.status} to /readyz without credentials, which is how HAProxy asks`,
      hint: "let the API servers answer anonymous requests for /readyz " +
        "(--anonymous-auth=true, or its conditions in --authentication-config)",
    })),
    ...finding(unsigned, grave, host, (names) => ({
      message:
        `the certificate of ${names} is not one that "ca_file" vouches for, and HAProxy will refuse it`,
      hint: `set "ca_file" to the CA of the cluster, /etc/kubernetes/pki/ca.crt on an API server`,
    })),
    ...finding(unnamed, "warning", host, (names) => ({
      message:
        `the certificate of ${names} does not hold ${address}: clients that connect to it will refuse it`,
      hint:
        `add ${address} to certSANs of kubeadm's ClusterConfiguration, remove apiserver.crt and ` +
        `apiserver.key there, and type: kubeadm init phase certs apiserver --config FILE`,
    })),
    ...finding(cut, "warning", host, (names) => ({
      message: `${names} does not answer it on port ${backendPort}, and answers other members`,
      hint: `see to the route and the firewalls between them`,
    })),
  ];

  function finding(
    found: readonly Seen[],
    severity: "error" | "warning",
    host: string,
    say: (names: string, found: readonly Seen[]) => { message: string; hint: string },
  ): Found[] {
    return found.length === 0 ? [] : [{ severity, host, ...say(about(found), found) }];
  }
}
