/**
 * Shell text that shows the files of an endpoint to the real daemons of a host as a deployment does,
 * at their final paths, with the very tests that a deployment passes. For root, on a host that is a
 * test's own.
 */
import { SCRIPT_USER } from "../../src/endpoint/paths.ts";
import { validations } from "../../src/endpoint/validations.ts";
import type { Endpoint, FileSpec } from "../../src/model.ts";
import { quote, raw, sh } from "../../src/shell.ts";
import type { Certificates } from "../endpoint/renderings.ts";

/** Puts files at their paths. */
export function place(files: readonly FileSpec[]): string {
  return files.map(({ path, content, mode }) =>
    sh`mkdir -p -- "$(dirname ${path})" && printf %s ${content} > ${path} && chmod ${mode} ${path}`
  ).join(" || exit 1\n");
}

/** What the files of an endpoint take for granted: the user of the scripts, and an interface. */
export const GROUND = sh`export PATH=/usr/sbin:/usr/bin:/sbin:/bin
id -u ${SCRIPT_USER} >/dev/null 2>&1 ||
  useradd --system --no-create-home --shell /usr/sbin/nologin ${SCRIPT_USER} || exit 1
ip link show eth0 >/dev/null 2>&1 || ip link add eth0 type veth peer name eth0peer || exit 1
ip addr add 10.88.0.11/24 dev eth0 2>/dev/null; ip link set lo up; ip link set eth0 up; ip link set eth0peer up 2>/dev/null
mkdir -p /run/haproxy /var/lib/haproxy; echo 1 > /run/holdfast-haproxy-running`;

/** Runs the tests of a deployment; every line that is printed is a complaint. */
export function judged(endpoint: Endpoint): string {
  return [
    'staged() { printf %s "$1"; }',
    ...validations(endpoint).map(({ name, script }) =>
      sh`${raw(script)} 2>&1 || echo ${`${name} refuses`}`
    ),
  ].join("\n");
}

/** Makes a CA, and a client certificate of it that lets its bearer in; prints the three texts. */
export const MAKE_CERTIFICATES =
  `set -e; mkdir -p /root/pki; cd /root/pki; export OPENSSL_CONF=/etc/ssl/openssl.cnf
{ openssl req -x509 -newkey rsa:2048 -nodes -days 100 -keyout ca.key -out ca.crt -subj /CN=ca
for it in kubernetes check; do
  openssl req -newkey rsa:2048 -nodes -keyout $it.key -out $it.csr -subj /CN=$it
  echo "subjectAltName=DNS:$it" >ext
  openssl x509 -req -in $it.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 100 -extfile ext \\
    -out $it.crt
done; } >/dev/null 2>&1
cat ca.crt; echo ====; cat check.crt; echo ====; cat check.key`;

/** The texts that {@link MAKE_CERTIFICATES} prints. */
export function certificates(printed: string): Certificates {
  const [ca = "", certificate = "", key = ""] = printed.split("====\n").map((it) => it.trimEnd());
  return { ca, certificate, key };
}

/** An API server that answers whoever shows a certificate of that CA, and nobody else; as a unit. */
export function apiServer(port: number): string {
  const serve = "openssl s_server -quiet -WWW -Verify 1 -verify_return_error -CAfile ca.crt " +
    `-cert kubernetes.crt -key kubernetes.key -accept ${port}`;
  return `cd /root/pki && echo ok >livez && echo ok >readyz || exit 1
systemd-run --quiet --unit=api-server --working-directory=/root/pki ${serve}`;
}

/** Asks a page until it says what is wanted, for ten seconds; prints what it said last. */
export function until(url: string, pattern: string): string {
  return sh`for _ in $(seq 50); do
  said=$(curl -s --max-time 1 ${url})
  printf '%s\n' "$said" | grep -qE ${pattern} && break
  sleep 0.2
done
printf '%s\n' "$said"`;
}

/** One word for a shell. */
export const word = quote;
