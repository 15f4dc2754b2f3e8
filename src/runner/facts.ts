import type { Facts, Interface, PackageVersion } from "../model.ts";
import { APK_HELD, APK_LOOK, apkStatus } from "../packages/apk.ts";
import { APT_LOOK } from "../packages/apt.ts";
import { DNF_HELD, DNF_LOOK } from "../packages/dnf.ts";
import { IN_PRIVATE } from "../packages/private.ts";
import { rpmStatus } from "../packages/rpm.ts";
import { dpkgStatus, UNFINISHED } from "../packages/status.ts";
import { whichManager } from "../packages/which.ts";
import { ZYPPER_HELD, ZYPPER_LOOK } from "../packages/zypper.ts";
import { raw, sh } from "../shell.ts";

/** Longest that package lists are read, in seconds. */
const FETCH_S = 60;

/**
 * Read-only shell text that tells what every plan may know of a host. It touches no mount and asks
 * no directory service, so that nothing dead on the host can hang it.
 */
export function factsScript(
  packages: readonly string[],
  { fetchLists = false }: { readonly fetchLists?: boolean } = {},
): string {
  return sh`( . /etc/os-release 2>/dev/null; printf 'os %s|%s|%s\n' "$ID" "$VERSION_ID" "$PRETTY_NAME" )
echo "uid $(id -u)"
${whichManager}
echo "manager $manager"
if [ -d /run/systemd/system ]; then echo init systemd
elif [ -d /run/openrc ]; then echo init openrc; fi
if [ -r /run/systemd/container ]; then read -r container < /run/systemd/container
  echo "container $container"; fi
ip -o addr show 2>/dev/null | while read -r _ name family address flags; do
  # One that the kernel is about to replace is nothing to build on.
  case "$family $flags " in
  *' temporary '* | *' deprecated '*) ;;
  'inet '* | 'inet6 '*) echo "address $name $address" ;;
  esac
done
set -- ${packages}
[ $# -gt 0 ] || manager=none
candidate() { sed 's/^/candidate /'; }
${IN_PRIVATE}
case $manager in
${raw(managers(fetchLists))}
esac
:`;
}

/**
 * Of a package that is not installed the best version that is offered is the one it would be. A host
 * without package lists does not know that: they are read into a folder of our own, so that a check
 * changes nothing. Where they cannot be read, versions stay unknown.
 */
function managers(fetchLists: boolean): string {
  const status = {
    apt: sh`${dpkgStatus}
${APT_LOOK}`,
    dnf: sh`${DNF_HELD}
  ${rpmStatus}
${DNF_LOOK}`,
    zypper: sh`${ZYPPER_HELD}
  ${rpmStatus}
${ZYPPER_LOOK}`,
    apk: sh`${APK_HELD}
  ${apkStatus}
${APK_LOOK}`,
  };
  return Object.entries(status).map(([name, text]) =>
    sh`${raw(name)})
  ${raw(text)}
  ${raw(fetchLists ? fetchWithout(name) : "fetch=")}
  if [ $# -gt 0 ] && { [ -n "$fetch" ] || ${raw(name)}_lists; }; then
    in_private ${raw(name)}_look "$@" | candidate
  fi ;;`
  ).join("\n");
}

/** Sets `fetch` where there are no package lists. */
const fetchWithout = (name: string) =>
  sh`fetch=
  ${raw(name)}_lists || fetch=${FETCH_S}`;

/** Reads the answer to {@link factsScript}. What the host did not say is absent or `unknown`. */
export function parseFacts(answer: string): Facts {
  const rows = answer.split("\n").map((line) => line.split(" "));
  const word = (name: string) => rows.find(([first]) => first === name)?.[1];
  const [id = "", version = "", name = ""] =
    answer.split("\n").find((line) => line.startsWith("os "))?.slice(3).split("|") ?? [];
  return {
    os: { id, version, name },
    packageManager: oneOf(word("manager"), ["apt", "dnf", "zypper", "apk"]),
    init: oneOf(word("init"), ["systemd", "openrc"]),
    uid: Number(word("uid") ?? -1),
    container: word("container") ?? "none",
    packages: parsePackages(rows),
    interfaces: parseInterfaces(rows),
  };
}

function oneOf<T extends string>(seen: string | undefined, known: readonly T[]): T | "unknown" {
  return known.find((word) => word === seen) ?? "unknown";
}

function parsePackages(rows: readonly string[][]): Record<string, PackageVersion> {
  const packages: Record<string, PackageVersion> = {};
  for (const [kind, name, version] of rows) {
    if (name === undefined || version === undefined || version === "(none)") continue;
    // To finish an installation changes no version; one that has no whole package does.
    const isThere = kind === "installed" ||
      (kind !== "half-installed" && UNFINISHED.includes(kind ?? ""));
    if (isThere) packages[name] = { installed: version };
    if (kind === "candidate") packages[name] ??= { candidate: version };
  }
  return packages;
}

function parseInterfaces(rows: readonly string[][]): Interface[] {
  const interfaces = new Map<string, string[]>();
  for (const [kind, name, address] of rows) {
    if (kind !== "address" || name === undefined || address === undefined || name === "lo") {
      continue;
    }
    interfaces.set(name, [...(interfaces.get(name) ?? []), address]);
  }
  return [...interfaces].map(([name, addresses]) => ({ name, addresses }));
}
