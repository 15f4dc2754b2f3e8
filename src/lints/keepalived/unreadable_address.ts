/** @module */
import { defineLint } from "../../define.ts";
import { family } from "../../endpoint/network.ts";
import { placed } from "./_instances.ts";

const conf = (address: string) =>
  `vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    virtual_ipaddress {
        ${address}
    }
}
`;

/** An address that is none. */
export const unreadableAddress = defineLint({
  code: "unreadable-address",
  severity: "error",
  title: "an address that is none",
  why:
    "Keepalived knows IP addresses, and no names of hosts. It skips what is none, says so in its log " +
    "and starts: nobody ever holds the address, or a member is left out of the peers.",
  err: {
    files: { "lb1/keepalived.conf": conf("10.0.0.300/24") },
    says: `lb1/keepalived.conf:5:9: Keepalived skips "10.0.0.300/24": it is no IP address ` +
      "[unreadable-address]\n" +
      `   hint: write an IP address such as "10.0.0.10/24", one a line`,
  },
  ok: { files: { "lb1/keepalived.conf": conf("10.0.0.30/24") } },
  *check({ nodes }) {
    for (const { instance } of placed(nodes)) {
      const written = [
        ...instance.addresses.map(({ word, address, prefix }) => ({ word, address, prefix })),
        ...instance.excluded.map(({ word, address, prefix }) => ({ word, address, prefix })),
        ...[...instance.peers, ...(instance.unicastSource ? [instance.unicastSource] : [])]
          .map((word) => ({ word, address: word.text, prefix: undefined })),
      ];
      for (const { word, address, prefix } of written) {
        const kind = family(address);
        const longest = kind === 4 ? 32 : 128;
        const fits = prefix === undefined ||
          (Number.isInteger(prefix) && prefix >= 0 && prefix <= longest);
        // What was never filled in is a trap of its own.
        if ((kind !== undefined && fits) || /^[$<{]|[{%]/.test(word.text)) continue;
        yield {
          message: `Keepalived skips "${word.text}": it is no IP address`,
          source: word.source,
          hint: 'write an IP address such as "10.0.0.10/24", one a line',
        };
      }
    }
  },
});
