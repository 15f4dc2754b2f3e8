import type { Endpoint, Preflight } from "../../model.ts";
import { sh } from "../../shell.ts";
import { clientsWithin, connections, descriptors as derived } from "../derive.ts";
import { concernsHaproxy } from "./concerns.ts";
import { type Found, merged, rows } from "./judged.ts";

/** Bit of CAP_SYS_RESOURCE, with which a limit can be raised. */
const SYS_RESOURCE = 1n << 24n;

/** May HAProxy open as many files as its connections need? The guide sets no `maxconn`. */
export function descriptors(endpoint: Endpoint): Preflight {
  const { profile } = endpoint;
  return {
    name: "descriptors",
    waits: false,
    concerns: (planned) => profile !== "guide" && concernsHaproxy(planned),
    probe: () => PROBE,
    judge: (answers) => ({
      findings: profile === "guide"
        ? []
        : merged([...answers].flatMap(([host, { stdout }]) => judge(host, stdout, endpoint))),
    }),
  };
}

// Every place where a unit's limit can be said; the file whose name is the last has the word.
const PROBE = sh`read -r most </proc/sys/fs/nr_open && echo "most $most"
while read -r key value; do [ "$key" != CapBnd: ] || echo "may $value"; done </proc/self/status
sed -n 's/^Max open files *[0-9a-z]* *\([0-9a-z]*\).*/unit \1/p' /proc/1/limits
for dir in /usr/lib /lib /run /etc; do
  for file in "$dir"/systemd/system/haproxy.service.d/*.conf; do
    [ -f "$file" ] || continue
    sed -n "s|^LimitNOFILE=[[:space:]]*\([^[:space:]]*\).*|says $file \1|p" "$file"
  done
done
:`;

function judge(host: string, stdout: string, endpoint: Endpoint): Found[] {
  const { all } = connections(endpoint);
  // Two for each connection, and some of its own.
  const needed = 2 * all + 100;
  const most = Number(rows(stdout, "most")[0]?.[0] ?? Infinity);
  const said = rows(stdout, "says").map(([file = "", value = ""]) => ({
    file,
    hard: hardOf(value),
  }))
    // Ours is about to be written, whatever it says now.
    .filter(({ file }) => !file.endsWith("/holdfast.conf"));
  const ours = { file: "holdfast.conf", hard: derived(endpoint).value };
  const name = ({ file }: { file: string }) => file.split("/").at(-1) ?? "";
  const last = [...said, ours].toSorted((a, b) => name(a) < name(b) ? -1 : 1).at(-1) ?? ours;
  const needs = `HAProxy needs ${needed} (2 x ${all} connections + 100)`;
  // systemd takes infinity for as many as there may be, and fails over a number that is more.
  const asked = Number.isFinite(last.hard) ? last.hard : 0;
  if (most < Math.max(asked, needed)) {
    const message = `fs.nr_open allows ${most} open files, and ${needs}`;
    return [{ severity: "error", host, message, hint: "raise it: sysctl -w fs.nr_open=1048576" }];
  }
  // Root raises a limit, where nothing took that right away.
  const may = (BigInt(`0x${rows(stdout, "may")[0]?.[0] ?? "0"}`) & SYS_RESOURCE) !== 0n;
  const unit = hardOf(
    (rows(stdout, "unit")[0]?.[0] ?? "infinity").replace("unlimited", "infinity"),
  );
  if (!may && unit < ours.hard && endpoint.pods === undefined) {
    return [tooFew(host, unit, ours.hard, endpoint)];
  }
  if (last.hard >= needed) return [];
  return [{
    severity: may ? "warning" : "error",
    host,
    message: `${last.file} limits haproxy.service to ${last.hard} open files, and ${needs}` +
      (may ? "; as root it raises the limit itself" : ""),
    hint: `take LimitNOFILE out of ${last.file}`,
  }];
}

/** In a container systemd gives a unit no more than it has itself. */
function tooFew(host: string, unit: number, asked: number, endpoint: Endpoint): Found {
  const { all } = connections(endpoint);
  const fits = clientsWithin(unit, endpoint);
  return {
    severity: "error",
    host,
    message: `a unit can have ${unit} open files there, and HAProxy needs ${asked} for ${all} ` +
      "connections",
    hint: fits > 0
      ? `haproxy: { max_connections: ${fits} }`
      : "raise the limit of open files of that host's container",
  };
}

/** `4096`, `1024:4096` or `infinity`: the hard limit. */
function hardOf(value: string): number {
  const hard = value.split(":").at(-1) ?? "";
  return hard === "infinity" ? Infinity : Number(hard);
}
