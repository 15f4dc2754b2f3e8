/**
 * What a member needs besides its files: packages, a user, and what to run when files changed.
 * Data and shell text only.
 * @module
 */
import type { Endpoint, Handler, PackageSettings } from "../model.ts";
import { SERVICE_WORDS } from "../openrc.ts";
import { PATHS, SCRIPT_USER } from "./paths.ts";

/** The daemons: packages, and services of the same names, in the order in which they start. */
export const DAEMONS = ["haproxy", "keepalived"] as const;

/** What is asked of the packages of a member. */
export interface PackageWishes {
  /** Packages that are installed. */
  readonly names: readonly string[];
  /** Those of them that a service of the same name runs from. */
  readonly services: readonly string[];
  /** Version of a package, or a pattern of it; of those that may have only that. */
  readonly versions: Readonly<Record<string, string>>;
  /** Whether upgrades pass a package over; of those where that is asked. */
  readonly hold: Readonly<Record<string, boolean>>;
  /** Longest wait for others who work with the package manager, in seconds. */
  readonly lockSeconds: number;
}

const ANY: PackageSettings = { versions: {}, lockTimeoutMs: 300_000 };

/** What is asked of the packages of a member. */
export function packagesFor({ packages = ANY, pods }: Endpoint): PackageWishes {
  if (pods !== undefined) {
    const lockSeconds = Math.ceil(ANY.lockTimeoutMs / 1000);
    return { names: ["curl"], services: [], versions: {}, hold: {}, lockSeconds };
  }
  const { versions, hold, lockTimeoutMs } = packages;
  return {
    // curl is for the check scripts, and nobody's to pin.
    names: [...DAEMONS, "curl"],
    services: DAEMONS,
    versions,
    hold: hold === undefined ? {} : Object.fromEntries(DAEMONS.map((name) => [name, hold])),
    lockSeconds: Math.ceil(lockTimeoutMs / 1000),
  };
}

/**
 * System user without login that Keepalived runs the check scripts as, or undefined when it runs
 * them as root, as the seed document does, or as a user of its image. Has to exist before keepalived.conf is tested.
 */
export function scriptUser(endpoint: Endpoint): string | undefined {
  return endpoint.profile === "guide" || endpoint.pods !== undefined ? undefined : SCRIPT_USER;
}

/** What reloads a daemon, and fails unless it then runs with its new configuration. */
export function reloadScript(daemon: "haproxy" | "keepalived"): string {
  return daemon === "haproxy" ? RELOAD_HAPROXY : RELOAD_KEEPALIVED;
}

/** What marks that user as one that Holdfast has made: only then it goes with the endpoint. */
export const SCRIPT_USER_COMMENT = "Keepalived check scripts (Holdfast)";

/** Handlers of a member that leaves: nothing of it is started or read again. */
export function leavingHandlers(): readonly Handler[] {
  return [{ name: FORGET_UNITS, script: FORGET }];
}

/** Handler that makes systemd forget what a member has given it. */
export const FORGET_UNITS = "forget units";

const FORGET = `${SERVICE_WORDS.text}
rmdir /etc/systemd/system/haproxy.service.d /etc/systemd/system/keepalived.service.d 2>/dev/null
rm -f -- ${PATHS.trackFile}
systemctl daemon-reload || exit 1
systemctl reset-failed haproxy.service keepalived.service 2>/dev/null
:`;

/** Handler that makes systemd read what units are, and leaves what runs alone. */
export const RELOAD_UNITS = "reload units";

/** Handlers in the order in which they run: HAProxy first, Keepalived watches it. */
export function handlerScripts(): readonly Handler[] {
  return [
    { name: RELOAD_UNITS, script: `${SERVICE_WORDS.text}\nsystemctl daemon-reload` },
    restart("haproxy"),
    { name: "reload haproxy", script: RELOAD_HAPROXY },
    restart("keepalived"),
    { name: "reload keepalived", script: RELOAD_KEEPALIVED },
  ];
}

// The master process survives a configuration that no worker can start with, for example a port
// that is taken, and the old worker goes on: only a new worker that stays is success.
// What is wrong is said last: of what a handler prints the end is shown.
const RELOAD_HAPROXY = `${SERVICE_WORDS.text}
main=$(systemctl show -p MainPID --value haproxy.service)
workers() { cat "/proc/$main/task/$main/children" 2>/dev/null; }
before=$(workers)
systemctl reload-or-restart haproxy.service || exit 1
if [ -z "$before" ]; then systemctl is-active haproxy.service; exit; fi
for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
  sleep 0.25
  for pid in $(workers); do
    case " $before " in *" $pid "*) continue ;; esac
    sleep 0.25
    if kill -0 "$pid" 2>/dev/null; then systemctl is-active haproxy.service; exit; fi
  done
done
systemctl status --no-pager --lines=20 haproxy.service
echo "haproxy still runs with the configuration from before"
exit 1
`;

// A running Keepalived ends over a configuration that it cannot use, and leaves the address behind.
const RELOAD_KEEPALIVED = `${SERVICE_WORDS.text}
before=$(systemctl show -p MainPID --value keepalived.service)
systemctl reload-or-restart keepalived.service
ended=$?
sleep 0.5
after=$(systemctl show -p MainPID --value keepalived.service)
if [ $ended -ne 0 ] || { [ "$before" != 0 ] && [ "$before" != "$after" ]; }; then
  systemctl status --no-pager --lines=20 keepalived.service
  echo "keepalived ended over the new configuration"
  exit 1
fi
systemctl is-active keepalived.service
`;

function restart(service: "haproxy" | "keepalived"): Handler {
  return {
    name: `restart ${service}`,
    // One that ends over what it reads does so a moment after it said that it is ready.
    script: `${SERVICE_WORDS.text}
systemctl daemon-reload && systemctl restart ${service}.service || exit 1
main() { systemctl show -p MainPID --value ${service}.service; }
before=$(main)
sleep 0.5
if [ "$(main)" = "$before" ]; then systemctl is-active ${service}.service; exit; fi
systemctl status --no-pager --lines=20 ${service}.service
echo "${service} does not stay up"
exit 1
`,
    supersedes: [`reload ${service}`, RELOAD_UNITS],
    // Connections through it end, and the address moves: by mishap, unless it was moved before.
    disrupts: true,
  };
}
