/**
 * What an endpoint is by the files that were deployed for it, where the inventory says something
 * else by now. Pure.
 * @module
 */
import type { Endpoint } from "../model.ts";

/** Files of a member, where they are known. */
export interface DeployedFiles {
  /** haproxy.cfg. */
  readonly haproxy?: string;
  /** keepalived.conf. */
  readonly keepalived?: string;
}

/** The endpoint as these files make it: profile, address, ports and servers. */
export function asDeployed(endpoint: Endpoint, files: DeployedFiles): Endpoint {
  const { haproxy = "", keepalived = "" } = files;
  const address = /virtual_ipaddress\s*\{\s*([0-9A-Fa-f.:]+)/.exec(keepalived)?.[1];
  const profile = profileOf(haproxy, keepalived);
  const port = Number(/^frontend apiserver\n(?:.*\n)*?\s+bind \S*:(\d+)/m.exec(haproxy)?.[1]);
  const stats = /^frontend health\n(?:.*\n)*?\s+bind (\S+)/m.exec(haproxy)?.[1];
  const servers = [...haproxy.matchAll(/^\s+server (\S+) \[?([^\s\]]+)\]?:(\d+)/gm)];
  const backendPort = Number(servers[0]?.[3]);
  return {
    ...endpoint,
    ...(address === undefined ? {} : { address }),
    ...(profile === undefined ? {} : { profile }),
    ...(port > 0 ? { port } : {}),
    ...(backendPort > 0 ? { backendPort } : {}),
    ...(servers.length === 0
      ? {}
      : { backends: servers.map(([, name = "", address = ""]) => ({ name, address })) }),
    ...(stats === undefined ? {} : { haproxy: { ...endpoint.haproxy, stats } }),
  };
}

/** Ours say it in their heads; the guide's say nothing. */
function profileOf(haproxy: string, keepalived: string): Endpoint["profile"] | undefined {
  const text = `${haproxy}\n${keepalived}`;
  const said = /^# Endpoint .*, profile (standard|fast)\.$/m.exec(text)?.[1];
  if (said !== undefined) return said as Endpoint["profile"];
  return text.trim() === "" ? undefined : "guide";
}
