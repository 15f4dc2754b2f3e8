/** @module */
import type { Line } from "../../configs/model.ts";
import { linesOf, optionOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, pools } from "./_api.ts";

/** Errors or redirections count as health. */
export const weakCheckExpect = defineLint({
  code: "weak-check-expect",
  severity: "warning",
  title: "a health check that accepts errors or redirections",
  why: "`/readyz` answers 200 or it is red. An `http-check expect` that also accepts 4xx or " +
    "5xx keeps an API server in use that refuses or fails every request. With 3xx it keeps " +
    "something else in use that has the port: an API server redirects no health check.",
  err: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    http-check expect rstatus ^[234]
    server m1 10.0.0.21:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
    server m2 10.0.0.22:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
`,
    },
    says: `lb1/haproxy.cfg:3:31: warning: an API server that answers with 401 or 403 or 404 ` +
      `stays in use: the check of backend "apiserver" accepts that [weak-check-expect]
   hint: write "http-check expect status 200"`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `backend apiserver
    option httpchk GET /readyz
    http-check expect status 200
    server m1 10.0.0.21:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
    server m2 10.0.0.22:6443 check check-ssl verify required ca-file /etc/haproxy/ca.crt
`,
    },
  },
  *check(subject) {
    for (const { proxy } of pools(subject)) {
      if (!optionOf(proxy, "httpchk")) continue;
      for (const line of linesOf(proxy, "http-check", "expect")) {
        const errors = ERRORS.filter((it) => accepts(line, it));
        // Who excludes errors has not asked for redirections.
        const redirected = errors.length > 0 || isNegated(line)
          ? []
          : REDIRECTIONS.filter((it) => accepts(line, it));
        const word = line.words.at(-1);
        if (errors.length + redirected.length === 0 || !word) continue;
        yield {
          message: `${
            errors.length > 0
              ? `an API server that answers with ${errors.join(" or ")}`
              : `what answers with ${redirected.join(" or ")}, as no API server does,`
          } stays in use: the check of ${called(proxy)} accepts that`,
          source: word.source,
          hint: `write "http-check expect status 200"`,
        };
      }
    }
  },
});

const ERRORS = ["401", "403", "404", "500", "503"];
const REDIRECTIONS = ["301", "302", "307", "308"];

function isNegated({ words }: Line): boolean {
  return words.some(({ text }) => text === "!");
}

/** Whether an expectation is met by a status; what it says of the content is not looked at. */
function accepts({ words }: Line, status: string): boolean {
  const at = words.findIndex(({ text }) => text === "status" || text === "rstatus");
  const pattern = words[at + 1]?.text;
  if (at === -1 || pattern === undefined) return false;
  const met = words[at]?.text === "status" ? inRanges(pattern, status) : matches(pattern, status);
  return met !== undefined && (words[at - 1]?.text === "!" ? !met : met);
}

function inRanges(ranges: string, status: string): boolean {
  return ranges.split(",").some((range) => {
    const [first = "", last = first] = range.split("-");
    return Number(first) <= Number(status) && Number(status) <= Number(last);
  });
}

/** Unset: it is no expression that can be read here. */
function matches(pattern: string, status: string): boolean | undefined {
  try {
    return new RegExp(pattern).test(status);
  } catch {
    return undefined;
  }
}
