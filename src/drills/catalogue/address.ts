/**
 * Shell text that takes the address off a holder, and sees that it is minded again. Text only.
 * @module
 */
import { alone as single } from "../../addresses.ts";
import { raw, sh } from "../../shell.ts";
import { alone, whole } from "./units.ts";

/** Takes the address off an interface, with the prefix length that it has there. */
export function addressTaken(iface: string, address: string): string {
  return alone(sh`set -- $(ip -o addr show dev ${iface} to ${single(address)})
if [ -z "$4" ]; then
  echo ${`${address} is not on ${iface}`} >&2
  exit 1
fi
ip addr del "$4" dev ${iface}`);
}

/**
 * Sees that the address is there again. Keepalived puts it back by itself, here or on another
 * member, within an election. A host that is still without it afterwards serves nobody, so that
 * starting its keepalived anew costs no client anything, and is sure to put right what was wrong.
 */
export function addressBack(address: string): string {
  return alone(sh`here() { [ -n "$(ip -o addr show to ${single(address)})" ]; }
tries=0
until here || [ "$tries" -ge 20 ] || ! systemctl is-active --quiet keepalived.service; do
  tries=$((tries + 1))
  sleep 0.25 2>/dev/null || sleep 1
done
here || systemctl restart --no-block keepalived.service || exit 1
${raw(whole("keepalived"))}`);
}
