import { assertEquals, assertStringIncludes } from "@std/assert";
import { linkUndo } from "../../../src/drills/remote/network.ts";
import { differences, snapshotScript } from "../../../src/drills/remote/snapshot.ts";
import { runSh } from "../../helpers.ts";
import { SHELLS } from "../../ssh/shells.ts";
import { type Sandbox, withSandbox } from "./sandbox.ts";

// A network of one's own: two ends of a wire, nothing of this machine.
const alone = (await runSh("unshare -n sh -c 'ip link add e0 type veth peer name e1'")).code === 0;
const VIP = "10.9.0.10";

// The address as Keepalived puts it there, with what comes with it.
const SETUP = `ip link set lo up; ip link add e0 type veth peer name e1; ip link set e1 up
ip link set e0 up; ip addr add 10.9.0.11/24 brd + dev e0; ip addr add ${VIP}/32 dev e0
ip -6 addr add fd00:9::11/64 dev e0 nodad; ip -6 addr add fd00:9::10/128 dev e0 nodad preferred_lft 0
ip -6 addr add fd00:8::11/64 dev e0 nodad valid_lft 900 preferred_lft 800
until ip -6 -o addr show dev e0 scope link | grep -v tentative | grep -q fe80; do sleep 0.1; done
ip route add default via 10.9.0.1; ip route add 10.7.0.0/16 dev e0 table 77 metric 5
ip route add 10.6.0.0/16 dev e0 src ${VIP}
ip route add 10.5.0.0/16 nexthop via 10.9.0.2 weight 2 nexthop via 10.9.0.3
ip -6 route add fd00:7::/64 via fd00:9::1 dev e0; ip -6 route add fd00:6::/64 via fd00:9::1 dev e0 expires 900
ip neigh add 10.9.0.99 lladdr 02:00:00:00:00:99 dev e0 nud permanent`;

const without = (text: string) =>
  text.split("\n").filter((line) => !line.includes("fd00:9::10")).join("\n");

// Busybox brings an ip of its own; a host of a load balancer has that of iproute2.
const shells = Object.entries(SHELLS).filter(([name]) => name !== "busybox");

for (const [name, { argv }] of shells) {
  const on = (what: string, test: (host: Sandbox) => Promise<void>) =>
    Deno.test({ name: `${name}: ${what}`, ignore: !alone, fn: () => withSandbox(argv, test) });
  /** Runs shell text in such a network; its snapshots are files. */
  const inside = async (host: Sandbox, text: string) => {
    const snapshot = `snapshot() { ( ${snapshotScript([VIP])} ) >${host.dir}/"$1"; }`;
    const words = ["unshare", "-n", ...argv];
    const { code, stderr } = await runSh(
      host.here(`set -e\n${snapshot}\n${SETUP}\n${text}`),
      words,
    );
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
  };

  on("an interface gets back all that it had, but not the virtual address", async (host) => {
    const { prepare, undo } = linkUndo("e0", [VIP]);
    await inside(
      host,
      `snapshot before; ${prepare}\nip link set e0 down; snapshot down; ${undo}\nsnapshot after; ${undo}\nsnapshot again
ip -o addr show dev e0 >${host.dir}/addresses; ip -o -6 route >${host.dir}/routes`,
    );
    const [before, down, after, again] = await Promise.all(
      ["before", "down", "after", "again"].map((file) => host.text(file)),
    ) as [string, string, string, string];
    const lost = differences(before, down);
    assertEquals(
      lost.filter((line) => line.endsWith(" is gone")).length > 8,
      true,
      lost.join("\n"),
    );
    // A route from the virtual address belongs to who holds it.
    assertEquals(differences(without(before), without(after)), []);
    assertEquals(differences(after, again), []);
    assertEquals((await host.text("addresses")).includes("fd00:9::10/128"), false);
    assertStringIncludes(await host.text("routes"), "expires ");
  });

  on("addresses of both families may have moved when an interface has all back", async (host) => {
    const both = [VIP, "fd00:9::10"];
    const { prepare, undo } = linkUndo("e0", both);
    await inside(
      host,
      `both() { ( ${snapshotScript(both)} ) >${host.dir}/"$1"; }
both before; ${prepare}\nip link set e0 down; ${undo}\nboth after
ip -o addr show dev e0 >${host.dir}/addresses`,
    );
    assertEquals(differences(await host.text("before"), await host.text("after")), []);
    const addresses = await host.text("addresses");
    for (const own of ["10.9.0.11/24", "fd00:9::11/64"]) assertStringIncludes(addresses, own);
    assertEquals(addresses.includes("fd00:9::10/128"), false);
  });

  on("what an interface will lose is kept once, and a loss that stays is said", async (host) => {
    const { prepare, undo } = linkUndo("e0");
    await inside(
      host,
      `${prepare}\nip link set e0 down; cp ${host.dir}/drill/undo/link.e0 ${host.dir}/kept; ${prepare}
cmp ${host.dir}/kept ${host.dir}/drill/undo/link.e0
echo '-4 route replace 10.4.0.0/16 via 10.200.0.1 dev e0' >>${host.dir}/drill/undo/link.e0
( ${undo} ) 2>${host.dir}/said && exit 9 || :
grep -v 10.200.0.1 ${host.dir}/kept >${host.dir}/drill/undo/link.e0
${undo}`,
    );
    assertStringIncludes(await host.text("said"), "e0 has not got back:\n-4 route replace 10.4.0");
  });

  on("without anything kept, an interface just comes up", async (host) => {
    await inside(
      host,
      `ip link set e0 down; ${linkUndo("e0").undo}\nip -o link show e0 | grep -q UP,`,
    );
  });
}
