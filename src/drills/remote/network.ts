/**
 * What an interface loses when it goes down, and how it gets it back. Text only.
 *
 * The kernel drops all routes of an interface that goes down, its IPv6 addresses and its permanent
 * neighbours. Most are put back by nobody when it comes up.
 * @module
 */
import { raw, sh } from "../../shell.ts";
import { UNDO_DIR } from "./places.ts";

/** The two halves of taking an interface down. */
export interface LinkUndo {
  /** Part of the fault, before the interface goes down: keeps what it will lose. Harms nothing. */
  readonly prepare: string;
  /** The undo: brings it up, and puts back what is missing. */
  readonly undo: string;
}

/**
 * How to take an interface down and have it back as it was, through a reboot too. The undo ends with
 * 1 while something is missing, so it is tried again.
 *
 * @param except addresses that are not put back, with their routes: the virtual address, which may
 * have moved. What Keepalived has put there is never put back: a `/32`, or a deprecated `/128`.
 */
export function linkUndo(iface: string, except: readonly string[] = []): LinkUndo {
  const kept = `${UNDO_DIR}/link.${iface}`;
  const list = listFunction(iface, except);
  return {
    prepare: sh`${raw(list)}
( umask 077
  mkdir -p -- ${UNDO_DIR} || exit
  [ ! -e ${kept} ] || exit 0
  list_link >${`${kept}.new`} && { sync -- ${`${kept}.new`} 2>/dev/null || sync; } && mv -f -- ${`${kept}.new`} ${kept} && { sync -- ${UNDO_DIR} 2>/dev/null || sync; }
) || { echo ${`Cannot keep what ${iface} loses when it goes down: is the disk full?`} >&2; exit 1; }`,
    undo: sh`${raw(list)}
( ip link set dev ${iface} up || exit
  [ -e ${kept} ] || exit 0
  missing() { { list_link; echo '#'; cat -- ${kept}; } | awk '${raw(MISSING)}'; }
  set -f
  rounds=0
  while :; do
    lost=$(missing)
    [ -n "$lost" ] || exit 0
    rounds=$((rounds + 1))
    if [ "$rounds" -gt 5 ]; then
      printf '%s\n' ${`${iface} has not got back:`} "$lost" >&2
      exit 1
    fi
    sleep 0.2 || sleep 1
    printf '%s\n' "$lost" | while read -r line; do ip $line; done
  done
)`,
  };
}

// What is in the second part and not in the first. Lifetimes go down, so they are not compared.
const MISSING = `function key(line, word) {
    if (line ~ / addr replace /) { split(line, word, " "); return word[1] " " word[4] }
    sub(/ expires [0-9]+/, "", line)
    return line
  }
  $0 == "#" { second = 1; next }
  !second { have[key($0)] = 1; next }
  !(key($0) in have)`;

/** A shell function that lists what an interface has, as arguments that give it to it. */
function listFunction(iface: string, except: readonly string[]): string {
  return sh`list_link() {
  ip -o addr show dev ${iface} | awk -v dev=${iface} -v except=${except.join(" ")} '${raw(LIB)}${
    raw(ADDRESSES)
  }'
  for family in -4 -6; do
    ip $family -o route show table all | awk -v family=$family -v dev=${iface} -v except=${
    except.join(" ")
  } '${raw(LIB)}${raw(ROUTES)}'
  done
  ip neigh show dev ${iface} nud permanent | awk -v dev=${iface} '$2 == "lladdr" { print "neigh replace", $1, $2, $3, "dev", dev, "nud permanent" }'
}`;
}

const LIB =
  `BEGIN { count = split(except, list, " "); for (i = 1; i <= count; i++) left[list[i]] = 1 }
    function bare(word) { sub(/\\/.*/, "", word); return word }
    `;

// Its name is printed as the last word of an IPv4 address: the label.
const ADDRESSES = `/ temporary/ || (bare($4) in left) { next }
    $3 == "inet" && $4 ~ /\\/32$/ { next }
    $3 == "inet6" && $4 ~ /\\/128$/ && / deprecated/ { next }
    {
      out = ($3 == "inet" ? "-4" : "-6") " addr replace " $4 " dev " dev
      for (i = 5; i <= NF; i++) {
        word = $i; value = $(i + 1)
        if (word ~ /^(peer|brd|scope|metric)$/) { out = out " " word " " value; i++ }
        else if (word ~ /_lft$/) { sub(/sec$/, "", value); out = out " " word " " value; i++ }
        else if (word ~ /^(nodad|home|mngtmpaddr|noprefixroute)$/) out = out " " word
        else if ($3 == "inet" && index(word, dev ":") == 1) { sub(/\\\\+$/, "", word); out = out " label " word }
      }
      print out
    }`;

// What the kernel derives from addresses comes back with them.
const ROUTES = `/ table local( |$)/ || $1 ~ /^(local|broadcast|anycast|multicast)$/ { next }
    / proto kernel/ && $1 !~ /\\// && $1 != "default" { next }
    {
      own = skip = 0; out = ""
      gsub(/\\\\/, " ")
      for (i = 1; i <= NF; i++) {
        word = $i
        if (bare(word) in left) skip = 1
        if (word == "dev" && $(i + 1) == dev) own = 1
        if (word ~ /^(linkdown|dead|offload|trap|rt_offload|rt_trap)$/) continue
        if (word == "nhid" || word == "error") { i++; continue }
        if ($(i - 1) == "expires") sub(/sec$/, "", word)
        out = out " " word
      }
      if (own && !skip) print family " route replace" out
    }`;
