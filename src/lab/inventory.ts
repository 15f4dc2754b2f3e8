/**
 * The inventory of a lab, in Ansible's shape. Text only.
 *
 * @module
 */
import type { Lab, Member } from "./layout.ts";

/** Holdfast's own command line as it is typed in a checkout's folder. */
const CHECKOUT = ["deno", "run", "--allow-all", "cli.ts"];

/**
 * Writes the inventory that a deployment of this lab starts from. `holdfast` are the words that
 * start Holdfast: drills switch power and API servers with its command `lab`.
 */
export function inventoryText(lab: Lab, holdfast: readonly string[] = CHECKOUT): string {
  const command = (...words: readonly string[]) =>
    JSON.stringify([...holdfast, "lab", ...words, "--name", lab.name]);
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
          drill:
            power_command: ${command("power", "{action}", "{host}")}
            api_command: ${command("api", "{server}", "{action}")}
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
