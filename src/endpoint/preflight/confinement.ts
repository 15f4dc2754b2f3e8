import type { Endpoint, Preflight } from "../../model.ts";
import { servicesOf } from "../../services.ts";
import { sh } from "../../shell.ts";
import { concernsHaproxy } from "./concerns.ts";
import { type Found, merged, rows } from "./judged.ts";

/** TCP ports that SELinux lets HAProxy use where nobody added any. */
const HTTP_PORTS = [80, 81, 443, 488, 8008, 8009, 8443, 9000];

/** Does SELinux or AppArmor keep a daemon from what it is to do? */
export function confinement(endpoint: Endpoint): Preflight {
  return {
    name: "confinement",
    waits: false,
    concerns: concernsHaproxy,
    probe: () => PROBE,
    judge: (answers) => ({
      findings: merged([...answers].flatMap(([host, { stdout }]) => [
        ...selinux(host, stdout, endpoint),
        ...apparmor(host, stdout),
      ])),
    }),
  };
}

const PROBE = sh`if command -v getenforce >/dev/null 2>&1 && [ "$(getenforce)" = Enforcing ]; then
  echo "selinux enforcing"
  for name in haproxy_connect_any keepalived_connect_any; do
    getsebool "$name" 2>/dev/null | grep -q ' on$' && echo "allows $name"
  done
  semanage port -l 2>/dev/null | sed -n 's/^http_port_t  *tcp  */ports /p' | tr -d ,
fi
sed -n 's/^\([^ ]*\(haproxy\|keepalived\)[^ ]*\) (enforce)$/apparmor \1/p' /sys/kernel/security/apparmor/profiles 2>/dev/null
:`;

function selinux(host: string, stdout: string, endpoint: Endpoint): Found[] {
  if (rows(stdout, "selinux").length === 0) return [];
  const allows = (name: string) => rows(stdout, "allows").some(([it]) => it === name);
  const said = rows(stdout, "ports").flat().map(Number);
  const known = said.length > 0 ? said : HTTP_PORTS;
  const stats = Number(endpoint.haproxy.stats.split(":").at(-1));
  const wanted = [
    ...servicesOf(endpoint).flatMap(({ endpoint: { port, backendPort } }) => [port, backendPort]),
    stats,
  ];
  const missing = [...new Set(wanted)].filter((it) => !known.includes(it));
  const warning = { severity: "warning", host } as const;
  return [
    ...(missing.length === 0 || allows("haproxy_connect_any") ? [] : [{
      ...warning,
      message: `SELinux enforces, and lets HAProxy use none of the ports ${missing.join(", ")}`,
      hint: missing.map((it) => `semanage port -a -t http_port_t -p tcp ${it}`).join(" && "),
    }]),
    ...(allows("keepalived_connect_any") ? [] : [{
      ...warning,
      message: "SELinux enforces, and does not let the check scripts of Keepalived ask HAProxy",
      hint: "setsebool -P keepalived_connect_any on",
    }]),
  ];
}

function apparmor(host: string, stdout: string): Found[] {
  const profiles = rows(stdout, "apparmor").flat().filter((it) => /^[A-Za-z0-9_.\/-]+$/.test(it));
  return profiles.map((profile) => ({
    severity: "warning",
    host,
    message:
      `the AppArmor profile ${profile} is enforced, and may not know the files of the endpoint`,
    hint: `allow "/etc/haproxy/** r," and "/run/haproxy/** rw," in ` +
      `/etc/apparmor.d/local/${
        profile.replace(/^\//, "").replaceAll("/", ".")
      }, then reload the profile`,
  }));
}
