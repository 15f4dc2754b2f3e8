import { defineTask, type TaskFunction } from "../src/define.ts";
import { firewalld } from "../src/firewall/firewalld.ts";
import { NFT_PATHS } from "../src/firewall/nft_script.ts";
import { nftables } from "../src/firewall/nftables.ts";
import type { Part } from "../src/firewall/part.ts";
import { CLOSED, type Opening } from "../src/firewall/passage.ts";
import { ufw } from "../src/firewall/ufw.ts";
import type { TaskPlan, World } from "../src/model.ts";
import { raw, sh } from "../src/shell.ts";

/** Arguments of {@link firewall}. */
export interface FirewallArgs {
  /**
   * What shall come in, where a firewall would stand in the way; it is asked for only then.
   * @default {nothing: rules of ours that are there go}
   */
  readonly opening?: (world: World) => Opening;
}

/** Files that the task owns on hosts where it needs some. */
export const FIREWALL_PATHS: readonly string[] = Object.values(NFT_PATHS);

const PARTS: readonly Part[] = [firewalld, ufw, nftables];
const HEAD = "holdfast firewall:";

/**
 * What comes in through the firewalls that a host runs: firewalld, ufw and chains of nft. Where none
 * of them would stop it nothing is done, and rules of others are never touched.
 */
export const firewall: TaskFunction<FirewallArgs> = defineTask<
  FirewallArgs,
  ReadonlyMap<string, string>
>({
  kind: "firewall",
  title: ({ opening }) => opening === undefined ? "no firewall rules of ours" : "firewall rules",
  probe: () =>
    PARTS.map(({ name, probe }) =>
      sh`echo ${`${HEAD} ${name}`}
( ${raw(probe)} )`
    ).join("\n"),
  parse: ({ stdout }) =>
    new Map(
      stdout.split(new RegExp(`^(?=${HEAD} )`, "m")).map((block): [string, string] => {
        const [head = "", ...lines] = block.split("\n");
        return [head.slice(HEAD.length + 1), lines.join("\n")];
      }),
    ),
  plan: (seen, { opening = () => CLOSED }, world): TaskPlan => ({
    changes: PARTS.flatMap(({ name, changes }) =>
      changes(seen.get(name) ?? "", () => opening(world))
    ),
  }),
});
