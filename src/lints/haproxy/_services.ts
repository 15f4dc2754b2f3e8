/**
 * Which service of an endpoint a proxy of a rendered haproxy.cfg belongs to, and where the inventory
 * decides about it. Pure.
 * @module
 */
import type { Proxy } from "../../configs/proxies.ts";
import type { Subject } from "../model.ts";

/** A further service, with its place in the `also` list. */
interface Further {
  readonly name: string;
  readonly index: number;
}

/** The further service; unset: it is the endpoint's own, or the file was written by hand. */
function furtherOf({ endpoint }: Subject, { kind, name }: Proxy): Further | undefined {
  const index = (endpoint?.also ?? []).findIndex((it) =>
    name === (kind === "frontend" ? it.name : `${it.name}_servers`)
  );
  const service = endpoint?.also?.[index];
  return service && { name: service.name, index };
}

/** What is down with its servers, for messages: `the endpoint`, `service "staging"`. */
export function serviceCalled(subject: Subject, proxy: Proxy): string {
  const further = furtherOf(subject, proxy);
  return further ? `service "${further.name}"` : "the endpoint";
}

/** ` of service "staging"`, for messages; empty for the endpoint's own. */
export function ofService(subject: Subject, proxy: Proxy): string {
  const further = furtherOf(subject, proxy);
  return further ? ` of service "${further.name}"` : "";
}

/**
 * The setting that decides, by its path in the `endpoint` map, and what to write there; in an item of
 * `also` it has the same name, and no map around it.
 */
export function decidedBy(
  subject: Subject,
  proxy: Proxy,
  path: readonly string[],
  value: string,
): { readonly setting: readonly string[]; readonly settingHint: string } {
  const further = furtherOf(subject, proxy);
  const key = path.at(-1) ?? "";
  const [outer] = path.slice(0, -1);
  const own = outer === undefined ? `${key}: ${value}` : `${outer}: { ${key}: ${value} }`;
  return further
    ? {
      setting: ["also", String(further.index), key],
      settingHint: `in the item "${further.name}" of also: ${key}: ${value}`,
    }
    : { setting: path, settingHint: own };
}
