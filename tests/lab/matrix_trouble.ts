/**
 * Trouble of a real host, as shell text that makes it and takes it away again; `edition` is what the
 * new configuration can be told by. Text only.
 * @module
 */
import type { Trouble } from "./matrix_points.ts";

/** How it is made and put right. */
export interface TroubleTexts {
  /** Makes it. */
  readonly wrong: string;
  /** Puts it right; in any state. */
  readonly right: string;
}

/** Gives a folder a disk of its own, with what was there and no room for more. */
const noRoom = (dir: string): TroubleTexts => ({
  wrong: `mkdir -p ${dir} && cp -a ${dir} /root/kept &&
mount -t tmpfs -o size=8m,mode=$(stat -c %a ${dir}) none ${dir} && cp -a /root/kept/. ${dir}/ &&
! dd if=/dev/zero of=${dir}/filler bs=1k 2>/dev/null`,
  // What was put in place there stays.
  right: `rm -f ${dir}/filler && rm -rf /root/kept && cp -a ${dir} /root/kept && umount ${dir} &&
rm -rf ${dir} && mv /root/kept ${dir}`,
});

const readOnly = (dir: string): TroubleTexts => ({
  wrong: `mkdir -p ${dir} && mount --bind ${dir} ${dir} && mount -o remount,bind,ro ${dir}`,
  right: `umount ${dir}`,
});

const program = (path: string, text: string) =>
  `cat >${path} <<'END'\n#!/bin/bash\n${text}\nEND\nchmod 755 ${path}`;

/** A daemon that starts with what it has run with before, and with nothing else. */
const dies = (daemon: string, config: string, mark: string): TroubleTexts => ({
  wrong: `mv /usr/sbin/${daemon} /usr/sbin/${daemon}.real
${
    program(
      `/usr/sbin/${daemon}`,
      `case " $* " in *" -c "* | *" -t "* | *" -v "* | *" --version "* | *" --signum"*) ;;
*) if grep -q '${mark}' ${config}; then sleep 0.3; echo "[ALERT] ${daemon} exited with code 139" >&2; exit 139; fi ;;
esac
exec -a /usr/sbin/${daemon} /usr/sbin/${daemon}.real "$@"`,
    )
  }`,
  right: `mv -f /usr/sbin/${daemon}.real /usr/sbin/${daemon}; rm -f /usr/local/sbin/systemctl`,
});

/** Texts of a trouble. */
export function troubleTexts(trouble: Trouble, edition: number): TroubleTexts {
  switch (trouble) {
    case "disk full":
      return noRoom("/etc/haproxy");
    case "state disk full":
      return noRoom("/var/lib/holdfast");
    case "disk read-only":
      return readOnly("/etc/haproxy");
    case "state disk read-only":
      return readOnly("/var/lib/holdfast");
    case "haproxy refuses":
      return {
        wrong: program(
          "/usr/local/sbin/haproxy",
          `case " $* " in *" -c "*) echo "[ALERT] moon phase is wrong" >&2; exit 1 ;; esac
exec /usr/sbin/haproxy "$@"`,
        ),
        right: "rm -f /usr/local/sbin/haproxy",
      };
    case "haproxy dies":
      return dies("haproxy", "/etc/haproxy/haproxy.cfg", `timeout client ${edition}m`);
    case "keepalived dies":
      return keepalivedDies(edition);
    case "dpkg locked":
      return DPKG_LOCKED;
  }
}

/** It does not start anew for a reload, so its death needs help. */
function keepalivedDies(edition: number): TroubleTexts {
  const mark = `priority ${100 + edition}$`;
  const conf = "/etc/keepalived/keepalived.conf";
  const { wrong, right } = dies("keepalived", conf, mark);
  const helper = `/usr/bin/systemctl "$@"
code=$?
case " $* " in *reload*keepalived*)
  if grep -q '${mark}' ${conf}; then
    kill -KILL "$(/usr/bin/systemctl show -p MainPID --value keepalived)"
  fi ;;
esac
exit $code`;
  return { wrong: `${wrong}\n${program("/usr/local/sbin/systemctl", helper)}`, right };
}

const HOLD_LOCK = `use Fcntl;
$0 = 'unattended-upgr';
open(my $lock, '+>', '/var/lib/dpkg/lock-frontend') or die $!;
my $ask = pack('s s x4 q q i x4', F_WRLCK, 0, 0, 0, 0);
fcntl($lock, F_SETLKW, $ask) or die $!;
open(my $made, '>', '/run/lock-held'); close($made);
sleep 3600 while 1;`;

/** Somebody else installs packages, and curl is missing. Who is told to wait minutes waits seconds. */
const DPKG_LOCKED: TroubleTexts = {
  wrong: `DEBIAN_FRONTEND=noninteractive apt-get -q -y purge curl >/dev/null 2>&1
${
    program(
      "/usr/local/sbin/apt-get",
      `words=()
for word; do words+=("\${word/DPkg::Lock::Timeout=*/DPkg::Lock::Timeout=3}"); done
exec /usr/bin/apt-get "\${words[@]}"`,
    )
  }
cat >/root/hold-lock <<'END'
${HOLD_LOCK}
END
setsid perl /root/hold-lock </dev/null >/dev/null 2>&1 &
echo $! >/run/lock-holder
until [ -e /run/lock-held ]; do sleep 0.1; done`,
  right: `kill $(cat /run/lock-holder)
rm -f /run/lock-holder /run/lock-held /usr/local/sbin/apt-get /root/hold-lock`,
};
