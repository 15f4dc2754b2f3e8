/**
 * Words of the two configuration languages that the templates write, and the first release that
 * knows each of them. Data, and the questions that are asked of it.
 *
 * The releases are those of the daemons' own repositories: the first tag whose parser or manual has
 * the word. `1.8` and `1.3` stand for these and everything before them, which no supported system
 * has. A word that goes into a template goes in here too: a test finds those that are missing.
 * @module
 */
import { type HostSetting, TaskError } from "../errors.ts";
import { atLeast, type Daemon } from "./version.ts";

type Words = Readonly<Record<string, string>>;

/**
 * HAProxy's: first words of lines, with the second where the first is only a family (`option`,
 * `timeout`). What stands further in a line has the first word before it: `server crt`.
 */
const HAPROXY: Words = {
  ...since("1.8", [
    ...["global", "defaults", "frontend", "backend", "log", "no log", "chroot", "user", "group"],
    ...["uid", "gid"],
    ...["maxconn", "mode", "retries", "balance", "bind", "acl", "default_backend", "server"],
    ...["default-server", "hard-stop-after", "stats socket", "stats timeout"],
    ...["stats socket mode", "stats socket level", "stats socket expose-fd"],
    ...["option dontlognull", "option dontlog-normal", "option log-health-checks"],
    ...["option redispatch", "option clitcpka", "option srvtcpka", "option tcplog"],
    ...["option httpchk", "http-check expect"],
    ...["timeout connect", "timeout check", "timeout queue", "timeout client", "timeout server"],
    ...["timeout tunnel", "timeout client-fin", "timeout server-fin", "timeout http-request"],
    ...[
      "timeout tarpit",
      "bind v4v6",
      "bind transparent",
      "acl nbsrv",
      "http-request nbsrv",
      "http-request url_param",
    ],
    ...["server check", "server check-ssl", "server verify", "server ca-file", "server crt"],
    ...["server verifyhost", "server inter", "server fastinter", "server downinter"],
    ...["server fall", "server rise", "http-request tarpit", "http-request deny_status"],
  ]),
  ...since("2.0", ["http-request use-service"]),
  ...since("2.2", [
    ...["http-request return", "http-request status", "http-request content-type"],
    ...["http-request string", "http-request lf-string"],
  ]),
  ...since("2.3", [
    ...["clitcpka-idle", "clitcpka-intvl", "clitcpka-cnt"],
    ...["srvtcpka-idle", "srvtcpka-intvl", "srvtcpka-cnt"],
  ]),
};

/** Keepalived's: first words of lines and blocks; what stands further in a line as above. */
const KEEPALIVED: Words = {
  ...since("1.3", [
    ...["global_defs", "router_id", "vrrp_version", "enable_script_security", "script_user"],
    ...["vrrp_garp_master_refresh", "vrrp_garp_lower_prio_repeat", "vrrp_script", "script"],
    ...["interval", "timeout", "fall", "rise", "weight", "vrrp_instance", "state", "interface"],
    ...["virtual_router_id", "priority", "advert_int", "unicast_src_ip", "unicast_peer"],
    ...["virtual_ipaddress", "track_script", "notify", "file"],
  ]),
  ...since("1.3.5", ["vrrp_higher_prio_send_advert"]),
  ...since("2.0.18", ["weight reverse"]),
  // As a block of its own; inside of an instance it is from 2.0.0.
  ...since("2.1.0", ["track_file", "max_auto_priority", "check_unicast_src"]),
};

/** Word to the first release that knows it, by daemon. */
export const WORDS: Readonly<Record<Daemon, Words>> = {
  haproxy: HAPROXY,
  keepalived: KEEPALIVED,
};

/**
 * The oldest release that a configuration of the corrected profiles can be written for: what is
 * newer than these the templates ask for, word by word.
 */
export const OLDEST: Readonly<Record<Daemon, string>> = { haproxy: "2.2", keepalived: "2.1.0" };

/**
 * Whether a version of a daemon knows a word.
 * @throws {TypeError} when nobody has looked up since when the word is known
 *
 * @example
 * ```ts
 * import { knows } from "./words.ts";
 * import { assert } from "@std/assert";
 *
 * assert(!knows("haproxy", "2.2.9", "clitcpka-idle"));
 * assert(knows("haproxy", "2.6.12", "clitcpka-idle"));
 * ```
 */
export function knows(daemon: Daemon, version: string, word: string): boolean {
  const first = WORDS[daemon][word];
  if (first === undefined) {
    throw new TypeError(`Cannot tell since when ${daemon} knows "${word}": it is not in the table`);
  }
  return atLeast(version, first);
}

/** From this release on HAProxy refuses what the seed document writes. */
const GUIDE_ENDS = "3.3";

/**
 * Makes sure that a version takes what the seed document writes.
 *
 * @param setting what of the inventory says the version, where it does
 * @throws {TaskError} otherwise
 */
export function assertTakesGuide(daemon: Daemon, version: string, setting?: HostSetting): void {
  if (daemon !== "haproxy" || !atLeast(version, GUIDE_ENDS)) return;
  throw new TaskError(
    `Cannot write profile "guide" for haproxy ${version}: its frontend and its backend have the ` +
      `same name, which haproxy ${GUIDE_ENDS} and newer refuse; profile "standard" has two`,
    setting,
  );
}

/**
 * Makes sure that a version is new enough.
 *
 * @param setting what of the inventory says the version, where it does
 * @throws {TaskError} otherwise, with what would do
 */
export function assertNewEnough(daemon: Daemon, version: string, setting?: HostSetting): void {
  if (atLeast(version, OLDEST[daemon])) return;
  const missing = Object.entries(WORDS[daemon])
    .filter(([, first]) => !atLeast(version, first) && atLeast(OLDEST[daemon], first))
    .map(([word]) => `"${word}"`).slice(0, 3).join(", ");
  throw new TaskError(
    `Cannot write a configuration for ${daemon} ${version}: it does not know ${missing}, and ` +
      `${daemon} ${OLDEST[daemon]} or newer does`,
    setting,
  );
}

function since(release: string, words: readonly string[]): Words {
  return Object.fromEntries(words.map((word) => [word, release]));
}
