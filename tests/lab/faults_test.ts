import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { CATALOGUE } from "../../src/drills/catalogue/mod.ts";
import type { Break, Scene } from "../../src/drills/model.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { run } from "../../src/lab/run.ts";
import { withPids } from "../../src/lab/state.ts";
import { anEndpoint } from "../helpers.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { firstBelow } from "./processes.ts";

const ignore = await labAvailable() !== undefined;
const HOLDER = "lb1";
const IFACE = "eth0";

type HostBreak = Extract<Break, { kind: "host" }>;

/** What is done to hosts by a drill of the catalogue, on the hosts of a lab. */
function breaksOf(lab: Lab, name: string): HostBreak[] {
  const hosts = lab.hosts.map(({ name }) => name);
  const scene: Scene = {
    endpoint: { ...anEndpoint(...hosts), address: lab.vip, backends: lab.apiServers },
    holder: HOLDER,
    standbys: hosts.filter((host) => host !== HOLDER),
    preferred: HOLDER,
    interfaces: new Map(hosts.map((host) => [host, IFACE])),
    power: true,
    api: true,
  };
  const plan = CATALOGUE.find((drill) => drill.name === name)?.plan(scene);
  const found = [...plan?.prepare ?? [], ...plan?.breaks ?? []].filter((it) => it.kind === "host");
  assertNotEquals(found, [], `drill "${name}" breaks nothing on a host`);
  return found;
}

/** Breaks what a drill breaks; returns before it can be felt. */
async function fault(lab: Lab, name: string): Promise<void> {
  for (const { host, script } of breaksOf(lab, name)) await hf.root(lab, host, script);
}

/** Runs the undo from inside each host, as the host itself does: no network is needed for it. */
async function heal(lab: Lab, name: string): Promise<void> {
  for (const { host, undo } of breaksOf(lab, name)) await inside(lab, host, undo);
}

/** Runs shell text as root in a host without its network. */
async function inside(lab: Lab, host: string, script: string): Promise<string> {
  const { hosts } = await withPids(lab);
  const first = firstBelow(hosts.find(({ name }) => name === host)?.pid ?? 0);
  const enter = ["nsenter", "-t", `${first}`, "-m", "-u", "-i", "-n", "-p", "-C"];
  return await run([...enter, "sh", "-c", script], { to: `run inside ${host}` });
}

/** One holder, the preferred one; both daemons run everywhere; three API servers; an answer. */
async function assertWhole(lab: Lab): Promise<void> {
  for (const { name } of lab.hosts) {
    const active = await inside(lab, name, "systemctl is-active haproxy keepalived");
    assertEquals(active, "active\nactive\n", name);
    assertEquals(await inside(lab, name, "nft list tables"), "", name);
  }
  await hf.eventually(
    `${HOLDER} alone holds the address, and it answers`,
    async () => (await hf.holders(lab)).join() === HOLDER && await hf.throughVip(lab) === 200,
  );
}

/** Healed by the undo; and a second undo, with nothing of the fault left, changes nothing. */
async function assertHeals(lab: Lab, name: string): Promise<void> {
  await heal(lab, name);
  await assertWhole(lab);
  const before = await hf.daemons(lab, HOLDER);
  await heal(lab, name);
  assertEquals(await hf.daemons(lab, HOLDER), before);
  await assertWhole(lab);
}

/** States of all processes of a unit: `T` when every one of them is stopped. */
const STATES = (unit: string) =>
  `for p in $(grep -lsF /${unit}.service /proc/[0-9]*/cgroup); do ` +
  `grep -s ^State: "$(dirname "$p")/status" | cut -c 8; done | sort -u`;

const RESTARTS = (unit: string) => `systemctl show -p NRestarts --value ${unit}`;
const RELOADS = (unit: string) =>
  `journalctl --no-pager -o cat -u ${unit} | grep -c '^Reloaded ${unit}' || :`;
const BACKENDS = "curl -s http://127.0.0.1:8404/backends";

const holdersAre = (lab: Lab, names: string) => async () =>
  (await hf.holders(lab)).join() === names;

function saysOn(lab: Lab, host: string, script: string, text: string) {
  return async () => (await inside(lab, host, script)).trim() === text;
}

Deno.test({
  name: "every fault of the catalogue is really there, and its undo makes the host whole",
  ignore,
  fn: (t) =>
    withLab("faults", async (lab) => {
      hf.assertExit(await hf.holdfast("apply", lab.inventoryFile), 0);
      await hf.eventually("the preferred member holds the address", holdersAre(lab, HOLDER));

      for (const daemon of ["keepalived", "haproxy"] as const) {
        await t.step(`${daemon}-stopped`, async () => {
          await fault(lab, `${daemon}-stopped`);
          assertEquals(
            await inside(lab, HOLDER, `systemctl is-active ${daemon} || :`),
            "inactive\n",
          );
          await hf.eventually("the address moves", holdersAre(lab, "lb2"));
          await assertHeals(lab, `${daemon}-stopped`);
        });

        await t.step(`${daemon}-killed`, async () => {
          const before = Number(await inside(lab, HOLDER, RESTARTS(daemon)));
          await fault(lab, `${daemon}-killed`);
          const restarted = saysOn(lab, HOLDER, RESTARTS(daemon), `${before + 1}`);
          await hf.eventually(`systemd starts ${daemon} again`, restarted);
          await assertHeals(lab, `${daemon}-killed`);
        });

        await t.step(`${daemon}-reload`, async () => {
          const main = await inside(lab, HOLDER, `systemctl show -p MainPID ${daemon}`);
          const before = Number(await inside(lab, HOLDER, RELOADS(daemon)));
          await fault(lab, `${daemon}-reload`);
          const all = saysOn(lab, HOLDER, RELOADS(daemon), `${before + 4}`);
          await hf.eventually(`${daemon} is reloaded four times`, all);
          await assertHeals(lab, `${daemon}-reload`);
          assertEquals(await inside(lab, HOLDER, `systemctl show -p MainPID ${daemon}`), main);
        });
      }

      await t.step("an undo in the middle of reloads ends them", async () => {
        await fault(lab, "haproxy-reload");
        await heal(lab, "haproxy-reload");
        const unit = "systemctl is-active holdfast-drill-fault.service || :";
        assertEquals(await inside(lab, HOLDER, unit), "inactive\n");
        await assertWhole(lab);
      });

      await t.step("haproxy-hung", async () => {
        await fault(lab, "haproxy-hung");
        assertEquals(await inside(lab, HOLDER, STATES("haproxy")), "T\n");
        await hf.eventually("the address moves", holdersAre(lab, "lb2"));
        await assertHeals(lab, "haproxy-hung");
      });

      await t.step("keepalived-frozen: two holders, then one", async () => {
        await fault(lab, "keepalived-frozen");
        assertEquals(await inside(lab, HOLDER, STATES("keepalived")), "T\n");
        await hf.eventually("both hold the address", holdersAre(lab, "lb1,lb2"));
        await assertHeals(lab, "keepalived-frozen");
      });

      await t.step("vrrp-blocked: two holders, then one", async () => {
        await fault(lab, "vrrp-blocked");
        assertMatch(await inside(lab, HOLDER, "nft list ruleset"), /table inet holdfast_drill/);
        await hf.eventually("both hold the address", holdersAre(lab, "lb1,lb2"));
        await assertHeals(lab, "vrrp-blocked");
      });

      await t.step("link-down: seen from outside; its routes come back", async () => {
        const netns = lab.hosts.find(({ name }) => name === HOLDER)?.namespace ?? "";
        const link = ["ip", "-n", netns, "-br", "link", "show", "dev", IFACE];
        const routes = () => inside(lab, HOLDER, "ip route; ip -6 route");
        const before = await routes();
        await fault(lab, "link-down");
        await hf.eventually(
          "the link is down",
          async () => / DOWN /.test(await run(link, { to: "look at the link" })),
        );
        const others = { ...lab, hosts: lab.hosts.filter(({ name }) => name !== HOLDER) };
        await hf.eventually("the address moves", holdersAre(others, "lb2"));
        await assertHeals(lab, "link-down");
        assertEquals(await routes(), before);
      });

      await t.step("link-down: an undo that comes first calls it off", async () => {
        const netns = lab.hosts.find(({ name }) => name === HOLDER)?.namespace ?? "";
        const [one] = breaksOf(lab, "link-down");
        await inside(lab, HOLDER, `${one?.script}\n${one?.undo}`);
        const unit = "systemctl is-active holdfast-drill-fault.service || :";
        assertEquals(await inside(lab, HOLDER, unit), "inactive\n");
        const link = await run(["ip", "-n", netns, "-br", "link"], { to: "look at the link" });
        assertMatch(link, / UP /);
        await assertWhole(lab);
      });

      await t.step("address-removed: keepalived puts it back", async () => {
        const log = "journalctl --no-pager -o cat -u keepalived | grep -c 'BACKUP STATE' || :";
        const before = await inside(lab, HOLDER, log);
        await fault(lab, "address-removed");
        await hf.eventually(
          "keepalived notices",
          async () => await inside(lab, HOLDER, log) !== before,
        );
        await hf.eventually("the address is back", holdersAre(lab, HOLDER));
        await assertHeals(lab, "address-removed");
      });

      await t.step("address-removed: where keepalived does not, the undo does", async () => {
        await fault(lab, "keepalived-frozen");
        await fault(lab, "address-removed");
        assertEquals(await inside(lab, HOLDER, `ip -o addr show to ${lab.vip}/32`), "");
        await assertHeals(lab, "address-removed");
      });

      await t.step("api-server-dead: gone on every load balancer", async () => {
        await fault(lab, "api-server-dead");
        for (const { name } of lab.hosts) {
          await hf.eventually("it is taken out", saysOn(lab, name, BACKENDS, "2"));
        }
        assertEquals(await hf.holders(lab), [HOLDER]);
        await assertHeals(lab, "api-server-dead");
      });

      await t.step("api-servers-all-dead: one holder with nothing behind it", async () => {
        await fault(lab, "api-servers-all-dead");
        for (const { name } of lab.hosts) {
          await hf.eventually("all are taken out", saysOn(lab, name, BACKENDS, "0"));
        }
        await hf.eventually("one holder", async () => (await hf.holders(lab)).length === 1);
        await assertHeals(lab, "api-servers-all-dead");
      });

      await t.step("apply-change: the former file comes back from its copy", async () => {
        const look = "stat -c '%a %U:%G' /etc/haproxy/haproxy.cfg; sha256sum /etc/haproxy/*.*";
        const before = await inside(lab, HOLDER, look);
        await fault(lab, "apply-change");
        const change = "sed -i 's/ 1h$/ 61m/' /etc/haproxy/haproxy.cfg && systemctl reload haproxy";
        await inside(lab, HOLDER, change);
        assertNotEquals(await inside(lab, HOLDER, look), before);
        await assertHeals(lab, "apply-change");
        assertEquals(await inside(lab, HOLDER, look), before);
        assertEquals(await inside(lab, HOLDER, "ls /var/lib/holdfast | grep drill- || :"), "");
      });

      await t.step(
        "apply-restart: the former drop-ins come back, and the daemons with them",
        async () => {
          const drop = (unit: string) => `/etc/systemd/system/${unit}.service.d/holdfast.conf`;
          const look = `stat -c '%n %a %U:%G' ${drop("*")}; sha256sum ${drop("*")}
ls /etc/systemd/system/*.service.d; systemctl show -p OOMScoreAdjust haproxy keepalived`;
          const before = await inside(lab, HOLDER, look);
          await fault(lab, "apply-restart");
          for (const unit of ["haproxy", "keepalived"]) {
            await inside(lab, HOLDER, `echo OOMScoreAdjust=7 >>${drop(unit)}`);
          }
          await inside(
            lab,
            HOLDER,
            "systemctl daemon-reload; systemctl restart haproxy keepalived",
          );
          assertNotEquals(await inside(lab, HOLDER, look), before);
          await assertHeals(lab, "apply-restart");
          assertEquals(await inside(lab, HOLDER, look), before);
          assertEquals(await inside(lab, HOLDER, "ls /var/lib/holdfast | grep drill- || :"), "");
        },
      );

      await t.step("reboot: the host comes back by itself", async () => {
        const booted = "systemctl show -p UserspaceTimestampMonotonic";
        const before = await inside(lab, HOLDER, booted);
        await fault(lab, "reboot");
        // Over ssh: who is inside a host that goes down is stopped with it, and waits for ever.
        await hf.eventually("it has booted, and ssh answers", async () => {
          const now = await hf.root(lab, HOLDER, booted).catch(() => "");
          return now.includes("=") && now !== before;
        }, 120_000);
        await assertHeals(lab, "reboot");
      });
    }),
});
