/** An inventory whose machines are those of the simulator of a vCenter, and commands over it. */
import { assert } from "@std/assert";
import { stripAnsiCode } from "@std/fmt/colors";
import { join } from "@std/path";
import { type ApplyFlags, applyPlacement } from "../../../src/commands/placement/apply.ts";
import { checkPlacement } from "../../../src/commands/placement/check.ts";
import type { Waiting } from "../../../src/commands/placement/wait.ts";
import { withTempDir } from "../../helpers.ts";
import { PASSWORD } from "../../placement/fake_vcenter.ts";
import { certs, named, relocate, type Simulator } from "../../placement/simulator.ts";

/** What stands in the inventory. */
export interface SiteOptions {
  /** Numbers of machines, by group. @default {masters 0, 1 and load_balancers 2, 3} */
  readonly groups?: Readonly<Record<string, readonly number[]>>;
  /** Where the password comes from. @default {a file that holds it} */
  readonly password?: string;
  /** More of the `vsphere` map: `cluster: C0, `. */
  readonly vsphere?: string;
  /** More of the `placement` map: `required: true`. */
  readonly placement?: string;
}

/** The text of an inventory; `ca.pem` and `password` lie beside it. */
export function inventoryOf(server: string, options: SiteOptions = {}): string {
  const { groups = { masters: [0, 1], load_balancers: [2, 3] }, password = "{ file: password }" } =
    options;
  const names = Object.keys(groups);
  const policies = names.map((name) => `${name}: { policy: anti_affinity }`).join(", ");
  return `all:
  vars:
    placement:
      provider: vsphere
      cluster_name: prod
      ${options.placement ?? "required: false"}
      vsphere: { ${
    options.vsphere ?? ""
  }server: '${server}', ca_file: ca.pem, user: deploy@vsphere.local, password: ${password} }
      groups: { ${policies} }
  children:
${
    names.map((name) =>
      `    ${name}:\n      hosts:\n${
        (groups[name] ?? []).map((n) => `        ${name}-${n}: { vsphere_vm: DC0_C0_RP0_VM${n} }\n`)
          .join("")
      }`
    ).join("")
  }`;
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
): Promise<void> {
  await withTempDir(async (dir) => {
    const file = join(dir, "hosts.yaml");
    await Deno.writeTextFile(file, text);
    await Deno.writeTextFile(join(dir, "ca.pem"), certs.ca);
    await Deno.writeTextFile(join(dir, "password"), `${PASSWORD}\n`, { mode: 0o600 });
    await work(file, dir);
  });
}

/** Runs `placement check` or `placement apply`. */
export async function placement(
  word: "check" | "apply",
  text: string,
  flags: ApplyFlags = {},
  waiting: Waiting = {},
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
  });
  assert(!`${printed.out}${printed.err}`.includes(PASSWORD), "a password was printed");
  return printed;
}

/** Puts the machines of this number on the host of that number. */
export async function place(sim: Simulator, hosts: readonly number[]): Promise<void> {
  await sim.behind(async (session) => {
    const vms = await named(session, "VirtualMachine");
    const all = await named(session, "HostSystem");
    for (const [n, at] of hosts.entries()) {
      const [vm, host] = [vms.get(`DC0_C0_RP0_VM${n}`), all.get(`DC0_C0_H${at}`)];
      assert(vm && host);
      await relocate(session, vm, host);
    }
  });
}
