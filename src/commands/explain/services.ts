/**
 * What the keys of a further service are that nobody wrote: as the endpoint has them, or by default.
 * @module
 */
import { settings } from "../../endpoint/profile.ts";
import type { Reasoned } from "../../endpoint/reasoned.ts";
import type { Endpoint } from "../../model.ts";
import { servicesOf } from "../../services.ts";

/** These values by the key under which they are asked for, `endpoint.also.0.port`. */
export function furtherServices(
  endpoint: Endpoint,
): [string, Reasoned<unknown> & { readonly level: "default" | "derived" }][] {
  const [, ...further] = servicesOf(endpoint);
  const { address, moreAddresses = [], port } = endpoint;
  const addresses = moreAddresses.length === 0 ? address : [address, ...moreAddresses];
  return further.flatMap((_, i) => {
    const key = (name: string) => `endpoint.also.${i}.${name}`;
    const made = (value: unknown, reason: string) => ({ value, reason, level: "default" as const });
    const byProfile = {
      value: settings(endpoint).balance,
      reason: `profile ${endpoint.profile}`,
      level: "derived" as const,
    };
    return [
      [key("address"), made(addresses, "the endpoint's")],
      [key("port"), made(port, "the endpoint's")],
      [key("backend_port"), made(6443, "")],
      [key("check_path"), made("/readyz", "")],
      [key("ca_file"), made(undefined, "its checks do not verify")],
      [key("check_client"), made(undefined, "its checks show no certificate")],
      [key("verify_host"), made(undefined, "a certificate may hold any name")],
      [key("balance"), made("auto", "")],
      [key("balance"), byProfile],
    ];
  });
}
