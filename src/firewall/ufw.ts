/**
 * ufw: rules of its own kind, which it keeps and puts in again itself. Pure.
 * @module
 */
import { TaskError } from "../errors.ts";
import type { Change } from "../model.ts";
import { sh } from "../shell.ts";
import type { Part } from "./part.ts";
import { CLOSED, listed, MARK, type Passage, VRRP } from "./passage.ts";

interface Seen {
  /** It filters, and refuses what no rule lets in. */
  readonly blocks: boolean;
  /** This version knows the protocol. */
  readonly knowsVrrp: boolean;
  /** Rules with our comment. */
  readonly ours: readonly Passage[];
  /** The same rules by somebody else: ufw has each only once, and it stays theirs. */
  readonly theirs: readonly Passage[];
}

/** What ufw 0.36.2 and newer can do; older ones do not know the protocol, which is said. */
export const ufw: Part = {
  name: "ufw",
  probe: sh`if command -v ufw >/dev/null 2>&1; then
  LC_ALL=C ufw status verbose 2>/dev/null | grep -e '^Status: ' -e '^Default: '
  added=$(LC_ALL=C ufw show added 2>/dev/null)
  printf '%s\n' "$added" | grep '^ufw '
  # Each call takes a quarter of a second: what is there need not be tried.
  case $added in *' proto vrrp'*) echo vrrp ;;
  *) LC_ALL=C ufw --dry-run allow proto vrrp from 192.0.2.1 >/dev/null 2>&1 && echo vrrp ;; esac
fi`,
  changes: (answer, opening) => {
    const seen = parse(answer);
    const { passages } = seen.blocks ? opening() : CLOSED;
    const has = (all: readonly Passage[], one: Passage) =>
      all.some((it) => words(it) === words(one));
    const missing = passages.filter((one) => !has([...seen.ours, ...seen.theirs], one));
    const extra = seen.ours.filter((one) => !has(passages, one));
    if (missing.some(({ kind }) => kind === "vrrp") && !seen.knowsVrrp) throw tooOld(passages);
    if (missing.length + extra.length === 0) return [];
    return [change(missing, extra)];
  },
};

function parse(answer: string): Seen {
  const lines = answer.split("\n");
  const added = lines.flatMap((line) => {
    const [, text = "", comment] = /^ufw (allow .*?)(?: comment '(.*)')?$/.exec(line) ?? [];
    const passage = read(text);
    return passage === undefined ? [] : [{ passage, ours: comment === MARK }];
  });
  const active = lines.includes("Status: active");
  return {
    blocks: active && lines.some((line) => /^Default: (deny|reject) \(incoming\)/.test(line)),
    knowsVrrp: lines.includes("vrrp"),
    ours: added.filter(({ ours }) => ours).map(({ passage }) => passage),
    theirs: added.filter(({ ours }) => !ours).map(({ passage }) => passage),
  };
}

/** A rule as `ufw show added` prints it; nothing when it is of no kind that we make. */
function read(rule: string): Passage | undefined {
  const [, port] = /^allow (\d{1,5})\/tcp$/.exec(rule) ?? [];
  if (port !== undefined) return { kind: "port", port: Number(port) };
  const [, from] = /^allow from ([0-9A-Fa-f.:]+) proto vrrp$/.exec(rule) ?? [];
  return from === undefined ? undefined : { kind: "vrrp", from };
}

/** A rule in words, in the order in which ufw takes them. */
function words(passage: Passage): string {
  return passage.kind === "port"
    ? `allow ${passage.port}/tcp`
    : `allow proto vrrp from ${passage.from.toLowerCase()}`;
}

function change(missing: readonly Passage[], extra: readonly Passage[]): Change {
  const said = [
    ...(missing.length === 0 ? [] : [`let ${listed(missing)} in through ufw`]),
    ...(extra.length === 0 ? [] : [`no longer let ${listed(extra)} in through ufw`]),
  ];
  const all = [...missing, ...extra];
  return {
    kind: "run",
    targets: all.map((passage) => `ufw ${words(passage)}`),
    summary: said.join(", "),
    script: [...missing.map(add), ...extra.map(remove)].join(" &&\n"),
    // What is added twice, or taken away when it is not there, only makes ufw say so.
    undo: [...extra.map(add), ...missing.map(remove)].join(" &&\n"),
    timeoutMs: 120_000,
  };
}

// Before any other: what an administrator denies in general must not close the endpoint.
const add = (passage: Passage) =>
  sh`ufw prepend ${words(passage).split(" ")} comment ${MARK} >/dev/null`;
const remove = (passage: Passage) => sh`ufw delete ${words(passage).split(" ")} >/dev/null`;

function tooOld(passages: readonly Passage[]): TaskError {
  const lines = passages.flatMap((it) => it.kind === "vrrp" ? [it.from] : []).map((from) => {
    const six = from.includes(":") ? "6" : "";
    return `"-A ufw${six}-before-input -p ${VRRP} -s ${from} -j ACCEPT" in /etc/ufw/before${six}.rules`;
  });
  const ports = passages.flatMap((it) => it.kind === "port" ? [`ufw allow ${it.port}/tcp`] : []);
  return new TaskError(
    "Cannot let VRRP in through ufw: this version does not know the protocol, 0.36.2 and newer do; " +
      `upgrade ufw, or set "firewall: none" in the endpoint, put before COMMIT ${
        lines.join(", ")
      }, and type: ${[...ports, "ufw reload"].join("; ")}`,
  );
}
