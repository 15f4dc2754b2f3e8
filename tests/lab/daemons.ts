/**
 * Shell text that shows the files of an endpoint to the real daemons of a host as a deployment does,
 * at their final paths, with the very tests that a deployment passes. For root, on a host that is a
 * test's own.
 */
import { PATHS, SCRIPT_USER } from "../../src/endpoint/paths.ts";
import { validations } from "../../src/endpoint/validations.ts";
import type { Endpoint, FileSpec } from "../../src/model.ts";
import { raw, sh } from "../../src/shell.ts";
import type { Certificates } from "../endpoint/renderings.ts";

/** Puts files at their paths. */
export function place(files: readonly FileSpec[]): string {
  return files.map(({ path, content, mode }) =>
    sh`mkdir -p -- "$(dirname ${path})" && printf %s ${content} > ${path} && chmod ${mode} ${path}`
  ).join(" || exit 1\n");
}

/** What the files of an endpoint take for granted: the user of the scripts, and what units make. */
export const GROUND = sh`export PATH=/usr/sbin:/usr/bin:/sbin:/bin
id -u ${SCRIPT_USER} >/dev/null 2>&1 ||
  useradd --system --no-create-home --shell /usr/sbin/nologin ${SCRIPT_USER} || exit 1
[ -e ${PATHS.trackFile} ] || echo 1 >${PATHS.trackFile}`;

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

/** Starts both daemons anew with the files that are in place; prints what is wrong with that. */
export const RESTART = `systemctl daemon-reload
for it in haproxy keepalived; do
  systemctl reset-failed $it 2>/dev/null
  systemctl restart $it && continue
  systemctl status --no-pager --lines=20 $it
done`;

/** Opens this many connections and keeps them for ten seconds. */
export function hold(port: number, connections: number): string {
  return `for i in $(seq ${connections}); do
  setsid bash -c 'exec 3<>/dev/tcp/127.0.0.1/${port} && sleep 10' >/dev/null 2>&1 </dev/null &
done
sleep 1`;
}
