import { assertEquals, assertMatch } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { run as runHere } from "../../src/lab/run.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { checked, during } from "./trouble.ts";

const ignore = await labAvailable() !== undefined;

/** The namespace of an API server: somebody on the segment who is no member. */
function stranger(lab: Lab): string {
  const [one] = lab.apiServers;
  if (one === undefined) throw new RangeError("Cannot find a stranger");
  return one.namespace;
}

const onSegment = (lab: Lab, ...argv: string[]) =>
  runHere(["ip", "-n", stranger(lab), ...argv], { to: "make a stranger" });

const REFUSED = `table inet own {
  chain incoming {
    type filter hook input priority 0; policy accept;
    meta l4proto 112 drop
    tcp dport 8443 drop
  }
}`;

/** A stranger that speaks VRRP as this router, until it is ended. */
function speaker(lab: Lab, id: number): Deno.ChildProcess {
  const own = lab.apiServers[0]?.address ?? "";
  const script = `use Socket; socket my $s, AF_INET, SOCK_RAW, 112;
setsockopt $s, 0, 32, pack("a4a4l", "\\0" x 4, inet_aton("${own}"), 0);
while (1) { send $s, pack("C8 a4", 0x21, ${id}, 100, 1, 0, 1, 0, 0, inet_aton("10.0.0.55")), 0,
pack_sockaddr_in(0, inet_aton("224.0.0.18")); select undef, undef, undef, 1 }`;
  return new Deno.Command("ip", { args: ["netns", "exec", stranger(lab), "perl", "-e", script] })
    .spawn();
}

const LISTENER =
  `systemd-run -q --unit=taker perl -e 'use Socket; socket my $s, AF_INET, SOCK_STREAM, 0;
bind $s, pack_sockaddr_in(8443, INADDR_ANY) or die; listen $s, 5; sleep 600' && sleep 1`;

Deno.test({
  name: "preflight on bare hosts",
  ignore,
  fn: (t) =>
    withLab("pre", async (lab) => {
      const { inventoryFile, vip } = lab;

      await t.step("says what was found where all is well, in two round trips", async () => {
        const { run, code, errors, found, said } = await checked(inventoryFile);
        assertEquals([code, errors, said], [2, [], []]);
        assertEquals(
          found,
          `ok ${vip} is free, nobody else is router 10 within 4 s, ` +
            "protocol 112 passes between lb1, lb2, backends 3/3",
        );
        for (const { roundTrips } of Object.values(hf.recapOf(run))) assertEquals(roundTrips, 2);
      });

      await t.step(
        "a stranger has the address: named from both, and nothing is begun",
        async () => {
          await during(
            () => onSegment(lab, "addr", "add", `${vip}/32`, "dev", "eth0"),
            () => onSegment(lab, "addr", "del", `${vip}/32`, "dev", "eth0"),
            async () => {
              const run = await hf.holdfast("apply", inventoryFile);
              hf.assertExit(run, 3);
              assertEquals(
                hf.errorsOf(run).map(({ host, text }) => [host, text]),
                ["lb1", "lb2"].map((host) => [
                  host,
                  `Cannot begin on "${host}": ${vip} is used by another machine, MAC address ` +
                  `${
                    lab.apiServers[0]?.mac
                  }; take the address from that machine, or set another "address"; ` +
                  "to go on all the same: --skip-preflight address-free",
                ]),
              );
              assertEquals(hf.tasksOf(run, "changed"), []);
              for (const host of ["lb1", "lb2"]) {
                assertEquals(
                  await hf.root(lab, host, "dpkg-query -W haproxy 2>/dev/null || :"),
                  "",
                );
                assertEquals(await hf.litter(lab, host), "");
              }
            },
          );
        },
      );

      await t.step("a load balancer has the address of its own", async () => {
        await during(
          () => hf.root(lab, "lb2", `ip addr add ${vip}/24 dev eth0`),
          () => hf.root(lab, "lb2", `ip addr del ${vip}/24 dev eth0`),
          async () => {
            const { code, errors } = await checked(inventoryFile);
            assertEquals([code, errors], [3, [
              `Cannot begin on "lb2": lb2 has ${vip} of its own: no Keepalived is installed there ` +
              `that would ever give it to another member; ip addr del ${vip}/24 dev eth0, and take ` +
              'it out of what configures the network of lb2; or set another "address"',
            ]]);
          },
        );
      });

      await t.step("a stranger speaks VRRP under the same router id", async () => {
        const child = speaker(lab, 10);
        try {
          const unicast = await checked(inventoryFile);
          const says = `${
            lab.apiServers[0]?.address
          }, which is no member, speaks VRRP as router 10 for 10.0.0.55`;
          assertEquals([unicast.code, unicast.said], [2, [`warning "lb1", "lb2": ${says}`]]);
          const inventory = await hf.editInventory(
            lab,
            "multicast",
            hf.withEndpoint("vrrp: { mode: multicast }"),
          );
          const multicast = await checked(inventory);
          assertEquals(multicast.code, 3);
          assertEquals(
            multicast.errors,
            ["lb1", "lb2"].map((host) =>
              `Cannot begin on "${host}": ${says}; set another one: vrrp: { router_id: 11 }`
            ),
          );
        } finally {
          child.kill();
          await child.status;
        }
      });

      await t.step(
        "a firewall drops protocol 112 and the port; the rules it names are enough",
        async () => {
          const closed = await hf.editInventory(lab, "closed", hf.withEndpoint("firewall: none"));
          await during(
            () => hf.root(lab, "lb2", `nft '${REFUSED}'`),
            () => hf.root(lab, "lb2", "nft delete table inet own"),
            async () => {
              const { code, errors } = await checked(closed);
              assertEquals(code, 3);
              assertMatch(
                errors[0] ?? "",
                /^Cannot begin on "lb2": its firewall drops protocol 112 \(VRRP\) from lb1; nft insert rule inet own incoming ip saddr/,
              );
              assertMatch(
                errors[1] ?? "",
                /^Cannot begin on "lb2": nothing gets through to its TCP port 8443 from lb1/,
              );
              assertEquals(errors.length, 2);
              for (const error of errors) {
                await hf.root(
                  lab,
                  "lb2",
                  /(nft insert rule .*) \(and keep it/.exec(error)?.[1] ?? "exit 1",
                );
              }
              assertEquals((await checked(closed)).errors, []);
            },
          );
        },
      );

      await t.step(
        "an interface that is not there, and a subnet that does not hold the address",
        async () => {
          const eth9 = await hf.editInventory(lab, "eth9", hf.withEndpoint("interface: eth9"));
          const missing = await checked(eth9);
          assertEquals(missing.code, 3);
          assertMatch(
            missing.errors.join("\n"),
            /Cannot begin on "lb1": it has not eth9: found eth0/,
          );
          const away = await hf.editInventory(lab, "away", (text) =>
            hf.withEndpoint("interface: eth0")(
              text.replace(`address: ${vip}`, "address: 10.99.99.10"),
            ));
          const outside = await checked(away);
          assertEquals(outside.code, 3);
          assertMatch(
            outside.errors.join("\n"),
            /Cannot begin on "lb2": no subnet of eth0 holds 10.99.99.10/,
          );
        },
      );

      await t.step("another program has the port", async () => {
        await during(
          () =>
            hf.root(lab, "lb1", LISTENER),
          () =>
            hf.root(lab, "lb1", "systemctl stop taker"),
          async () => {
            const { code, errors } = await checked(inventoryFile);
            assertEquals([code, errors.length], [3, 1]);
            assertMatch(
              errors[0] ?? "",
              /^Cannot begin on "lb1": port 8443 of the endpoint is taken: perl \(process \d+\) listens on 0.0.0.0:8443; stop it/,
            );
          },
        );
      });

      await t.step("--skip-preflight goes on, and what was found is a warning", async () => {
        await during(
          () =>
            hf.root(
              lab,
              "lb1",
              `printf '#!/bin/sh\\nexec /bin/date -d "-1 hour" "$@"\\n' > /usr/local/sbin/date && chmod 755 /usr/local/sbin/date`,
            ),
          () =>
            hf.root(lab, "lb1", "rm /usr/local/sbin/date"),
          async () => {
            const run = await hf.holdfast("apply", inventoryFile, {
              flags: ["--skip-preflight", "clock"],
            });
            hf.assertExit(run, 0);
            assertMatch(hf.saidOf(run, "preflight-clock").join(), /its clock is 60 min behind/);
            assertMatch(hf.preflightOf(run).join(), /^ok .*backends 3\/3$/);
          },
        );
      });

      await t.step("a converged apply asks nothing, and costs one round trip", async () => {
        const run = await hf.holdfast("apply", inventoryFile);
        hf.assertExit(run, 0);
        assertEquals(hf.preflightOf(run), []);
        for (const { roundTrips } of Object.values(hf.recapOf(run))) assertEquals(roundTrips, 1);
        const check = await hf.holdfast("check", inventoryFile);
        hf.assertExit(check, 0);
        assertEquals(hf.preflightOf(check), ["ok backends 3/3"]);
        for (const { roundTrips } of Object.values(hf.recapOf(check))) assertEquals(roundTrips, 1);
      });

      await t.step(
        "another router id asks the segment again: the members are no strangers",
        async () => {
          const inventory = await hf.editInventory(
            lab,
            "router",
            hf.withEndpoint("vrrp: { router_id: 44 }"),
          );
          const { code, errors, said, found } = await checked(inventory);
          assertEquals([code, errors, said], [2, [], []]);
          assertMatch(
            found,
            /^ok 10\.88\.\d+\.10 is held by lb1, nobody else is router 44 within 4 s, protocol 112 passes/,
          );
          // A stranger that has the address as well as a member is found too.
          await during(
            () => onSegment(lab, "addr", "add", `${vip}/32`, "dev", "eth0"),
            () => onSegment(lab, "addr", "del", `${vip}/32`, "dev", "eth0"),
            async () => {
              const twice = await checked(inventory);
              assertEquals(twice.code, 3);
              assertMatch(
                twice.errors.join("\n"),
                /Cannot begin on "lb2": \S+ is used by another machine, MAC address \S+, and lb1 holds it too/,
              );
            },
          );
          const run = await hf.holdfast("apply", inventory);
          hf.assertExit(run, 0);
          assertEquals((await hf.holders(lab)).length, 1);
        },
      );

      await t.step("another timeout asks the segment nothing", async () => {
        const inventory = await hf.editInventory(
          lab,
          "timeout",
          hf.withEndpoint("vrrp: { router_id: 44 }", "haproxy: { client_timeout: 9m }"),
        );
        const { run, found } = await checked(inventory);
        assertEquals(found, "ok backends 3/3");
        for (const { roundTrips } of Object.values(hf.recapOf(run))) assertEquals(roundTrips, 1);
      });
    }),
});

/** A table of nft that filters at one place of a host's, or of the bridge's, way. */
const table = (family: "inet" | "bridge", hook: string, ...rules: readonly string[]) =>
  `table ${family} cut { chain on_its_way { type filter hook ${hook} priority 0; ${
    rules.map((rule) => `${rule};`).join(" ")
  } }; }`;

Deno.test({
  name: "preflight on three bare hosts: what passes between each two of them, in each direction",
  ignore,
  fn: (t) =>
    withLab("pre3", async (lab) => {
      const [lb1 = "", lb2 = "", lb3 = ""] = lab.hosts.map(({ address }) => address);
      const closed = await hf.editInventory(lab, "closed", hf.withEndpoint("firewall: none"));
      const filter = (host: string, hook: string, ...rules: readonly string[]) =>
        hf.root(lab, host, `nft '${table("inet", hook, ...rules)}'`);
      const open = (...hosts: readonly string[]) =>
        Promise.all(hosts.map((host) => hf.root(lab, host, "nft delete table inet cut")));
      /** Errors without what to type. */
      const faults = async () =>
        (await checked(closed)).errors.map((text) => text.replace(/;.*/, "")).toSorted();
      const begin = (host: string) => `Cannot begin on "${host}": `;

      await t.step("all six ways are open", async () => {
        const { code, errors, said, found } = await checked(closed);
        assertEquals([code, errors, said], [2, [], []]);
        assertMatch(found, /protocol 112 passes between lb1, lb2, lb3, backends 3\/3$/);
      });

      await t.step("one host lets nothing out: named twice, on it alone", () =>
        during(
          () => filter("lb1", "output", "meta l4proto 112 drop"),
          () => open("lb1"),
          async () => {
            assertEquals(await faults(), [
              `${begin("lb1")}its own firewall lets no protocol 112 (VRRP) out to lb2`,
              `${begin("lb1")}its own firewall lets no protocol 112 (VRRP) out to lb3`,
            ]);
          },
        ));

      await t.step("one host drops what a single peer sends; the rule it names is enough", () =>
        during(
          () =>
            filter("lb3", "input", `ip saddr ${lb2} meta l4proto 112 drop`),
          () => open("lb3"),
          async () => {
            const { code, errors: [error = "", ...more] } = await checked(closed);
            assertEquals([code, more], [3, []]);
            const rule =
              `nft insert rule inet cut on_its_way ip saddr { ${lb2} } meta l4proto 112 accept`;
            assertEquals(
              error.replace(/ \(and keep it.*/, ""),
              `${begin("lb3")}its firewall drops protocol 112 (VRRP) from lb2; ${rule}`,
            );
            await hf.root(lab, "lb3", rule.replace(/\{.*\}/, `'$&'`));
            assertEquals(await faults(), []);
          },
        ));

      await t.step("four ways are shut, each otherwise; the two that are open are not named", () =>
        during(
          async () => {
            await filter("lb1", "output", `ip daddr ${lb2} meta l4proto 112 drop`);
            await filter("lb3", "input", `ip saddr ${lb2} meta l4proto 112 drop`);
            await filter("lb2", "input", `ip saddr ${lb3} meta l4proto 112 ct state new drop`);
            const lost = `ip saddr ${lb3} ip daddr ${lb1} ip protocol 112 drop`;
            await runHere(["nft", table("bridge", "forward", lost).replaceAll("cut", lab.tag)], {
              to: "shut one way",
            });
          },
          async () => {
            await open("lb1", "lb2", "lb3");
            await runHere(["nft", "delete", "table", "bridge", lab.tag], { to: "open it again" });
          },
          async () => {
            assertEquals(await faults(), [
              `${begin("lb1")}its own firewall lets no protocol 112 (VRRP) out to lb2`,
              `${begin("lb1")}protocol 112 (VRRP, unicast) of lb3 does not arrive at it`,
              `${
                begin("lb2")
              }its firewall lets protocol 112 (VRRP) from lb3 in as an answer only, ` +
              "which ends when the host starts anew",
              `${begin("lb3")}its firewall drops protocol 112 (VRRP) from lb2`,
            ]);
          },
        ));

      await t.step("one host alone does not reach one API server", () =>
        during(
          () => {
            const { address, port } = lab.apiServers[1] ?? {};
            return filter("lb1", "output", `ip daddr ${address} tcp dport ${port} drop`);
          },
          () =>
            open("lb1"),
          async () => {
            const { code, errors, said, found } = await checked(closed);
            assertEquals([code, errors, said], [2, [], [
              'warning "lb1": m2 does not answer it on port 6443, and answers other members',
            ]]);
            assertMatch(found, /backends 3\/3$/);
          },
        ));
    }, { hosts: 3 }),
});
