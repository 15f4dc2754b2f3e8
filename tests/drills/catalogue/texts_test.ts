import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import fc from "fast-check";
import { CATALOGUE } from "../../../src/drills/catalogue/mod.ts";
import { endpoint } from "../../endpoint/fixtures.ts";
import { withTempDir } from "../../helpers.ts";
import { SHELLS } from "../../ssh/shells.ts";
import { hostile } from "../../tasks/hostile.ts";
import { drill, hostBreaks, PROFILES, scene, texts } from "./fixtures.ts";
import { ModelHost, type ModelHostOptions } from "./model_host.ts";

/** What is different on the host after a fault, other than its filters and its address. */
const AFTER: Readonly<Record<string, Record<string, string>>> = {
  "keepalived-stopped": { keepalived: "inactive" },
  "keepalived-killed": { keepalived: "inactive" },
  "keepalived-frozen": { keepalived: "frozen" },
  "haproxy-stopped": { haproxy: "inactive" },
  "haproxy-killed": { haproxy: "inactive" },
  "haproxy-hung": { haproxy: "frozen" },
  "link-down": { link: "down" },
  "preferred-returns": { keepalived: "inactive" },
  "haproxy-reload": {},
  "keepalived-reload": {},
  "apply-change": {},
  "apply-restart": {},
  "reboot": {},
};

/** Runs a test on a new host for every drill that breaks something on one. */
async function onEach(
  test: (name: string, script: string, undo: string, host: ModelHost) => Promise<void>,
  options: ModelHostOptions = {},
): Promise<void> {
  for (const { name, plan } of CATALOGUE) {
    const [one] = hostBreaks(plan(scene()));
    if (one === undefined) continue;
    await withTempDir(async (dir) =>
      test(name, one.script, one.undo, await ModelHost.create(dir, options))
    );
  }
}

for (const [name, { argv: [program = "sh", ...args] }] of Object.entries(SHELLS)) {
  Deno.test(`every text is one that ${name} can read`, async () => {
    const all = PROFILES.flatMap((profile) =>
      CATALOGUE.flatMap(({ plan }) => texts(plan(scene({ endpoint: endpoint({ profile }) }))))
    );
    assert(all.length > 30);
    for (const text of new Set(all)) {
      const { code, stderr } = await new Deno.Command(program, {
        args: [...args, "-n", "-c", text],
      })
        .output();
      assertEquals([code, new TextDecoder().decode(stderr)], [0, ""], text);
    }
  });
}

for (const iptables of [false, true]) {
  const which = iptables ? "iptables" : "nft";
  Deno.test(`every undo makes whole what its fault broke, twice (${which})`, () =>
    onEach(async (name, script, undo, host) => {
      const before = await host.state();
      const broken = await host.run(script);
      assertEquals([broken.code, broken.stderr], [0, ""], name);
      const now = await host.state();
      const after = AFTER[name];
      if (after === undefined) assertNotEquals(now, before, name);
      else assertEquals(now, { ...before, ...after }, name);
      for (const round of [1, 2]) {
        const { code, stderr } = await host.run(undo);
        assertEquals([code, stderr], [0, ""], `${name}, round ${round}`);
        assertEquals(await host.state(), before, `${name}, round ${round}`);
      }
    }, { iptables }));
}

Deno.test("every undo is harmless where nothing was broken, and when it comes first", () =>
  onEach(async (name, _script, undo, host) => {
    const before = await host.state();
    for (const _ of [1, 2]) {
      const { code, stderr, calls } = await host.run(undo);
      assertEquals([code, stderr], [0, ""], name);
      assertEquals(await host.state(), before, name);
      const harsh = /systemctl .*(restart|reload|reboot|kill -s (?!CONT))|addr del|link .* down/;
      assertEquals(calls.filter((call) => harsh.test(call)), [], name);
    }
  }));

Deno.test("an undo calls off what has not happened yet before it looks at anything", () =>
  onEach(async (name, script, undo, host) => {
    const { calls } = await host.run(script);
    if (!calls.some((call) => call.startsWith("systemd-run"))) return;
    const [first] = (await host.run(undo)).calls;
    assertEquals(first, "systemctl stop holdfast-drill-fault.service", name);
  }));

Deno.test("an undo fails while a daemon does not run, and says which", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    await Deno.writeTextFile(`${dir}/job`, "");
    const { script, undo } = hostBreaks(drill("haproxy-killed").plan(scene()))[0]!;
    await host.run(script);
    const { code, stderr } = await host.run(undo);
    assertEquals(code, 1);
    assertMatch(stderr, /^haproxy\.service does not run again/);
  }));

Deno.test("an undo at boot does not wait for a start that waits for it", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    await Deno.writeTextFile(`${dir}/job`, "4711\n");
    const { script, undo } = hostBreaks(drill("keepalived-killed").plan(scene()))[0]!;
    await host.run(script);
    const { code, calls } = await host.run(undo, "dash", { SYSTEM: "starting" });
    assertEquals(code, 0);
    assert(calls.includes("systemctl start --no-block keepalived.service"));
    assertEquals(calls.filter((call) => call.startsWith("sleep")), []);
  }));

Deno.test("a daemon is reloaded four times, each time in order", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    for (const daemon of ["haproxy", "keepalived"]) {
      const { script } = hostBreaks(drill(`${daemon}-reload`).plan(scene()))[0]!;
      const { calls } = await host.run(script);
      const reloads = calls.filter((call) => call === `systemctl reload ${daemon}.service`);
      assertEquals(reloads.length, 4, daemon);
    }
  }));

Deno.test("a daemon that cannot reload ends the drill before it is measured", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    await host.run("systemctl stop haproxy.service");
    const { code, calls } = await host.run(
      hostBreaks(drill("haproxy-reload").plan(scene()))[0]!.script,
    );
    assertEquals([code, calls.length], [1, 1]);
  }));

Deno.test("apply-change: what was changed meanwhile comes back byte for byte and is read", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    const { script, undo } = hostBreaks(drill("apply-change").plan(scene()))[0]!;
    const before = await host.state();
    await host.run(script);
    await host.run("echo changed >/etc/haproxy/haproxy.cfg");
    const first = await host.run(undo);
    assertEquals(first.code, 0);
    assert(first.calls.includes("systemctl reload haproxy.service"));
    assertEquals(await host.state(), before);
    assertEquals(await Array.fromAsync(Deno.readDir(`${dir}/var`)), []);
  }));

Deno.test("apply-change: a step that goes on without its controller is undone, too", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    const { script, undo } = hostBreaks(drill("apply-change").plan(scene()))[0]!;
    const before = await host.state();
    await host.run(script);
    await host.meanwhile(`echo changed >${dir}/etc/haproxy.cfg`);
    const { code, calls } = await host.run(undo);
    assertEquals(code, 0);
    assertEquals(calls.filter((call) => / reload |^sleep/.test(call)), [
      "sleep 3",
      "systemctl reload haproxy.service",
    ]);
    assertEquals(await host.state(), before);
    assertEquals(await Array.fromAsync(Deno.readDir(`${dir}/var`)), []);
  }));

Deno.test("apply-restart: the drop-in that was changed comes back, and its daemon starts anew", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    const { script, undo } = hostBreaks(drill("apply-restart").plan(scene()))[0]!;
    const before = await host.state();
    await host.run(script);
    await host.run("echo changed >/etc/systemd/system/keepalived.service.d/holdfast.conf");
    const { code, calls } = await host.run(undo);
    assertEquals(code, 0);
    assertEquals(calls.filter((call) => /daemon-reload|restart/.test(call)), [
      "systemctl daemon-reload",
      "systemctl restart keepalived.service",
    ]);
    assertEquals(await host.state(), before);
    assertEquals(await Array.fromAsync(Deno.readDir(`${dir}/var`)), []);
  }));

Deno.test("apply-restart: a step that goes on without its controller is undone, too", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    const { script, undo } = hostBreaks(drill("apply-restart").plan(scene()))[0]!;
    const before = await host.state();
    await host.run(script);
    await host.meanwhile(`echo changed >${dir}/etc/haproxy.conf`);
    const { code, calls } = await host.run(undo);
    assertEquals(code, 0);
    assertEquals(calls.filter((call) => / restart |^sleep/.test(call)), [
      "sleep 3",
      "systemctl restart haproxy.service",
    ]);
    assertEquals(await host.state(), before);
    assertEquals(await Array.fromAsync(Deno.readDir(`${dir}/var`)), []);
  }));

Deno.test("apply-restart: at boot the files come back, and nothing is started before its time", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    const { script, undo } = hostBreaks(drill("apply-restart").plan(scene()))[0]!;
    const before = await host.state();
    await host.run(script);
    await host.run("systemctl stop haproxy.service; systemctl stop keepalived.service");
    for (const unit of ["haproxy", "keepalived"]) {
      await host.run(`echo changed >/etc/systemd/system/${unit}.service.d/holdfast.conf`);
    }
    await Deno.writeTextFile(`${dir}/job`, "4711\n");
    const { code, calls } = await host.run(undo, "dash", { SYSTEM: "starting" });
    assertEquals([code, calls.some((call) => call.includes("restart"))], [0, false]);
    const stopped = { haproxy: "inactive", keepalived: "inactive" };
    assertEquals(await host.state(), { ...before, ...stopped });
  }));

Deno.test("address-removed: the undo starts keepalived anew only where the address stays away", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    const { script, undo } = hostBreaks(drill("address-removed").plan(scene()))[0]!;
    assertEquals((await host.run(script)).calls.at(-1), "ip addr del 10.88.0.10/32 dev eth0");
    const { code, stderr } = await host.run(script);
    assertEquals([code, stderr], [1, "10.88.0.10 is not on eth0\n"]);
    const restarts = async () =>
      (await host.run(undo)).calls.filter((call) => call.includes("restart"));
    assertEquals(await restarts(), ["systemctl restart --no-block keepalived.service"]);
    assertEquals(await restarts(), []);
  }));

Deno.test("reboot: the host is told to reboot after the answer has left", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    const [one] = hostBreaks(drill("reboot").plan(scene()));
    assertEquals(one?.reboots, true);
    const { calls } = await host.run(`${one?.script}`);
    assertEquals(calls.slice(-2), ["sleep 0.3", "systemctl reboot -i"]);
  }));

Deno.test("filters name the servers and ports of the endpoint in their own family", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    const backends = [{ name: "m1", address: "10.88.0.21" }, { name: "m2", address: "fd00::22" }];
    const on = scene({ endpoint: endpoint({ backends, backendPort: 7443 }) });
    await host.run(hostBreaks(drill("api-servers-all-dead").plan(on))[0]!.script);
    const { table = "" } = await host.state();
    assertEquals(table.split("\n").filter((line) => line.includes("reject")), [
      "add rule inet holdfast_drill out ip daddr 10.88.0.21 tcp dport 7443 reject with tcp reset",
      "add rule inet holdfast_drill out ip6 daddr fd00::22 tcp dport 7443 reject with tcp reset",
    ]);
  }));

Deno.test("a host without any filter program says so", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir, { iptables: true });
    const { script } = hostBreaks(drill("vrrp-blocked").plan(scene()))[0]!;
    const { code, stderr } = await host.run(`command() { return 1; }\n${script}`);
    assertEquals([code, stderr], [1, "this host has no nft that works and no iptables\n"]);
  }));

Deno.test("a hostile interface is one word, and nothing of it is executed", () =>
  withTempDir(async (dir) => {
    const host = await ModelHost.create(dir);
    const check = async (iface: string) => {
      const on = scene({ interfaces: new Map([["lb1", iface]]) });
      for (const [name, call] of [["link-down", "link set"], ["address-removed", "addr show"]]) {
        const [one] = hostBreaks(drill(`${name}`).plan(on));
        const { log } = await host.run(`${one?.script}`);
        assert(log.includes(`${call} dev ${iface}`), name);
        await host.run(`${one?.undo}`);
      }
      assertEquals(await host.left(), []);
    };
    // A name of an interface is short and has no slash, whatever else it has.
    const names = hostile.filter((name) => name.length <= 60 && !name.includes("/"));
    await fc.assert(fc.asyncProperty(names, check), { numRuns: 12, endOnFailure: true });
  }));

Deno.test("VRRP of both families is dropped where an endpoint has both, and of its own one else", () => {
  const words = (moreAddresses: readonly string[]) => {
    const [one] = hostBreaks(
      drill("vrrp-blocked").plan(scene({ endpoint: endpoint({ moreAddresses }) })),
    );
    return [...new Set(one?.script.match(/\bip6?tables -w -A/g))];
  };
  assertEquals(words([]), ["iptables -w -A"]);
  assertEquals(words(["10.88.0.9"]), ["iptables -w -A"]);
  assertEquals(words(["fd00:88::10"]), ["iptables -w -A", "ip6tables -w -A"]);
});
