/** @module */
import { bindsOf, proxiesOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { virtualAddresses } from "../scripts/_checks.ts";
import { files } from "./_api.ts";

/** A standby does not start. */
export const virtualBind = defineLint({
  code: "virtual-bind",
  severity: "warning",
  title: "a bind to the virtual address alone",
  why: "Only the holder has the virtual address. HAProxy on a standby cannot bind it and does " +
    "not start (`Cannot assign requested address`), while `haproxy -c` says nothing: after " +
    "a failover nobody listens. With `transparent`, or with the kernel setting " +
    "`net.ipv4.ip_nonlocal_bind = 1`, which stands elsewhere, it works.",
  err: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind 10.0.0.10:8443
    default_backend apiserver
`,
      "lb1/keepalived.conf": `vrrp_instance VI_1 {
    virtual_ipaddress {
        10.0.0.10
    }
}
`,
    },
    says: `lb1/haproxy.cfg:2:10: warning: HAProxy does not start on a load balancer that does ` +
      `not hold 10.0.0.10, unless net.ipv4.ip_nonlocal_bind is 1 there: it cannot bind ` +
      `that address [virtual-bind]
   hint: write "bind *:8443", or "transparent" behind the address`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:8443
    default_backend apiserver
`,
      "lb1/keepalived.conf": `vrrp_instance VI_1 {
    virtual_ipaddress {
        10.0.0.10
    }
}
`,
    },
  },
  *check(subject) {
    for (const { node, haproxy } of files(subject)) {
      const virtual = virtualAddresses(node);
      const binds = proxiesOf(haproxy).flatMap((it) => bindsOf(it));
      for (const bind of binds) {
        const { addresses, params, word } = bind;
        const bound = addresses.find(({ host }) => virtual.has(host));
        if (!bound || params.some(({ text }) => text === "transparent")) continue;
        yield {
          message: `HAProxy does not start on a load balancer that does not hold ${bound.host}, ` +
            `unless net.ipv4.ip_nonlocal_bind is 1 there: it cannot bind that address`,
          source: word.source,
          // Two of them on every address would take the port from each other.
          hint: binds.some((it) =>
              it !== bind && it.addresses.some(({ port }) => port === bound.port)
            )
            ? 'write "transparent" behind the address'
            : `write "bind *:${bound.port}", or "transparent" behind the address`,
        };
      }
    }
  },
});
