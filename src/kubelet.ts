/**
 * What a kubelet runs on a host, as the host's own process table tells it: every container runtime
 * has its own client, and all of them have the processes. Shell text only.
 * @module
 */
import { raw, sh, type ShellText } from "./shell.ts";

/**
 * Shell functions. `pod_pids NAME` prints the processes of that name that are in a pod;
 * `kubelet_runs` tells whether anything would start one; `newer_pod NAME FILE` whether such a process
 * began after the file was written, give or take a second.
 */
export const POD_WORDS: ShellText = raw(
  sh`pod_pids() {
  for comm in $(grep -lx -- "$1" /proc/[0-9]*/comm 2>/dev/null); do
    dir=\${comm%/comm}
    if grep -q kubepods "$dir/cgroup" 2>/dev/null; then echo "\${dir##*/}"; fi
  done
}
kubelet_runs() { [ -n "$(grep -lx kubelet /proc/[0-9]*/comm 2>/dev/null)" ]; }
newer_pod() {
  hz=$(getconf CLK_TCK 2>/dev/null || echo 100)
  read -r up _ </proc/uptime
  age=$(($(date +%s) - $(stat -c %Y -- "$2")))
  for pid in $(pod_pids "$1"); do
    begun=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null | cut -d ' ' -f 20)
    [ -n "$begun" ] && [ $((\${up%.*} - begun / hz)) -le $((age + 1)) ] && return 0
  done
  return 1
}`,
);
