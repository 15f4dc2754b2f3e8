/** @module */
import { defineLint } from "../../define.ts";
import { checks } from "./_checks.ts";

/** Whoever answers is believed. */
export const insecureCheck = defineLint({
  code: "insecure-check",
  severity: "warning",
  title: "a check that believes any certificate",
  why:
    "With `--insecure` any program that listens on the port counts as the endpoint. The check also " +
    "pays for a TLS handshake at every run. A page of HAProxy itself on loopback needs neither TLS " +
    "nor a certificate.",
  err: {
    files: {
      "lb1/check_apiserver.sh": `#!/bin/sh
curl -sf --max-time 1 --insecure -o /dev/null https://localhost:8443/readyz
`,
    },
    says: `lb1/check_apiserver.sh:2:23: warning: anything that answers there passes for the ` +
      `endpoint: the check asks https://localhost:8443/readyz with --insecure ` +
      `[insecure-check]
   hint: ask HAProxy over http on loopback, or name the CA: curl --cacert`,
  },
  ok: {
    files: {
      "lb1/check_apiserver.sh": `#!/bin/sh
curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/ready
`,
    },
  },
  *check(subject) {
    for (const { requests } of checks(subject)) {
      for (const { options, urls, tool } of requests) {
        const word = options.get("insecure") ?? options.get("no-check-certificate");
        const [url] = urls;
        if (!word || !url || url.scheme !== "https") continue;
        const asked = tool === "curl" ? "--insecure" : "--no-check-certificate";
        yield {
          message: `anything that answers there passes for the endpoint: the check asks ` +
            `${url.word.text} with ${asked}`,
          source: word.source,
          hint: `ask HAProxy over http on loopback, or name the CA: curl --cacert`,
        };
      }
    }
  },
});
