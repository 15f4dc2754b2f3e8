/**
 * firewalld: rich rules in the zone of the interface, for now and for good. Pure.
 * @module
 */
import { TaskError } from "../errors.ts";
import type { Change } from "../model.ts";
import { sh } from "../shell.ts";
import type { Part } from "./part.ts";
import { CLOSED, listed, type Passage, VRRP } from "./passage.ts";

/**
 * Priority of our rich rules. They have no comments: this number, which nobody else would choose, is
 * how they are found again. Negative ones come before every rule of the zone, those that deny included.
 */
export const PRIORITY = -21112;

interface Zone {
  readonly name: string;
  readonly target: string;
  readonly interfaces: readonly string[];
  /** Rich rules with our priority, as firewalld prints them. */
  readonly ours: readonly string[];
}

interface Seen {
  readonly standard: string;
  readonly live: readonly Zone[];
  readonly saved: readonly Zone[];
}

/** Runtime and permanent settings both: a reload would lose what others have set at runtime. */
export const firewalld: Part = {
  name: "firewalld",
  // Each call of firewall-cmd takes a third of a second.
  probe:
    sh`if command -v firewall-cmd >/dev/null 2>&1 && systemctl -q is-active firewalld.service 2>/dev/null; then
  echo "standard $(sed -n 's/^DefaultZone=//p' /etc/firewalld/firewalld.conf 2>/dev/null)"
  echo live; firewall-cmd --list-all-zones
  echo saved; firewall-cmd --permanent --list-all-zones
fi`,
  changes: (answer, opening) => {
    const seen = parse(answer);
    if (seen === undefined) return [];
    const filters = seen.live.some(({ target }) => target !== "ACCEPT");
    const { interfaces, passages } = filters ? opening() : CLOSED;
    const zones = new Set(
      interfaces.map((name) =>
        seen.live.find((zone) => zone.interfaces.includes(name))?.name ?? seen.standard
      ).filter((name) => seen.live.find((zone) => zone.name === name)?.target !== "ACCEPT"),
    );
    const edits = [...new Set([...seen.live, ...seen.saved].map(({ name }) => name))].flatMap(
      (name): Edit[] => {
        const rules = zones.has(name) ? passages.map(ruleOf) : [];
        const [live, saved] = [seen.live, seen.saved].map((all) =>
          all.find((zone) => zone.name === name)?.ours ?? []
        );
        return [
          ...edited(name, live ?? [], rules, false),
          ...edited(name, saved ?? [], rules, true),
        ];
      },
    );
    return edits.length === 0 ? [] : [change(edits, passages)];
  },
};

interface Edit {
  readonly zone: string;
  readonly rule: string;
  readonly add: boolean;
  readonly permanent: boolean;
}

function edited(
  zone: string,
  is: readonly string[],
  wanted: readonly string[],
  permanent: boolean,
): Edit[] {
  return [
    ...wanted.filter((rule) => !is.includes(rule)).map((rule) => ({ rule, add: true })),
    ...is.filter((rule) => !wanted.includes(rule)).map((rule) => ({ rule, add: false })),
  ].map((it) => ({ ...it, zone, permanent }));
}

function change(edits: readonly Edit[], passages: readonly Passage[]): Change {
  const adds = edits.some(({ add }) => add);
  const zones = [...new Set(edits.map(({ zone }) => zone))];
  const what = adds ? `let ${listed(passages)} in through` : "take the endpoint's rules out of";
  return {
    kind: "run",
    targets: zones.map((zone) => `firewalld zone ${zone}`),
    summary: `${what} firewalld (zone ${zones.join(", ")})`,
    script: edits.map((edit) => command(edit, edit.add)).join(" &&\n"),
    // What is there already, or not there any more, is a warning to firewalld and no failure.
    undo: edits.toReversed().map((edit) => command(edit, !edit.add)).join(" &&\n"),
    timeoutMs: 120_000,
  };
}

function command({ zone, rule, permanent }: Edit, add: boolean): string {
  if (!/^[A-Za-z0-9_/-]+$/.test(zone)) {
    throw new TaskError(`Cannot change zone ${JSON.stringify(zone)} of firewalld: what a name`);
  }
  const words = [
    ...(permanent ? ["--permanent"] : []),
    `--zone=${zone}`,
    `--${add ? "add" : "remove"}-rich-rule=${rule}`,
  ];
  return sh`firewall-cmd -q ${words}`;
}

/** A rule word for word as firewalld prints it. */
function ruleOf(passage: Passage): string {
  const head = `rule priority="${PRIORITY}"`;
  if (passage.kind === "port") {
    return `${head} port port="${passage.port}" protocol="tcp" accept`;
  }
  const family = passage.from.includes(":") ? "ipv6" : "ipv4";
  return `${head} family="${family}" source address="${passage.from}" protocol value="${VRRP}" accept`;
}

function parse(answer: string): Seen | undefined {
  const [, standard, live = "", saved = ""] =
    /^standard (\S*)\nlive\n([\s\S]*?)^saved\n([\s\S]*)$/m.exec(answer) ?? [];
  if (standard === undefined) return undefined;
  return {
    standard: standard === "" ? "public" : standard,
    live: zonesOf(live),
    saved: zonesOf(saved),
  };
}

function zonesOf(text: string): Zone[] {
  return text.split(/^(?=\S)/m).flatMap((block) => {
    const [, name] = /^(\S+)/.exec(block) ?? [];
    if (name === undefined) return [];
    const value = (key: string) =>
      new RegExp(`^  ${key}: *(.*)$`, "m").exec(block)?.[1]?.trim() ?? "";
    const ours = block.split("\n").map((line) => line.trim())
      .filter((line) => line.startsWith(`rule priority="${PRIORITY}" `));
    const interfaces = value("interfaces").split(/\s+/);
    return [{ name, target: value("target"), interfaces, ours }];
  });
}
