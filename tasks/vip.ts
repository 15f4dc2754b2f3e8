import { addressesOf } from "../src/addresses.ts";
import type { Endpoint, ExecResult, GroupCheck } from "../src/model.ts";
import { readAnswer, vipPieces, vipProbe } from "../src/vip/answer.ts";
import { judge } from "../src/vip/judge.ts";

/** How long an election and the first health checks may take after a change. */
const DEADLINE_MS = 30_000;

/**
 * The condition that everything else is for: the address is held by exactly one host, HAProxy
 * lives on all of them, and, when at least one API server answers a load balancer directly, the
 * endpoint answers through the address. With none up yet it holds all the same, and says so: the
 * endpoint must exist before the first API server does. Of several addresses all must be held, by
 * the same host, and answer; and all of this is so for every service of the endpoint.
 */
export function vip(endpoint: Endpoint): GroupCheck {
  const hosts = endpoint.members.map(({ host }) => host.name);
  const leaving = (endpoint.leaving ?? []).map(({ host }) => host.name);
  return {
    kind: "vip",
    name: `vip ${addressesOf(endpoint).join(", ")}`,
    hosts: [...hosts, ...leaving],
    deadlineMs: DEADLINE_MS,
    probe: () => vipProbe(endpoint),
    pieces: () => vipPieces(endpoint),
    judge: (answers, strict) => {
      const stays = stillThere(endpoint, leaving, answers);
      const found = hosts.length === 0
        ? { ok: true, message: "held by no host, as it shall be" }
        : judge(endpoint, hosts, answers, strict ?? false);
      if (stays.length === 0) return found;
      const said = hosts.length === 0 ? stays : [found.message, ...stays];
      // The address moves among those that leave until the last of them has.
      const moving = stays.map((text) =>
        text.replace(/^\S+, which is to leave, holds/, "one of those that leave holds")
      );
      const faults = [...new Set([...found.faults ?? [], ...moving])];
      return { ...found, ok: false, message: said.join(", "), faults };
    },
  };
}

/** What hosts still carry of an endpoint that they are to leave; one that is silent says nothing. */
function stillThere(
  endpoint: Endpoint,
  leaving: readonly string[],
  answers: ReadonlyMap<string, ExecResult>,
): string[] {
  return leaving.flatMap((host) => {
    const answer = answers.get(host);
    if (answer === undefined) return [];
    const { holds, keepalived, haproxy } = readAnswer(answer, endpoint);
    if (holds.length > 0) {
      const what = addressesOf(endpoint).length === 1 ? "the address" : holds.join(", ");
      return [`${host}, which is to leave, holds ${what}`];
    }
    const runs = [...(keepalived ? ["keepalived"] : []), ...(haproxy ? ["haproxy"] : [])];
    return runs.length === 0 ? [] : [`${host}, which is to leave, runs ${runs.join(" and ")}`];
  });
}
