/**
 * What changes have to do with what: by the paths, units and packages that they act on. Pure.
 * @module
 */
import { blocksOf, lastOf, parseKeepalived } from "../../configs/keepalived.ts";
import type { Change, Planned } from "../../model.ts";
import { agreementOf } from "../agreement.ts";
import { PATHS, servicePathOf } from "../paths.ts";

/** What a change acts on: paths, units, packages. */
export function targetsOf(change: Change): readonly string[] {
  switch (change.kind) {
    case "run":
      return change.targets ?? [];
    case "remove":
      return [change.path];
    case "write":
      return [...change.files, ...change.unknown ?? []].map(({ path }) => path);
  }
}

/** Whether any of these changes acts on one of these things. */
export function touches(planned: Planned, things: readonly string[]): boolean {
  return everything(planned).some((change) =>
    targetsOf(change).some((target) => things.includes(target))
  );
}

/** Whether any of these changes has to do with HAProxy as it runs. */
export function concernsHaproxy(planned: Planned): boolean {
  const certificates = everything(planned).flatMap(targetsOf)
    .filter((path) => servicePathOf(path) === "ca");
  return touches(planned, [
    ...certificates,
    PATHS.haproxy,
    PATHS.ca,
    PATHS.haproxyUnit,
    "haproxy.service",
    "restart haproxy",
    "reload haproxy",
  ]);
}

/**
 * Whether any of these changes makes an endpoint speak or answer on the network otherwise than it
 * does: a first deployment, another address, router id, interface or way of its adverts, or a
 * Keepalived that is to start.
 */
export function concernsNetwork(planned: Planned): boolean {
  return everything(planned).some((change) => {
    if (change.kind === "run") return change.summary.endsWith("start keepalived");
    if (change.kind === "remove") return false;
    const before = change.before[PATHS.keepalived];
    if ((change.unknown ?? []).some(({ path }) => path === PATHS.keepalived)) {
      return before === undefined;
    }
    const after = change.files.find(({ path }) => path === PATHS.keepalived)?.content;
    if (after === undefined) return false;
    return before === undefined || networkSide(before) !== networkSide(after);
  });
}

const everything = (planned: Planned) => [...planned.values()].flat();

/** What a keepalived.conf says that the network can tell. */
function networkSide(conf: string): string {
  const said = Object.entries(agreementOf(conf))
    .filter(([name]) => /(addresses|transport|virtual router id)$/.test(name))
    // One peer less is nothing new, and one more is asked about by its own first deployment.
    .map(([name, value]) => [name, value.replace(/^unicast.*/, "unicast")]);
  const interfaces = blocksOf(parseKeepalived(conf).statements, "vrrp_instance")
    .map(({ block }) => lastOf(block, "interface")?.words[1]?.text);
  return JSON.stringify([said, interfaces]);
}
