/**
 * The inventory of a lab, in Ansible's shape. Text only.
 *
 * @module
 */
import type { Lab, Member } from "./layout.ts";

/** Writes the inventory that a deployment of this lab starts from. */
export function inventoryText(lab: Lab): string {
  return `# The lab "${lab.name}": real hosts on this machine, made by \`deno task lab up\`.
all:
  vars:
    ansible_user: ${lab.user}
    ansible_become: true
    ansible_ssh_private_key_file: ${lab.keyFile}
    ansible_ssh_common_args: "-o UserKnownHostsFile=${lab.knownHostsFile}"
  children:
    load_balancers:
      vars:
        endpoint:
          address: ${lab.vip}
          port: 8443
          backends: masters
          backend_port: 6443
          ca_file: ${lab.caFile}
      hosts:
${hostLines(lab.hosts)}
    masters:
      hosts:
${hostLines(lab.apiServers)}
`;
}

function hostLines(members: readonly Member[]): string {
  return members.map(({ name, address }) => `        ${name}: { ansible_host: ${address} }`).join(
    "\n",
  );
}
