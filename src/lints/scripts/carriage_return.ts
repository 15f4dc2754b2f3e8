/** @module */
import { placesIn } from "../../configs/scan.ts";
import { defineLint } from "../../define.ts";

/** A script with the line ends of another system. */
export const carriageReturn = defineLint({
  code: "carriage-return",
  severity: "error",
  title: "a check script with CRLF line ends",
  why:
    "The kernel looks for an interpreter whose name ends with a carriage return, and finds none. " +
    "Keepalived logs that it cannot run the script and counts the run as a success: the check is " +
    "green for ever. `keepalived -t` says nothing.",
  err: {
    files: {
      "lb1/check_haproxy.sh":
        "#!/bin/sh\r\nexec curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/alive\r\n",
    },
    says: `lb1/check_haproxy.sh:1:10: the check is green whatever happens: no interpreter of ` +
      `that name exists, because the first line of /etc/keepalived/check_haproxy.sh ends ` +
      `with a carriage return, and Keepalived takes a script that it cannot run for a ` +
      `success [carriage-return]
   hint: convert it: sed -i 's/\\r$//' /etc/keepalived/check_haproxy.sh`,
  },
  ok: {
    files: {
      "lb1/check_haproxy.sh":
        "#!/bin/sh\nexec curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/alive\n",
    },
  },
  *check({ nodes }) {
    for (const { scripts } of nodes) {
      for (const { file, path, text } of scripts) {
        const at = text.indexOf("\r\n");
        if (at === -1) continue;
        const first = !text.slice(0, at).includes("\n");
        yield {
          message: first
            ? `the check is green whatever happens: no interpreter of that name exists, because ` +
              `the first line of ${path} ends with a carriage return, and Keepalived takes a ` +
              `script that it cannot run for a success`
            : `${path} does not do what is written: a line ends with a carriage return, which ` +
              `becomes part of its last word`,
          source: placesIn(file, text)(at, at + 1),
          hint: `convert it: sed -i 's/\\r$//' ${path}`,
        };
      }
    }
  },
});
