/** @module */
import { defineLint } from "../../define.ts";
import { checks, virtualAddresses } from "./_checks.ts";

/** Who holds the address is judged more strictly than who does not. */
export const checkWhileHolding = defineLint({
  code: "check-while-holding",
  severity: "warning",
  title: "a check that asks the virtual address",
  why:
    "Only the holder can ask itself at the virtual address; asked from another member the request " +
    "goes to the holder. So health depends on who holds the address: a standby is never found to be " +
    "sick before it is needed, or fails with the holder. Ask HAProxy on loopback.",
  err: {
    files: {
      "lb1/keepalived.conf": `vrrp_instance VI_1 {
    virtual_ipaddress {
        10.0.0.10
    }
}
`,
      "lb1/check_apiserver.sh": `#!/bin/sh
if ip addr | grep -qw 10.0.0.10; then
    curl -sf --max-time 1 -o /dev/null http://10.0.0.10:8404/ready
fi
`,
    },
    says: `lb1/check_apiserver.sh:3:40: warning: the holder is judged by more than a standby, ` +
      `whose fault shows only when it is needed: the check asks the virtual address ` +
      `10.0.0.10 [check-while-holding]
   hint: ask HAProxy on 127.0.0.1, whoever holds the address`,
  },
  ok: {
    files: {
      "lb1/keepalived.conf": `vrrp_instance VI_1 {
    virtual_ipaddress {
        10.0.0.10
    }
}
`,
      "lb1/check_apiserver.sh": `#!/bin/sh
curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/ready
`,
    },
  },
  *check(subject) {
    for (const { node, requests } of checks(subject)) {
      const virtual = virtualAddresses(node);
      for (const { word, host } of requests.flatMap(({ urls }) => urls)) {
        if (!virtual.has(host)) continue;
        yield {
          message:
            `the holder is judged by more than a standby, whose fault shows only when it is ` +
            `needed: the check asks the virtual address ${host}`,
          source: word.source,
          hint: `ask HAProxy on 127.0.0.1, whoever holds the address`,
        };
      }
    }
  },
});
