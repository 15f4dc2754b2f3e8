/** @module */
import type { HaproxyFile, Line } from "../../configs/model.ts";
import { lineOf, linesOf, modeOf, optionOf, proxiesOf, type Proxy } from "../../configs/proxies.ts";
import { defineLint } from "../../define.ts";
import { called, files, joined } from "./_api.ts";

/** Settings of HTTP that a proxy in mode tcp takes over. */
export const httpOptionInTcpMode = defineLint({
  code: "http-option-in-tcp-mode",
  severity: "warning",
  title: "settings of HTTP in a proxy that passes TCP on",
  why: "A proxy in mode tcp never sees a request, so that it adds no header, sets no cookie and " +
    "follows no rule of HTTP. HAProxy says so at every start, and `haproxy -dW -c` refuses the " +
    "file. That `mode http` stands in the defaults is how it usually comes about.",
  err: {
    files: {
      "lb1/haproxy.cfg": `defaults
    mode http
    option httplog
    option forwardfor
frontend apiserver
    mode tcp
    bind *:8443
    default_backend apiserver
`,
    },
    says: `lb1/haproxy.cfg:3:12: warning: HAProxy logs TCP instead of "option httplog" and ` +
      `warns at every start: frontend "apiserver" is in mode tcp [http-option-in-tcp-mode]
   hint: write "option tcplog"
lb1/haproxy.cfg:4:12: warning: HAProxy ignores "option forwardfor" and warns at ` +
      `every start: frontend "apiserver" is in mode tcp [http-option-in-tcp-mode]
   hint: remove it, or write it into proxies in mode http`,
  },
  ok: {
    files: {
      "lb1/haproxy.cfg": `defaults
    mode tcp
    option tcplog
frontend apiserver
    bind *:8443
    default_backend apiserver
`,
    },
  },
  *check(subject) {
    for (const { haproxy } of files(subject)) {
      for (const [line, { what, proxies, log, silent }] of ignoredIn(haproxy)) {
        const [first] = line.words;
        if (!first) continue;
        const where = `${joined(proxies.map(called))} ${proxies.length === 1 ? "is" : "are"}`;
        const does = log
          ? `HAProxy logs TCP instead of "${what}" and warns at every start`
          : silent
          ? `HAProxy ignores "${what}"`
          : `HAProxy ignores "${what}" and warns at every start`;
        yield {
          message: `${does}: ${where} in mode tcp`,
          source: (line.words[1] ?? first).source,
          hint: log ? `write "option tcplog"` : `remove it, or write it into proxies in mode http`,
        };
      }
    }
  },
});

interface Ignored {
  readonly what: string;
  readonly log: boolean;
  readonly silent: boolean;
  readonly proxies: Proxy[];
}

/** Lines without effect, each with the proxies that it has none on. */
function ignoredIn(haproxy: HaproxyFile): ReadonlyMap<Line, Ignored> {
  const all = proxiesOf(haproxy);
  const used = new Set(
    all.filter((it) => modeOf(it).mode !== "tcp").flatMap((it) => silentLines(it)),
  );
  const found = new Map<Line, Ignored>();
  for (const proxy of all.filter((it) => modeOf(it).mode === "tcp")) {
    const silent = silentLines(proxy).filter((line) => !used.has(line))
      .map((line): Http => ({ line, words: 2, silent: true }));
    for (
      const { line, words, log = false, silent: quiet = false } of [...httpLines(proxy), ...silent]
    ) {
      const what = line.words.slice(0, words).map(({ text }) => text).join(" ");
      const known: Ignored = found.get(line) ?? { what, log, silent: quiet, proxies: [] };
      known.proxies.push(proxy);
      found.set(line, known);
    }
  }
  return found;
}

interface Http {
  readonly line: Line;
  /** How many words name it. */
  readonly words: number;
  readonly log?: boolean;
  readonly silent?: boolean;
}

/** What HAProxy says nothing of; in defaults it may be meant for proxies in mode http. */
function silentLines(proxy: Proxy): readonly Line[] {
  return ["http-server-close", "httpclose", "http-keep-alive"].flatMap((it) =>
    optionOf(proxy, it) ?? []
  );
}

/** What HAProxy 2.2 to 3.0 warn of. */
function httpLines(proxy: Proxy): readonly Http[] {
  const of = (line: Line | undefined, words: number, log = false): readonly Http[] =>
    line ? [{ line, words, log }] : [];
  return [
    ...of(optionOf(proxy, "forwardfor"), 2),
    ...(proxy.kind === "backend" ? [] : of(httpLog(proxy), 2, true)),
    ...(proxy.kind === "frontend" ? [] : of(lineOf(proxy, "cookie"), 1)),
    ...["http-request", "http-response", "redirect"].flatMap((it) => of(linesOf(proxy, it)[0], 1)),
  ];
}

/** The format of the log that counts, when it is one of HTTP. */
function httpLog({ section, defaults }: Proxy): Line | undefined {
  const formats = ["httplog", "httpslog", "tcplog"];
  for (const { lines } of [section, ...defaults]) {
    const last = lines.findLast(({ words: [first, second] }) =>
      first?.text === "log-format" ||
      (first?.text === "option" && formats.includes(second?.text ?? ""))
    );
    if (last) return last.words[1]?.text.startsWith("http") ? last : undefined;
  }
  return undefined;
}
