/**
 * What a member needs besides its files: packages, a user, and what to run when files changed.
 * Data and shell text only.
 * @module
 */
import type { Endpoint, Handler } from "../model.ts";
import { SCRIPT_USER } from "./paths.ts";

/** Packages of a member. */
export function packagesFor(_endpoint: Endpoint): readonly string[] {
  return ["haproxy", "keepalived", "curl"];
}

/**
 * System user without login that Keepalived runs the check scripts as, or undefined when it runs
 * them as root, as the seed document does. Has to exist before keepalived.conf is tested.
 */
export function scriptUser(endpoint: Endpoint): string | undefined {
  return endpoint.profile === "guide" ? undefined : SCRIPT_USER;
}

/** Handlers of a member in the order in which they run: HAProxy first, Keepalived watches it. */
export function handlerScripts(endpoint: Endpoint): readonly Handler[] {
  const reloads = [
    { name: "reload haproxy", script: RELOAD_HAPROXY },
    { name: "reload keepalived", script: RELOAD_KEEPALIVED },
  ];
  if (endpoint.profile === "guide") return reloads;
  const [haproxy, keepalived] = reloads;
  return [
    restart("haproxy"),
    ...(haproxy ? [haproxy] : []),
    restart("keepalived"),
    ...(keepalived ? [keepalived] : []),
  ];
}

// The master process survives a configuration that its workers cannot start with, for example a
// port that is taken, and says so in its status only.
const RELOAD_HAPROXY = `systemctl reload-or-restart haproxy.service || exit 1
sleep 0.5
case $(systemctl show -p StatusText --value haproxy.service) in
  *[Ff]ail*)
    systemctl status --no-pager --lines=20 haproxy.service
    exit 1
    ;;
esac
systemctl is-active haproxy.service
`;

// A running Keepalived ends over a configuration that it cannot use, and leaves the address behind.
const RELOAD_KEEPALIVED = `before=$(systemctl show -p MainPID --value keepalived.service)
systemctl reload-or-restart keepalived.service || exit 1
sleep 0.5
after=$(systemctl show -p MainPID --value keepalived.service)
if [ "$before" != 0 ] && [ "$before" != "$after" ]; then
  echo "keepalived ended over the new configuration"
  systemctl status --no-pager --lines=20 keepalived.service
  exit 1
fi
systemctl is-active keepalived.service
`;

function restart(service: "haproxy" | "keepalived"): Handler {
  return {
    name: `restart ${service}`,
    script: `systemctl daemon-reload && systemctl restart ${service}.service || exit 1
systemctl is-active ${service}.service
`,
    supersedes: [`reload ${service}`],
  };
}
