/**
 * Shell text that keeps a copy of the drop-ins of both daemons, and goes back to it. Text only.
 * @module
 */
import { PATHS } from "../../endpoint/paths.ts";
import { raw, sh } from "../../shell.ts";
import { alone, type Daemon, together, whole } from "./units.ts";

/** Where the copies are: in a folder that only root can read, as everything of Holdfast's there. */
const FOLDER = "/var/lib/holdfast";

/** How long a step of `apply` may go on when its controller was killed, and move its file yet. */
const LATE_S = 3;

/** In the order in which they start: Keepalived watches HAProxy. */
const UNITS: readonly { readonly daemon: Daemon; readonly path: string; readonly copy: string }[] =
  [
    {
      daemon: "haproxy",
      path: PATHS.haproxyUnit,
      copy: `${FOLDER}/drill-haproxy.service.conf`,
    },
    {
      daemon: "keepalived",
      path: PATHS.keepalivedUnit,
      copy: `${FOLDER}/drill-keepalived.service.conf`,
    },
  ];

/** Keeps both drop-ins as they are now: content, owner and mode. */
export function dropInsKept(): string {
  const keep = UNITS.map(({ path, copy }) =>
    sh`cp -p ${path} ${`${copy}.new`} && sync && mv -f ${`${copy}.new`} ${copy}`
  );
  return alone(sh`umask 077
mkdir -p ${FOLDER} && ${raw(keep.join(" &&\n"))}`);
}

/**
 * Puts the copies back byte for byte, those that differ, and starts their daemons anew where they
 * run. It looks again once a step that was under way has surely ended.
 */
export function dropInsRestored(): string {
  const copies = UNITS.map(({ copy }) => copy);
  return alone(sh`back() {
  [ -e "$1" ] && ! cmp -s "$1" "$2" || return 0
  cp -p "$1" "$2.drill" && sync && mv -f "$2.drill" "$2" && systemctl daemon-reload || return 1
  # One that does not run, as at boot, reads the file when it starts.
  ! systemctl is-active --quiet "$3" || systemctl restart "$3"
}
all_back() {
  ${
    raw(
      UNITS.map(({ daemon, path, copy }) => sh`back ${copy} ${path} ${`${daemon}.service`}`)
        .join(" &&\n  "),
    )
  }
}
for copy in ${copies}; do
  [ -e "$copy" ] || continue
  all_back && sleep ${LATE_S} && all_back && rm -f ${copies} || exit 1
done
${raw(together(...UNITS.map(({ daemon }) => whole(daemon))))}`);
}
