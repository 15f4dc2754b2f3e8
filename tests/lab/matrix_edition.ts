/** Inventories for the points with real hosts: each changes both files of lb1 and one of lb2. */
import type { Lab } from "../../src/lab/mod.ts";
import * as hf from "./holdfast.ts";

// A cut link is noticed within seconds, not within a minute.
const IMPATIENT = "-o ServerAliveInterval=1 -o ServerAliveCountMax=3";

/** Writes an edition of the lab's inventory and gives its path. */
export function editionOf(lab: Lab, edition: number): Promise<string> {
  const endpoint = hf.withEndpoint(`haproxy: { client_timeout: ${edition}m }`);
  return hf.editInventory(lab, `edition-${edition}`, (text) =>
    endpoint(text).replace(
      /(lb1: \{ .*) \}/,
      `$1, endpoint_host: { priority: ${100 + edition} }, ansible_ssh_extra_args: "${IMPATIENT}" }`,
    ));
}
