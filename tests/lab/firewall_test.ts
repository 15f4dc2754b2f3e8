/**
 * Hosts with a firewall that drops what nobody let in: the endpoint works, the rules stay when the
 * firewall is loaded anew and after a boot, and they go without a trace.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { inside } from "./console.ts";
import { full, labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const HOSTS = ["lb1", "lb2"];
const TASK = "firewall rules";

/** A firewall of a host. */
interface Kind {
  /** Package that a host has to have for it, beside what the lab's image has. */
  readonly package?: string;
  /** Makes a host drop what nobody let in but ssh; VRRP is not helped by an earlier packet of its own. */
  readonly setUp: string;
  /** All of its rules, the same text for the same rules. */
  readonly rules: string;
  /** Loads them anew, as an administrator does. */
  readonly reload: readonly string[];
  /** What finds rules of ours. */
  readonly ours: RegExp;
  /** Takes rules of ours out, behind Holdfast's back. */
  readonly spoil: string;
}

const NFTABLES: Kind = {
  setUp: `cat >/etc/nftables.conf <<'END'
flush ruleset
table inet filter {
  chain input {
    type filter hook input priority filter; policy drop;
    iif lo accept
    meta l4proto { tcp, udp } ct state established,related accept
    meta l4proto { 1, 58 } accept
    tcp dport 22 accept comment "ssh"
  }
}
table ip late {
  chain refuse { counter; reject; }
  chain input { type filter hook input priority 10; tcp dport 22 accept; ct state established accept; iif lo accept; ip protocol icmp accept; jump refuse; }
}
END
systemctl -q enable nftables.service && systemctl restart nftables.service`,
  rules: `nft -s list ruleset | sed 's/counter packets [0-9]* bytes [0-9]*/counter/'
ls /usr/local/sbin /etc/systemd/system; systemctl show -p ActiveState,LoadState holdfast-firewall`,
  reload: [
    "systemctl reload nftables",
    "systemctl restart nftables",
    "systemctl stop nftables; systemctl start nftables",
  ],
  ours: /comment "holdfast VRRP from 10\.[\d.]+"[\s\S]*comment "holdfast TCP port 8443"/,
  spoil: "/usr/local/sbin/holdfast-firewall stop",
};

const UFW: Kind = {
  package: "ufw",
  setUp: `ufw deny from 192.0.2.7 && ufw allow 22/tcp comment "ssh" && ufw --force enable`,
  rules: `ufw status verbose; ufw show added; iptables-save | sed 's/\\[.*//; /^#/d'
ip6tables-save | sed 's/\\[.*//; /^#/d'; cat /etc/ufw/user.rules /etc/ufw/user6.rules`,
  reload: ["ufw reload", "systemctl restart ufw"],
  ours: /ufw allow from 10\.[\d.]+ proto vrrp comment 'holdfast'/,
  spoil: "ufw delete allow 8443/tcp",
};

const FIREWALLD: Kind = {
  package: "firewalld",
  setUp: `systemctl enable --now firewalld && firewall-cmd --add-port=9/tcp &&
firewall-cmd --permanent --add-port=9/tcp && firewall-cmd --state`,
  rules: "firewall-cmd --list-all-zones; firewall-cmd --permanent --list-all-zones",
  reload: ["firewall-cmd --reload", "systemctl restart firewalld"],
  ours: /rule priority="-21112" port port="8443" protocol="tcp" accept/,
  spoil: `rule='rule priority="-21112" port port="8443" protocol="tcp" accept'
firewall-cmd --remove-rich-rule="$rule"; firewall-cmd --permanent --remove-rich-rule="$rule"`,
};

/** Installs a package on all hosts at once; it may take longer than one command may. */
async function install(lab: Lab, name: string): Promise<void> {
  for (const host of HOSTS) {
    const how = `DEBIAN_FRONTEND=noninteractive apt-get -qq install -y ${name}`;
    await hf.root(lab, host, `systemd-run -q --collect --unit=install sh -c "${how}"`);
  }
  for (const host of HOSTS) {
    const state = "systemctl is-active install || :; dpkg -s " + `${name} 2>/dev/null || :`;
    await hf.eventually(
      `${name} is installed on ${host}`,
      async () =>
        /^inactive[\s\S]*^Status: install ok installed$/m.test(await hf.root(lab, host, state)),
      300_000,
    );
  }
}

const rulesOf = (lab: Lab, { rules }: Kind) =>
  Promise.all(HOSTS.map((host) => hf.root(lab, host, rules)));

/** One host has the address, a client gets an answer, and the other one hears VRRP. */
async function assertStands(lab: Lab): Promise<void> {
  await hf.eventually(
    "one holder that answers",
    async () => (await hf.holders(lab)).length === 1 && await hf.throughVip(lab) === 200,
  );
  // Longer than a member would wait for adverts that are dropped.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  assertEquals((await hf.holders(lab)).length, 1);
  assertEquals(await hf.throughVip(lab), 200);
}

const changed = (run: hf.Run) => hf.tasksOf(run, "changed").filter((task) => task.endsWith(TASK));

async function reboot(lab: Lab, host: string): Promise<void> {
  const boot = () => hf.root(lab, host, "cat /proc/sys/kernel/random/boot_id").catch(() => "");
  const before = await boot();
  await inside(lab, host, "systemctl reboot --force --force").catch(() => {});
  await hf.eventually(`${host} is back`, async () => !["", before].includes(await boot()));
}

/** Everything that is promised of one kind of firewall. */
async function assertKept(t: Deno.TestContext, lab: Lab, kind: Kind): Promise<void> {
  const { inventoryFile } = lab;
  if (kind.package !== undefined) await install(lab, kind.package);
  for (const host of HOSTS) await hf.root(lab, host, kind.setUp);
  const before = await rulesOf(lab, kind);

  await t.step("check says which rules, apply makes them, and the endpoint works", async () => {
    const check = await hf.holdfast("check", inventoryFile);
    hf.assertExit(check, 2);
    assertEquals(changed(check), HOSTS.map((host) => `${host} ${TASK}`));
    assertEquals(await rulesOf(lab, kind), before);
    const run = await hf.holdfast("apply", inventoryFile);
    hf.assertExit(run, 0);
    hf.assertForecast(check, run);
    for (const rules of await rulesOf(lab, kind)) assertMatch(rules, kind.ours);
    await assertStands(lab);
  });

  await t.step("a second apply changes nothing", () => hf.assertConverged(inventoryFile));

  for (const reload of kind.reload) {
    await t.step(`the rules stay after: ${reload}`, async () => {
      // Firewalld lists rules of one priority in any order.
      const listed = async () =>
        (await rulesOf(lab, kind)).map((rules) => rules.split("\n").toSorted());
      const rules = await listed();
      for (const host of HOSTS) await hf.root(lab, host, reload);
      assertEquals(await listed(), rules);
      await hf.assertConverged(inventoryFile);
      await assertStands(lab);
    });
  }

  // What works by the same code for every kind is tried of each only by test:full.
  const ignore = !full && kind !== NFTABLES;
  await t.step({
    name: "the rules are there after a boot",
    ignore,
    fn: () => afterBoot(lab, kind),
  });

  await t.step("without them nobody is let in, and apply mends it", async () => {
    for (const host of HOSTS) await hf.root(lab, host, kind.spoil);
    assertEquals(await hf.throughVip(lab), undefined);
    const run = await hf.holdfast("apply", inventoryFile);
    hf.assertExit(run, 0);
    assertEquals(changed(run), HOSTS.map((host) => `${host} ${TASK}`));
    await assertStands(lab);
  });

  await t.step({
    name: "a run that is undone gives the rules back that it found",
    ignore,
    fn: () => undone(lab, kind),
  });
  await t.step({
    name: "another port takes the place of the old one, and none takes all away",
    ignore,
    fn: () => otherPort(lab, kind),
  });

  await t.step("rules go with the endpoint, and nothing else", async () => {
    const gone = await hf.editInventory(lab, "end", hf.withEndpoint("state: absent"));
    const check = await hf.holdfast("check", gone);
    const run = await hf.holdfast("apply", gone);
    hf.assertExit(run, 0);
    hf.assertForecast(check, run);
    assertEquals(await rulesOf(lab, kind), before);
    const again = await hf.holdfast("apply", gone);
    assertEquals([again.code, hf.tasksOf(again, "changed")], [0, []]);
  });
}

async function afterBoot(lab: Lab, kind: Kind): Promise<void> {
  const { inventoryFile } = lab;
  await reboot(lab, "lb2");
  await hf.eventually(
    "the rules on lb2",
    async () => kind.ours.test(await hf.root(lab, "lb2", kind.rules)),
  );
  await hf.eventually(
    "lb2 takes part",
    async () => (await hf.holdfast("verify", inventoryFile)).code === 0,
  );
  await hf.assertConverged(inventoryFile);
  await assertStands(lab);
}

async function undone(lab: Lab, kind: Kind): Promise<void> {
  const { inventoryFile } = lab;
  const rules = await rulesOf(lab, kind);
  const wall =
    `table inet wall { chain wall { type filter hook prerouting priority -300; ip daddr ${lab.vip} tcp dport 9445 drop; }; }`;
  for (const host of HOSTS) await inside(lab, host, `echo '${wall}' | nft -f -`);
  const wish = await hf.editInventory(
    lab,
    "port",
    (text) => text.replace(/^( +)port: 8443$/m, "$1port: 9445"),
  );
  const run = await hf.holdfast("apply", wish);
  for (const host of HOSTS) await inside(lab, host, "nft delete table inet wall");
  hf.assertExit(run, 6);
  assert(changed(run).length > 0, "no rule was changed");
  assertEquals(await rulesOf(lab, kind), rules);
  await hf.assertConverged(inventoryFile);
  await assertStands(lab);
}

async function otherPort(lab: Lab, kind: Kind): Promise<void> {
  const { inventoryFile } = lab;
  const wish = await hf.editInventory(
    lab,
    "moved",
    (text) => text.replace(/^( +)port: 8443$/m, "$1port: 9445"),
  );
  const rules = await rulesOf(lab, kind);
  hf.assertExit(await hf.holdfast("apply", wish), 0);
  for (const text of await rulesOf(lab, kind)) {
    assertMatch(text, /9445/);
    assert(!text.includes("8443"), text);
  }
  hf.assertExit(await hf.holdfast("rollback", wish), 0);
  assertEquals(await rulesOf(lab, kind), rules);
  hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
  await assertStands(lab);
}

for (const [name, kind] of Object.entries({ nftables: NFTABLES, ufw: UFW, firewalld: FIREWALLD })) {
  Deno.test({
    name: `rules of ours in ${name} let the endpoint in, stay, and go`,
    ignore,
    fn: (t) => withLab(name, (lab) => assertKept(t, lab, kind)),
  });
}
