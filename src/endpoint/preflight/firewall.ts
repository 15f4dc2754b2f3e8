import type { Endpoint, Preflight } from "../../model.ts";
import { portsOf } from "../../services.ts";
import { concernsNetwork } from "./concerns.ts";
import { type Found, merged } from "./judged.ts";
import { inTheWay, ruleFor } from "./rules.ts";
import { heardBy, oneOfEachFamily, stations, wireProbe } from "./wire.ts";

/** Do members reach each other on the endpoint's ports, open or closed? A firewall says neither. */
export function firewall(endpoint: Endpoint): Preflight {
  return {
    name: "firewall",
    waits: true,
    concerns: concernsNetwork,
    probe: (host, facts) => wireProbe(endpoint, host, facts),
    judge: (answers, facts) => {
      const names = endpoint.members.map(({ host }) => host.name);
      const heard = new Map([...answers].map(([host, answer]) => [host, heardBy(answer)]));
      const found = oneOfEachFamily(endpoint).flatMap((beside) => {
        const members = stations(endpoint, facts, beside).filter(({ host }) =>
          names.includes(host)
        );
        const ways = portsOf(endpoint).flatMap((port) => members.map((it) => ({ ...it, port })));
        return ways.flatMap(({ host, address = "", port }): Found[] => {
          const own = heard.get(host);
          if (own === undefined) return [];
          const cut = members.filter((it) => {
            const met = heard.get(it.host)?.portOf(address, port);
            return it.host !== host && (met === "silent" || met === "rejected");
          });
          if (cut.length === 0) return [];
          const rule = ruleFor(own.firewall, { from: [], what: { port } });
          const message = `nothing gets through to its TCP port ${port} from ${
            cut.map((it) => it.host).join(", ")
          }: a firewall is in the way`;
          const found = { severity: "error", host, message, hint: rule } as const;
          return [inTheWay(endpoint, own.firewall, found)];
        });
      });
      return { findings: merged(found) };
    },
  };
}
