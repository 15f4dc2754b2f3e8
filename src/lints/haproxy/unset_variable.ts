/** @module */
import type { Word } from "../../configs/model.ts";
import { bindsOf, globalLines, proxiesOf, serversOf } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, files } from "./_api.ts";

/** A place-holder that nobody filled in. */
export const unsetVariable = defineLint({
  code: "unset-variable",
  severity: "error",
  title: "a place-holder in an address",
  why: "HAProxy puts variables of its own environment into addresses; one that is not set is " +
    "empty. `bind *:${PORT}` is then refused, and a `server ${ADDRESS}:6443` connects to " +
    "the address that its client came to, which is the load balancer's own. `haproxy -c` accepts " +
    "that. What stands outside of quotes is mostly a template that nobody filled in.",
  err: {
    files: {
      "lb1/haproxy.cfg": `frontend apiserver
    bind *:\${APISERVER_DEST_PORT}
    default_backend apiserver
backend apiserver
    server \${HOST1_ID} \${HOST1_ADDRESS}:6443 check
`,
    },
    says: `lb1/haproxy.cfg:2:10: frontend "apiserver" has no address where ` +
      `"*:\${APISERVER_DEST_PORT}" stands: nothing here sets "APISERVER_DEST_PORT", and ` +
      `HAProxy takes it from its own environment or for empty [unset-variable]
   hint: write the value
lb1/haproxy.cfg:5:12: HAProxy does not start with this file: "\${HOST1_ID}" of ` +
      `backend "apiserver" is no name of a server, and outside of quotes it stays as it is ` +
      `[unset-variable]
   hint: write the name
lb1/haproxy.cfg:5:24: backend "apiserver" has no address where ` +
      `"\${HOST1_ADDRESS}:6443" stands: nothing here sets "HOST1_ADDRESS", and HAProxy ` +
      `takes it from its own environment or for empty [unset-variable]
   hint: write the value`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `global
    presetenv APISERVER_DEST_PORT 8443
frontend apiserver
    bind "*:\${APISERVER_DEST_PORT}"
    default_backend apiserver
backend apiserver
    server m1 10.0.0.21:6443 check
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      const set = new Set(
        ["setenv", "presetenv"].flatMap((it) => globalLines(haproxy, it))
          .map(({ words }) => words[1]?.text),
      );
      for (const proxy of proxiesOf(haproxy)) {
        const addresses = [
          ...bindsOf(proxy).map(({ word }) => word),
          ...serversOf(proxy).map(({ address }) => address),
        ];
        const template = [...addresses, ...serversOf(proxy).map((it) => it.name)]
          .find(({ text }) => /^(?:\{\{|\{%|<[%\w])/.test(text));
        if (template) {
          yield {
            message:
              `HAProxy does not start with this file: ${called(proxy)} has the place-holder ` +
              `"${template.text}" of a template that nobody filled in`,
            source: template.source,
            hint: `write the value`,
          };
        }
        for (const word of addresses) {
          const name = unquoted(word);
          if (name === undefined || set.has(name)) continue;
          yield {
            message: `${called(proxy)} has no address where "${word.text}" stands: nothing here ` +
              `sets "${name}", and HAProxy takes it from its own environment or for empty`,
            source: word.source,
            hint: `write the value`,
          };
        }
        for (const { name: word } of serversOf(proxy)) {
          if (unquoted(word) === undefined) continue;
          yield {
            message:
              `HAProxy does not start with this file: "${word.text}" of ${called(proxy)} is ` +
              `no name of a server, and outside of quotes it stays as it is`,
            source: word.source,
            hint: `write the name`,
          };
        }
      }
    }
  },
});

/** The variable in a word without quotes: within them it is meant. */
function unquoted({ text, variables }: Word): string | undefined {
  return variables ? undefined : /\$\{?([A-Za-z_]\w*)/.exec(text)?.[1];
}
