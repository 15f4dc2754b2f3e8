/**
 * What an endpoint is by the files that were deployed for it, where the inventory says something
 * else by now. Pure.
 * @module
 */
import { parseKeepalived } from "../configs/keepalived.ts";
import { vrrpOf } from "../configs/vrrp.ts";
import type { Endpoint } from "../model.ts";
import { furtherServices, ownServers } from "./deployed_services.ts";

/** Files of a member, where they are known. */
export interface DeployedFiles {
  /** haproxy.cfg. */
  readonly haproxy?: string;
  /** keepalived.conf. */
  readonly keepalived?: string;
}

/** The endpoint as these files make it: profile, addresses, ports, servers and further services. */
export function asDeployed(endpoint: Endpoint, files: DeployedFiles): Endpoint {
  const { haproxy = "", keepalived = "" } = files;
  if (haproxy === "" && keepalived === "") return endpoint;
  const also = haproxy === "" ? endpoint.also ?? [] : furtherServices(haproxy, endpoint);
  const theirs = also.flatMap(({ addresses }) => addresses);
  const [address, ...moreAddresses] = virtualAddresses(keepalived)
    .filter((it) => !theirs.includes(it));
  const profile = profileOf(haproxy, keepalived);
  const port = Number(/^frontend apiserver\n(?:.*\n)*?\s+bind \S*:(\d+)/m.exec(haproxy)?.[1]);
  const stats = /^frontend health\n(?:.*\n)*?\s+bind (\S+)/m.exec(haproxy)?.[1];
  const { backends, backendPort } = ownServers(haproxy);
  const { moreAddresses: before, also: _, ...rest } = endpoint;
  return {
    ...rest,
    ...(address === undefined
      ? (before === undefined ? {} : { moreAddresses: before })
      : { address }),
    ...(moreAddresses.length === 0 ? {} : { moreAddresses }),
    ...(profile === undefined ? {} : { profile }),
    ...(port > 0 ? { port } : {}),
    ...(backendPort > 0 ? { backendPort } : {}),
    ...(backends.length === 0 ? {} : { backends }),
    ...(also.length === 0 ? {} : { also }),
    ...(stats === undefined ? {} : { haproxy: { ...endpoint.haproxy, stats } }),
  };
}

/** What all instances carry, in the order of the file: that of the first address is the first. */
function virtualAddresses(keepalived: string): string[] {
  return vrrpOf(parseKeepalived(keepalived)).instances.flatMap(({ addresses }) =>
    addresses.flatMap(({ address }) => /^[0-9A-Fa-f.:]+$/.test(address) ? [address] : [])
  );
}

/** Ours say it in their heads; the guide's say nothing. */
function profileOf(haproxy: string, keepalived: string): Endpoint["profile"] | undefined {
  const text = `${haproxy}\n${keepalived}`;
  const said = /^# Endpoint .*, profile (standard|fast)\.$/m.exec(text)?.[1];
  if (said !== undefined) return said as Endpoint["profile"];
  return text.trim() === "" ? undefined : "guide";
}
