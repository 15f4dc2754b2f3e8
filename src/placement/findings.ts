/**
 * What is to be said of a group before any rule: machines, hosts that there are, and who would
 * follow a rule. Pure.
 * @module
 */
import { quote } from "../diagnostics.ts";
import { isCalled } from "./names.ts";
import type { Finding, PlanOptions } from "./plan_model.ts";
import type { Seat, SeenGroup, Share } from "./spread.ts";
import { listText, placesText, placeWord } from "./words.ts";

/** Everything of one group, in the order in which a person would ask. */
export function findingsOf(seen: SeenGroup, known: Known, options: PlanOptions): Finding[] {
  const { shares } = seen;
  return [
    ...machineFindings(seen),
    ...unknown(seen, options),
    ...shares.flatMap(({ seats }) => seats.flatMap((seat) => claim(seat, known))),
    ...size(seen),
    ...shares.flatMap((share) => [
      ...room(seen, share, options),
      ...(options.canEnforce ? follower(seen, share, options) : []),
      ...(options.canEnforce ? unruled(seen, share, options) : []),
    ]),
  ];
}

/** Names of all physical hosts that were seen. */
export type Known = ReadonlySet<string>;

function machineFindings({ group, missing, twice }: SeenGroup): Finding[] {
  return [
    ...missing.map(({ name, vm }): Finding => {
      const message = `Cannot tell where ${quote(name)} is: its machine ${quote(vm)} was not found`;
      return { severity: "error", code: "machine-unknown", message, group: group.name, host: name };
    }),
    ...twice.map(([first, { name, vm }]): Finding => {
      const message = `Cannot keep ${quote(first.name)} and ${quote(name)} of group ` +
        `${quote(group.name)} apart: both are the machine ${quote(vm)}`;
      return { severity: "error", code: "machine-twice", message, group: group.name, host: name };
    }),
  ];
}

/** Members of which it is not known where they are. */
function unknown({ group, shares }: SeenGroup, { places }: PlanOptions): Finding[] {
  const names = shares.flatMap(({ seats }) => seats)
    .filter(({ placement }) => placement.host === undefined).map(({ host }) => host.name);
  const [host] = names;
  if (host === undefined) return [];
  const about = { severity: "warning", code: "place-unknown", group: group.name, host } as const;
  const who = `${listText(names)} of group ${quote(group.name)}`;
  if (places === "hosts") {
    return [{ ...about, message: `It is not known where ${who} will be: no host runs it now` }];
  }
  const message = `It is not known what is shared with ${who}: there is no "failure_domain"`;
  const hint = "failure_domain: NAME, that of its hypervisor, its rack or its power feed";
  return [{ ...about, message, hint }];
}

/** What the inventory says of where a machine is, and is not so. */
function claim({ host, placement }: Seat, known: Known): Finding[] {
  const { name, failureDomain: claimed } = host;
  if (claimed === undefined || placement.host === undefined) return [];
  // A domain may be a rack: only one that is called as a host is can be wrong.
  const meant = [...known].filter((it) => isCalled(it, claimed));
  if (meant.length === 0 || meant.includes(placement.host)) return [];
  const message = `${quote(name)} runs on host ${quote(placement.host)}, and the inventory says ` +
    `failure domain ${quote(claimed)}`;
  return [{ severity: "warning", code: "place-differs", message, host: name }];
}

function size({ group, shares }: SeenGroup): Finding[] {
  if (group.members.length === 0) {
    const message = `Group ${quote(group.name)} has no members`;
    const hint = "hosts for it, or take it out of groups";
    return [{ severity: "warning", code: "group-empty", message, group: group.name, hint }];
  }
  if (group.members.length === 1 && group.policy === "anti_affinity") {
    const message = `Group ${quote(group.name)} has one member: there is nothing to keep apart`;
    return [{ severity: "note", code: "group-of-one", message, group: group.name }];
  }
  const alone = shares.filter(({ pool, seats }) => pool !== undefined && seats.length === 1);
  if (group.policy !== "anti_affinity" || shares.length < 2) return [];
  return alone.map(({ pool, seats }) => {
    const names = listText(seats.map(({ host }) => host.name));
    const message = `${names} is the only member of group ${quote(group.name)} in pool ` +
      `${quote(pool?.name ?? "")}: no rule is made there`;
    return { severity: "note", code: "group-split", message, group: group.name };
  });
}

/** Whether there are hosts enough, and one more. */
function room(
  { group }: SeenGroup,
  { pool, seats, usable }: Share,
  options: PlanOptions,
): Finding[] {
  const count = seats.length;
  if (group.policy !== "anti_affinity" || pool === undefined || count < 2) return [];
  // Where none is named at all, that is what is said.
  if (options.places === "domains" && usable.length === 0) return [];
  const there = options.places === "hosts"
    ? `pool ${quote(pool.name)} has ${placesText(usable.length, "hosts")} that can be used`
    : `the inventory has ${placesText(usable.length, "domains")} for it`;
  if (count > usable.length) {
    const message = `Cannot keep the ${count} members of group ${
      quote(group.name)
    } apart: ${there}`;
    const lacks = count - usable.length;
    const more = `${lacks} more ${placeWord(lacks, options.places)}`;
    const hint = `${more}, or policy: spread`;
    // Without rules nothing would be written: what is shared is said as a violation.
    const severity = options.canEnforce ? "error" : "warning";
    return [{ severity, code: "no-room", message, group: group.name, hint }];
  }
  if (count < usable.length || !options.canEnforce) return [];
  const cost = options.mandatory === true
    ? "a host cannot be emptied for maintenance, and what ran on one that fails stays down"
    : "while one is in maintenance or has failed, two of them meet";
  const message = `Group ${quote(group.name)} has no spare host: it has ${count} members, and ` +
    `${there}; ${cost}`;
  return [{ severity: "warning", code: "no-spare-host", message, group: group.name }];
}

/** Who would follow a rule. */
function follower({ group }: SeenGroup, { pool, seats }: Share, options: PlanOptions): Finding[] {
  if (group.policy !== "anti_affinity" || group.members.length < 2) return [];
  if (pool === undefined) {
    const names = listText(seats.map(({ host }) => host.name));
    const message = `Nothing keeps ${names} of group ${quote(group.name)} apart from others: no ` +
      "pool places what is on a host of its own";
    return [{ severity: "warning", code: "no-pool", message, group: group.name }];
  }
  if (seats.length < 2 || pool.enforcing === "auto") return [];
  if (pool.enforcing === "manual") {
    const message = `Pool ${quote(pool.name)} moves no machine by itself: a person has to accept ` +
      `what it recommends for group ${quote(group.name)}`;
    return [{ severity: "warning", code: "by-hand", message, group: group.name }];
  }
  const message = `Cannot have group ${quote(group.name)} kept apart: pool ${quote(pool.name)} ` +
    `follows no rules, ${pool.why ?? "its scheduler is off"}`;
  const severity = options.purpose === "apply" ? "error" : "warning";
  return [{ severity, code: "not-enforced", message, group: group.name }];
}

/** Members that a rule cannot be about as they are, those of one reason together. */
function unruled(
  { group }: SeenGroup,
  { pool, seats }: Share,
  { purpose }: PlanOptions,
): Finding[] {
  if (group.policy !== "anti_affinity" || pool === undefined || seats.length < 2) return [];
  // What nobody follows is said already.
  if (pool.enforcing === "off") return [];
  const out = seats.filter(({ placement }) => placement.unruled !== undefined);
  const severity = purpose === "apply" ? "error" : "warning";
  return [...Map.groupBy(out, ({ placement }) => placement.unruled?.why ?? "")].map(
    ([why, all]) => {
      const names = listText(all.map(({ host }) => host.name));
      const who = all.length === 1 ? names : `each of ${names}`;
      const message = `Cannot have group ${quote(group.name)} kept apart: ${who} is ${why}`;
      const hint = all.flatMap(({ placement }) => placement.unruled?.hint ?? []).join("; ");
      return { severity, code: "machine-unruled", message, group: group.name, hint };
    },
  );
}
