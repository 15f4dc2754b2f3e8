/**
 * A stand-in for a kubelet on a lab's host. It is none: there is no container, no image and no probe.
 * What it has of one is what static pods are judged by: it looks at the folder of manifests and at
 * nothing else, starts `command` and `args` of each as a process whose control group is below
 * `kubepods`, with the capabilities of the manifest and with a root that is read-only where it says so,
 * starts another one when the manifest is another, starts one that has ended again after 10 s, 20 s
 * and so on, and ends those whose manifest is gone, by the image's signal and within their grace.
 */
import type { Lab } from "../../src/lab/mod.ts";
import { sh } from "../../src/shell.ts";
import * as hf from "./holdfast.ts";

// The name of its file is the name of its process, by which a kubelet is known.
const KUBELET = "/usr/local/bin/kubelet";

// It reads no more YAML than the manifests of Holdfast have, and does not start what it cannot read.
const SCRIPT = String.raw`#!/bin/sh
manifests=/etc/kubernetes/manifests state=/run/stand-in-kubelet
# What container runtimes leave to root beside what a manifest adds.
usual="CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE"
mkdir -p "$manifests" "$state"
now() { sed 's/[.].*//' /proc/uptime; }
# KEY: ["one", "two"], or a list below KEY, as lines.
words() {
  sed -n "s/^ *$1: \[\"\(.*\)\"\]\$/\1/p" "$2" | sed 's/", "/\n/g'
  sed -n "/^ *$1:\$/,/^ *[a-zA-Z]*:/s/^ *- //p" "$2"
}
value() { sed -n "s/^ *$1: //p" "$2"; }
volumes() {
  sed -n '/hostPath:/{n;N;s/^ *path: \(.*\)\n *type: /\1 /p;}' "$1" | while read -r path type; do
    case $type in
      DirectoryOrCreate) mkdir -p "$path" ;;
      Directory) [ -d "$path" ] ;;
      File) [ -f "$path" ] ;;
      *) false ;;
    esac || { echo "no $type $path"; exit 1; }
  done
}
begin() {
  name=$1 file=$2
  volumes "$file" || return 1
  caps=$(words add "$file")
  words drop "$file" | grep -qx ALL || caps="$caps $usual"
  signal=SIGTERM
  # The image of HAProxy names it.
  [ "$name" != haproxy ] || signal=SIGUSR1
  grace=$(value terminationGracePeriodSeconds "$file")
  set -- --quiet --collect --unit="cri-$name" --slice=kubepods-besteffort.slice
  set -- "$@" -p KillMode=mixed -p "KillSignal=$signal" -p "TimeoutStopSec=$grace"
  set -- "$@" -p "CapabilityBoundingSet=$(printf 'CAP_%s ' $caps)"
  if [ "$(value readOnlyRootFilesystem "$file")" = true ]; then
    set -- "$@" -p ProtectSystem=strict -p RuntimeDirectory=haproxy
  fi
  if [ "$(value allowPrivilegeEscalation "$file")" = false ]; then
    set -- "$@" -p NoNewPrivileges=yes
  fi
  set -- "$@" -- $(words command "$file")
  while IFS= read -r word; do set -- "$@" "$word"; done <<END
$(words args "$file")
END
  echo "starts $name"
  systemd-run "$@"
}
end() { systemctl -q is-active "cri-$1" && echo "ends $1" && systemctl stop "cri-$1"; }
while sleep 0.5; do
  for file in "$manifests"/*.yaml; do
    [ -e "$file" ] || continue
    name=$(basename "$file" .yaml) sum=$(sha256sum <"$file")
    if [ "$sum" != "$(cat "$state/$name" 2>/dev/null)" ]; then
      end "$name"
      begin "$name" "$file"
      echo "$sum" >"$state/$name"
      rm -f "$state/$name.ended"; echo 10 >"$state/$name.wait"
    elif ! systemctl -q is-active "cri-$name"; then
      wait=$(cat "$state/$name.wait")
      [ -e "$state/$name.ended" ] || now >"$state/$name.ended"
      [ $(($(now) - $(cat "$state/$name.ended"))) -ge "$wait" ] || continue
      rm -f "$state/$name.ended"
      echo $((wait < 150 ? wait * 2 : 300)) >"$state/$name.wait"
      begin "$name" "$file"
    fi
  done
  for known in "$state"/*.wait; do
    name=$(basename "$known" .wait)
    if [ ! -e "$manifests/$name.yaml" ] && [ -e "$known" ]; then
      end "$name"
      rm -f "$state/$name" "$state/$name.ended" "$known"
    fi
  done
done
`;

const UNIT = `[Unit]
Description=Stand-in for a kubelet
[Service]
ExecStart=${KUBELET}
# Its pods stay when it is started anew.
KillMode=process
`;

/**
 * Puts on a host what images would bring: the daemons, of which no unit can run. There is a kubelet
 * then, but it does not run yet.
 */
export async function becomeNode(lab: Lab, host: string): Promise<void> {
  await hf.root(
    lab,
    host,
    sh`systemctl -q mask haproxy keepalived || exit 1
DEBIAN_FRONTEND=noninteractive apt-get -qq -y install haproxy keepalived >/dev/null || exit 1
rm -rf /etc/haproxy /etc/keepalived
printf %s ${SCRIPT} >${KUBELET} && chmod 755 ${KUBELET} || exit 1
printf %s ${UNIT} >/etc/systemd/system/kubelet.service && systemctl daemon-reload`,
  );
}

/** Starts the stand-in of a host. */
export async function startKubelet(lab: Lab, host: string): Promise<void> {
  await hf.root(lab, host, "systemctl start kubelet");
}

/** The first process of each daemon's pod, HAProxy's first; 0 for one that does not run. */
export async function podsOf(lab: Lab, host: string): Promise<string[]> {
  const show = "systemctl show -p MainPID --value";
  return (await hf.root(lab, host, `${show} cri-haproxy; ${show} cri-keepalived`)).trim()
    .split("\n");
}

/** What the stand-in has said since it was started. */
export function kubeletLog(lab: Lab, host: string): Promise<string> {
  return hf.root(lab, host, "journalctl -q -o cat --no-pager -u kubelet -u 'cri-*' | tail -n 60");
}
