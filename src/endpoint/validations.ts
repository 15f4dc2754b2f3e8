/**
 * The daemons' own tests of the files that are about to be put in place. Shell text only. Each
 * script asks `staged PATH`, which the runner defines, where the new file of a path stands.
 * @module
 */
import type { Endpoint, Validation } from "../model.ts";
import { servicesOf } from "../services.ts";
import { sh } from "../shell.ts";
import { connections, DESCRIPTORS, descriptors, OWN_CONNECTIONS } from "./derive.ts";
import { PATHS, SCRIPT_USER, servicePaths } from "./paths.ts";

/** Tests to pass before any file of the endpoint moves. */
export function validations(endpoint: Endpoint): readonly Validation[] {
  // The daemons are in their images, and those are the kubelet's.
  if (endpoint.pods !== undefined) return [];
  return [
    { name: "haproxy -c", script: subshell(haproxyTest(endpoint)), tags: ["haproxy"] },
    ...descriptorTest(endpoint),
    { name: "keepalived -t", script: subshell(keepalivedTest(endpoint)), tags: ["keepalived"] },
  ];
}

// What the seed document's files are known to make the daemons say. Everything else is an error.
const SEED_HAPROXY = [
  String
    .raw`^\[WARNING\].* : (config : )?'option forwardfor' ignored for (frontend|backend) 'apiserver' as it requires HTTP mode\.$`,
  // Of HAProxy 3.1 and 3.2; newer ones refuse it.
  String
    .raw`^\[WARNING\].* : config : Parsing \[[^]]*\]: backend 'apiserver' has the same name as frontend 'apiserver' declared at [^ ]*\. This is dangerous and will not be supported anymore in version 3\.3\.$`,
  String.raw`^\[NOTICE\]|^Warnings were found\.$|^Configuration file is valid$`,
].join("|");
const SEED_KEEPALIVED =
  "SECURITY VIOLATION - scripts are being executed but script_security not enabled.";

function haproxyTest(endpoint: Endpoint): string {
  const guide = endpoint.profile === "guide";
  const files = guide ? [] : servicesOf(endpoint).flatMap(({ name, endpoint: its }) => {
    const paths = name === undefined ? PATHS : servicePaths(name);
    return [
      ...(its.ca === undefined ? [] : [{ path: paths.ca, mode: "0644" }]),
      ...(its.haproxy.checkClient === undefined ? [] : [{ path: paths.checkClient, mode: "0600" }]),
    ];
  });
  return `${present([PATHS.haproxy, ...files.map(({ path }) => path)])}
${workFolder(PATHS.haproxy)}
${files.map(({ path, mode }) => elsewhere(path, mode)).join("\n")}
${guide ? tolerant("haproxy -c", SEED_HAPROXY) : strictHaproxy()}`;
}

/**
 * HAProxy calls a configuration valid for which it gets too few descriptors, and does not start. How
 * many a unit of a host can have at most, only a unit can tell. What is set unasked fits everywhere.
 */
function descriptorTest(endpoint: Endpoint): readonly Validation[] {
  const { value } = descriptors(endpoint);
  if (endpoint.profile === "guide" || value <= DESCRIPTORS) return [];
  const { clients } = connections(endpoint);
  const script = sh`command -v systemd-run >/dev/null || exit 0
has=$(systemd-run --quiet --wait --pipe --collect --property=LimitNOFILE=${value} \
  /bin/sh -c 'ulimit -Hn' </dev/null 2>/dev/null)
case $has in unlimited | "" | *[!0-9]*) exit 0 ;; esac
[ "$has" -ge ${value} ] && exit 0
fits=$((((has - 1000) / 2 - ${OWN_CONNECTIONS}) / ${servicesOf(endpoint).length}))
echo ${`max_connections ${clients} needs ${value} descriptors, and a unit of this host`} \
  "can have $has: at most $fits fit"
exit 1`;
  return [{ name: "descriptors of haproxy.service", script: subshell(script), tags: ["haproxy"] }];
}

/** \`-dW\` turns a warning into a failure. */
function strictHaproxy(): string {
  return `out=$(haproxy -dW -c -f "$copy" 2>&1) || fail`;
}

function keepalivedTest(endpoint: Endpoint): string {
  const guide = endpoint.profile === "guide";
  const scripts = guide ? [PATHS.guideScript] : [
    PATHS.aliveScript,
    PATHS.readyScript,
    ...(endpoint.vrrp.notify === undefined ? [] : [PATHS.notifyScript]),
  ];
  return `${present([PATHS.keepalived, ...scripts])}
${executable(scripts)}
${guide ? "" : userExists()}
${workFolder(PATHS.keepalived)}
as_root=
${scripts.map((path) => elsewhere(path, "0755", "as_root=yes")).join("\n")}
# These versions end themselves while they test a good file whose scripts run as another user.
case $(keepalived --version 2>&1 | sed -n '1s/^Keepalived v\\([0-9.]*\\).*/\\1/p') in
  2.2.5 | 2.2.6 | 2.2.7) as_root=yes ;;
esac
if [ -n "$as_root" ]; then
  sed -e '/^ *script_user /d' -e 's/^global_defs {/&\\n    script_user root/' "$copy" >"$copy.root"
  mv "$copy.root" "$copy"
fi
${tolerant("keepalived -t", guide ? `^${SEED_KEEPALIVED.replaceAll(".", "\\.")}$` : undefined)}`;
}

/** A file that is missing or empty is what Keepalived calls correct. */
function present(paths: readonly string[]): string {
  return sh`# A file that is right already may not have been staged.
at() {
  place=$(staged "$1")
  [ -e "$place" ] || place=$1
  printf %s "$place"
}
for path in ${paths}; do
  [ -s "$(at "$path")" ] || { echo "$path is missing or empty"; exit 1; }
done`;
}

/** A script that cannot run is dropped without a word, and the check with it. */
function executable(paths: readonly string[]): string {
  return sh`for path in ${paths}; do
  [ -n "$(find "$(at "$path")" -perm -0111)" ] || { echo "$path is not executable"; exit 1; }
done`;
}

/** Without its user Keepalived drops the scripts and goes on. */
function userExists(): string {
  return sh`id -u ${SCRIPT_USER} >/dev/null || exit 1`;
}

/** A copy of the configuration in a folder of its own, removed at the end: it may hold a secret. */
function workFolder(path: string): string {
  return sh`conf=$(at ${path})
base=/run
# Scripts have to be executable, which /run need not allow: a copy stands beside the staged file.
[ "$conf" = ${path} ] || base=$(dirname "$conf")
work=$(mktemp -d "$base/.holdfast-test.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 143' HUP INT TERM PIPE
copy=$work/$(basename ${path})
cp "$conf" "$copy" || exit 1
fail() {
  # Messages name the file as the reader knows it.
  printf '%s\n' "$out" | sed "s|$work/|$(dirname ${path})/|g"
  exit 1
}`;
}

/** Where a file cannot be had at its final path, the configuration is pointed at a copy. */
function elsewhere(path: string, mode: string, also = ":"): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return sh`from=$(at ${path})
if [ "$from" != ${path} ]; then
  cp "$from" "$work/${name}" && chmod ${mode} "$work/${name}" || exit 1
  # The runner may have rewritten the path already, to where the staged file is.
  sed -e "s|$from|$work/${name}|g" -e t -e "s|${path}|$work/${name}|g" "$copy" >"$copy.new" &&
    mv "$copy.new" "$copy" || exit 1
  ` + also + "\nfi";
}

/**
 * Any line that is not expected is a failure, whatever the exit code says: old versions end with 0
 * after they have dropped half of the file. Of the codes only 6 may come with an expected line.
 */
function tolerant(test: "haproxy -c" | "keepalived -t", expected: string | undefined): string {
  const filter = expected === undefined ? "" : sh` | grep -vE ${expected}`;
  return `out=$(${test} -f "$copy" 2>&1)
code=$?
rest=$(printf '%s\\n' "$out" | grep -v '^$'${filter})
[ -z "$rest" ] || fail
case $code in
  0${expected === undefined ? "" : " | 6"}) ;;
  *)
    out="${test} ended with $code and said nothing else"
    fail
    ;;
esac`;
}

function subshell(script: string): string {
  return `(\n${script}\n)`;
}
