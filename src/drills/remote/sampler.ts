/**
 * Watching a host during a drill, without a link to it and through a reboot. Text only.
 *
 * The spool has one line for each thing seen: `boot EPOCH_NS UPTIME_S BOOT_ID` and `holds EPOCH_NS
 * 0|1` whenever watching begins (where there are several addresses one for each, `holds EPOCH_NS 0|1
 * ADDRESS`), `clock EPOCH_NS UPTIME_S` every half second, `addr LINE` as
 * `ip -ts -o monitor` prints it in UTC, `up EPOCH_NS COUNT` when the number of API servers that
 * HAProxy can use has changed, `end EPOCH_NS` when it was stopped in order.
 * @module
 */
import { raw, sh } from "../../shell.ts";
import { DRILL_DIR, PLACE_FUNCTIONS, requirements, SAMPLER_DIR, UNITS } from "./places.ts";
import {
  AWAIT_SCRIPT,
  SAMPLER_LIMIT_S,
  WATCH_UNIT,
  WATCH_UNIT_FILE,
  type Watched,
  WATCHES,
  watchScript,
} from "./watch.ts";

/** What {@link samplerScript} takes. */
export interface SamplerOptions extends Watched {
  /** Word that tells this drill from others. */
  readonly nonce: string;
}

const REMOVE = sh`remove() {
  systemctl stop ${UNITS.sampler} 2>/dev/null
  drop ${UNITS.sampler}
  drop_dir ${SAMPLER_DIR}
}`;

/**
 * Starts it, and waits until it watches. One that an earlier drill left is replaced. Ends with 1 and
 * a sentence when the host cannot be watched.
 */
export function samplerScript({ nonce, ...watched }: SamplerOptions): string {
  return sh`${raw(requirements("watch this host during a drill", ["ip", "mkfifo", "date"]))}
case $(date +%s%N) in *[!0-9]*) fail 'its date knows whole seconds only; install coreutils' ;; esac
${raw(PLACE_FUNCTIONS)}
${raw(REMOVE)}
remove
trap 'code=$?; [ "$code" = 0 ] || remove' EXIT
trap 'exit 143' HUP INT TERM
mkdir -p -- ${SAMPLER_DIR} && chmod 700 -- ${DRILL_DIR} ${SAMPLER_DIR} &&
  put ${`${SAMPLER_DIR}/nonce`} 600 ${`${nonce}\n`} && put ${`${SAMPLER_DIR}/until`} 600 "$(($(date +%s) + ${SAMPLER_LIMIT_S}))
" && put ${`${SAMPLER_DIR}/await`} 600 ${AWAIT_SCRIPT} && put ${`${SAMPLER_DIR}/run`} 600 ${
    watchScript(watched)
  } && put ${WATCH_UNIT_FILE} 644 ${WATCH_UNIT} && at_boot ${UNITS.sampler} && flush ${DRILL_DIR} ${SAMPLER_DIR} || fail 'what watches it cannot be stored; is the disk full?'
systemctl daemon-reload && systemctl start ${UNITS.sampler} && ${
    raw(WATCHES)
  } || fail "what watches it does not start; look with: journalctl -u ${raw(UNITS.sampler)}"
trap - EXIT`;
}

/** Gives the spool as it is; watching goes on. */
export function fetchScript(nonce: string): string {
  return sh`${
    raw(own("fetch what was seen on this host", nonce, "fail 'nothing was watched here'"))
  }
cat ${`${SAMPLER_DIR}/spool`}`;
}

/** Stops it and takes everything of it away. Nothing to stop is no mistake. */
export function stopSamplerScript(nonce: string): string {
  return sh`${raw(PLACE_FUNCTIONS)}
${raw(REMOVE)}
${raw(own("stop watching this host", nonce, "{ remove; exit 0; }"))}
remove`;
}

function own(purpose: string, nonce: string, none: string): string {
  return sh`fail() { printf '%s: %s\n' ${`Cannot ${purpose}`} "$*" >&2; exit 1; }
[ -e ${`${SAMPLER_DIR}/nonce`} ] || ${raw(none)}
[ "$(cat ${`${SAMPLER_DIR}/nonce`})" = ${nonce} ] || fail "it is watched for drill $(cat ${`${SAMPLER_DIR}/nonce`})"`;
}
