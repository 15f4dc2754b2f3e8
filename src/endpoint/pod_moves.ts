/**
 * How static pods change on a member: waited for, out of the way and back. Shell text only.
 * @module
 */
import { addressesOf, alone } from "../addresses.ts";
import { POD_WORDS } from "../kubelet.ts";
import type { Endpoint, Handler, Keeper, StandDown } from "../model.ts";
import { raw, sh } from "../shell.ts";
import { PATHS, POD_PATHS, STAND_DOWN_FILE } from "./paths.ts";
import { awaitPod } from "./pods.ts";

const DAEMONS = ["haproxy", "keepalived"] as const;

const STAND_DOWN_FOLDER = STAND_DOWN_FILE.replace(/\/[^/]*$/, "");

/** Seconds that a kubelet may take to run what a manifest says, an image that has to come included. */
const START_S = 100;

/** Handlers of a member with static pods: nothing is reloaded, the kubelet is waited for. */
export function podHandlers(): readonly Handler[] {
  return DAEMONS.map((daemon) => ({
    name: awaitPod(daemon),
    script: awaitScript(daemon),
    // The old container ends before the new one starts.
    disrupts: true,
  }));
}

/** Before a control plane is there no kubelet runs, and its pods start with it. */
function awaitScript(daemon: "haproxy" | "keepalived"): string {
  const manifest = POD_PATHS[daemon];
  return sh`${POD_WORDS}
[ -e ${manifest} ] || exit 0
kubelet_runs || { echo "no kubelet runs yet"; exit 0; }
for _ in $(seq ${START_S}); do
  # One that ends over what it reads does so a moment after it has begun.
  if newer_pod ${daemon} ${manifest} && sleep 2 && newer_pod ${daemon} ${manifest}; then exit 0; fi
  sleep 1
done
echo ${
    `the kubelet does not run ${daemon} as ${manifest} says after ${START_S} s; does its image ` +
    "come, does it start? See crictl pull, crictl ps -a and journalctl -u kubelet"
  }
exit 1
`;
}

/**
 * What undoing a run brings back beside manifests: the member takes part again, and the kubelet runs
 * the old pods. At boot, where `$early` is 1, nothing is waited for.
 */
export function podKeepers(): readonly Keeper[] {
  const waits = DAEMONS.map((daemon) =>
    sh`if printf '%s\n' "$notified" | grep -Fqx ${awaitPod(daemon)}; then
  ( eval ${awaitScript(daemon)} ) >&2 || bad=1
fi`
  );
  const save = sh`[ -e ${STAND_DOWN_FILE} ] || echo "takes part"`;
  const restore = sh`[ -z "$saved" ] || rm -f -- ${STAND_DOWN_FILE} || exit 1
[ "$early" != 1 ] || exit 0
bad=
${raw(waits.join("\n"))}
[ -z "$bad" ]`;
  return [{ name: "pods haproxy, keepalived", save, restore }];
}

/**
 * How a member with static pods leaves its addresses to the others: its Keepalived watches a file for
 * that, says goodbye and takes them away, and no container ends. The seed document's watches none.
 */
export function podStandDown(endpoint: Endpoint): StandDown | undefined {
  if (endpoint.profile === "guide") return undefined;
  const held = addressesOf(endpoint).map((it) => sh`ip -o addr show to ${alone(it)} 2>/dev/null`);
  const leave = sh`(
held() { ${raw(held.join("; "))}; }
[ -n "$(held)" ] || exit 0
grep -Fq ${STAND_DOWN_FILE} ${PATHS.keepalived} || {
  echo ${`${PATHS.keepalived} does not watch ${STAND_DOWN_FILE}: it is not what was deployed`} >&2
  exit 1
}
( umask 022; mkdir -p ${STAND_DOWN_FOLDER} && echo 1 >${STAND_DOWN_FILE} ) || exit 1
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ -n "$(held)" ] || exit 0
  sleep 0.5
done
rm -f -- ${STAND_DOWN_FILE}
echo "it still has" $(held | sed 's/.* inet6* \([^ ]*\) .*/\1/') >&2
exit 1
)
`;
  return { leave, join: sh`rm -f -- ${STAND_DOWN_FILE}` };
}
