/**
 * Which versions a host can have of packages that have not the version which is asked for: the
 * question as shell text, and what the answer means.
 * @module
 */
import { raw, sh } from "../shell.ts";
import { APK_HELD, apkStatus } from "./apk.ts";
import { DNF_HELD } from "./dnf.ts";
import { rpmStatus } from "./rpm.ts";
import { dpkgStatus } from "./status.ts";
import { WRONG } from "./wrong.ts";
import { ZYPPER_HELD } from "./zypper.ts";

/** Longest that package lists are read, in seconds. */
const FETCH_S = 20;

/**
 * Read-only shell text that says which versions can be had of packages, each with the pattern of the
 * version that is asked for; of those that have it already nothing is said. Where the host has no
 * lists they are read into a folder that is gone afterwards; apk cannot do that. It reads `$manager`;
 * `IN_PRIVATE` and `LOOKS` have come before.
 */
export function offersScript(versions: Readonly<Record<string, string>>): string {
  const wanted = Object.entries(versions);
  if (wanted.length === 0) return ":";
  return sh`set -- ${wanted.map(([name]) => name)}
case $manager in
apt) ${dpkgStatus} ;;
dnf) ${DNF_HELD}
  ${rpmStatus} ;;
zypper) ${ZYPPER_HELD}
  ${rpmStatus} ;;
apk) ${APK_HELD}
  ${apkStatus} ;;
esac
${WRONG}
ask=
${raw(wanted.map(([name, pattern]) => sh`wrong ${name} ${pattern}`).join("\n"))}
if [ -n "$ask" ] && [ "$manager" != unknown ]; then
  fetch=
  "$manager"_lists || fetch=${FETCH_S}
  in_private "$manager"_look $ask | offered
fi`;
}

/** Reads the answer to {@link offersScript}: the versions of each package, best first. */
export function parseOffers(answer: string): ReadonlyMap<string, readonly string[]> {
  const offers = new Map<string, readonly string[]>();
  for (const line of answer.split("\n")) {
    const [word, name = "", version = ""] = line.split(" ");
    if (word !== "offered" || version === "") continue;
    offers.set(name, [...new Set([...offers.get(name) ?? [], version])]);
  }
  return offers;
}
