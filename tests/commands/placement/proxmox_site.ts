/** An inventory whose machines are those of a fake Proxmox VE, and commands over it. */
import { assert } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { join } from "@std/path";
import { type ApplyFlags, applyPlacement } from "../../../src/commands/placement/apply.ts";
import { checkPlacement } from "../../../src/commands/placement/check.ts";
import type { Waiting } from "../../../src/commands/placement/wait.ts";
import { withTempDir } from "../../helpers.ts";
import { USER, VALUE } from "../../placement/fake_proxmox.ts";
import { certs } from "../../placement/proxmox_kit.ts";

/** What stands in the inventory. */
export interface SiteOptions {
  /** Machines by group; a number is one, too. @default {masters m1, m2 and load_balancers m3, lb1} */
  readonly groups?: Readonly<Record<string, readonly (string | number)[]>>;
  /** More of the `placement` map. */
  readonly placement?: string;
}

/** The text of an inventory; `ca.pem` and `token` lie beside it. */
export function inventoryOf(server: string, options: SiteOptions = {}): string {
  const { groups = { masters: ["m1", "m2"], load_balancers: ["m3", "lb1"] } } = options;
  const names = Object.keys(groups);
  const policies = names.map((name) => `${name}: { policy: anti_affinity }`).join(", ");
  const hosts = (name: string) =>
    (groups[name] ?? []).map((vm, n) => `        ${name}-${n}: { proxmox_vm: ${vm} }\n`).join("");
  return `all:
  vars:
    placement:
      provider: proxmox
      cluster_name: prod
      ${options.placement ?? "required: false"}
      proxmox: { server: '${server}', ca_file: ca.pem, api_token: { file: token } }
      groups: { ${policies} }
  children:
${names.map((name) => `    ${name}:\n      hosts:\n${hosts(name)}`).join("")}`;
}

/** What a command printed, with paths that begin at the inventory's folder. */
export interface Printed {
  out: string;
  err: string;
  code: number;
}

/** Does some work with an inventory that lies in a folder of its own. */
export async function inFolder(
  text: string,
  work: (file: string, dir: string) => Promise<void>,
  token = `${USER}=${VALUE}`,
): Promise<void> {
  await withTempDir(async (dir) => {
    const file = join(dir, "hosts.yaml");
    await Deno.writeTextFile(file, text);
    await Deno.writeTextFile(join(dir, "ca.pem"), certs.ca);
    await Deno.writeTextFile(join(dir, "token"), `${token}\n`, { mode: 0o600 });
    await work(file, dir);
  });
}

/** Runs `placement check` or `placement apply`. */
export async function placement(
  word: "check" | "apply",
  text: string,
  flags: ApplyFlags = {},
  { token, ...waiting }: Waiting & { readonly token?: string } = {},
): Promise<Printed> {
  const printed: Printed = { out: "", err: "", code: -1 };
  await inFolder(text, async (file, dir) => {
    const plain = (line: string) => stripAnsiCode(line).replaceAll(`${dir}/`, "");
    const io = {
      out: (line: string) => void (printed.out += plain(line)),
      err: (line: string) => void (printed.err += plain(line)),
    };
    printed.code = word === "check"
      ? await checkPlacement(file, flags, io)
      : await applyPlacement(file, flags, io, waiting);
  }, token);
  const all = `${printed.out}${printed.err}`;
  assert(!all.includes(VALUE) && !all.includes("PVEAPIToken"), `a token was printed: ${all}`);
  return printed;
}
