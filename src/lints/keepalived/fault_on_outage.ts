/** @module */
import { defineLint } from "../../define.ts";
import { asksApiServers } from "./_checks.ts";
import { headOf, placed } from "./_instances.ts";

const script = `#!/bin/sh
curl -sfk --max-time 2 https://localhost:8443/readyz -o /dev/null
`;
const conf = (weight: number) =>
  `vrrp_script check_apiserver {
    script "/etc/keepalived/check_apiserver.sh"
    interval 1
    fall 3
    weight ${weight}
}
vrrp_instance VI_1 {
    interface eth0
    virtual_router_id 110
    priority 110
    track_script {
        check_apiserver
    }
    virtual_ipaddress {
        10.0.0.10/24
    }
}
`;

/** A check of the API servers that gives the address away altogether. */
export const faultOnOutage = defineLint({
  code: "fault-on-outage",
  severity: "error",
  title: "a check that goes through the API servers, with weight 0",
  why:
    "A failed check without a weight is a fault: the member cannot hold the address. One that goes " +
    "through HAProxy to the API servers fails on every member at once when they are all down, so " +
    "nobody holds the address, and before the first `kubeadm init` there is none to join by. With a " +
    "negative weight exactly one member keeps it. Measured: 1 holder with a weight of -30, none with 0.",
  err: {
    files: { "lb1/keepalived.conf": conf(0), "lb1/check_apiserver.sh": script },
    says: "lb1/keepalived.conf:5:12: nobody holds the address while no API server answers, and " +
      `none can be set up through it: "check_apiserver" asks ` +
      "https://localhost:8443/readyz, and with weight 0 its failure is a fault " +
      "[fault-on-outage]\n" +
      "   hint: write a negative weight larger than the distance of the priorities, and a " +
      "second check with weight 0 that HAProxy itself answers",
  },
  ok: { files: { "lb1/keepalived.conf": conf(-30), "lb1/check_apiserver.sh": script } },
  *check({ nodes }) {
    for (const one of placed(nodes)) {
      const { node, instance } = one;
      for (const { name, script, weight, weightSource, defined } of instance.tracked) {
        const url = script && weight === 0 && defined === "above" && asksApiServers(node, script);
        if (!url) continue;
        yield {
          message: `nobody holds the address while no API server answers, and none can be set up ` +
            `through it: "${name.text}" asks ${url}, and with weight 0 its failure is a fault`,
          source: weightSource ?? script.weight?.source ?? name.source ?? headOf(one),
          hint:
            "write a negative weight larger than the distance of the priorities, and a second " +
            "check with weight 0 that HAProxy itself answers",
        };
      }
    }
  },
});
