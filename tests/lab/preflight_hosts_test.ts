import { assertEquals, assertMatch } from "@std/assert";
import { setReady, startApiServer, stopApiServer } from "../../src/lab/mod.ts";
import { run as runHere } from "../../src/lab/run.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { checked, during } from "./trouble.ts";

const ignore = await labAvailable() !== undefined;

const HIDE_SOURCES =
  "mv /etc/apt/sources.list /root/ ; mv /etc/apt/sources.list.d /root/; mkdir -p /root/lists; mv /var/lib/apt/lists/*Packages* /root/lists/ 2>/dev/null; :";
const SHOW_SOURCES =
  "mv /root/sources.list /etc/apt/ ; mv /root/sources.list.d /etc/apt/; mv /root/lists/* /var/lib/apt/lists/ 2>/dev/null; :";
const FORGET_LISTS = "rm -f /etc/apt/sources.list /var/lib/apt/lists/*Packages*";

/** A source on the host itself that has another version of HAProxy and nothing else. */
const OTHER_SOURCE =
  `mkdir -p /srv/other && echo 'deb [trusted=yes] file:/srv/other ./' >/etc/apt/sources.list &&
printf '%s\\n' 'Package: haproxy' 'Version: 2.4.22-1' 'Architecture: all' 'Maintainer: nobody' \\
  'Filename: ./haproxy.deb' 'Size: 1' "SHA256: $(printf '%064d' 0)" 'Description: made up' >/srv/other/Packages`;

/** Programs that answer as those of a system which SELinux guards, and remember what they are told. */
const SELINUX = `mkdir -p /run/selinux && cd /usr/local/sbin && echo Enforcing >/run/selinux/mode
cat >getenforce <<'END'
#!/bin/sh
cat /run/selinux/mode
END
cat >getsebool <<'END'
#!/bin/sh
if grep -qx "$1" /run/selinux/on 2>/dev/null; then echo "$1 --> on"; else echo "$1 --> off"; fi
END
cat >setsebool <<'END'
#!/bin/sh
[ "$1 $3" = '-P on' ] && echo "$2" >>/run/selinux/on
END
cat >semanage <<'END'
#!/bin/sh
case "$*" in
'port -l') cat <<PORTS
SELinux Port Type              Proto    Port Number

http_cache_port_t              tcp      8080, 8118, 8123, 10001-10010
http_port_t                    tcp      $(sed 's/$/, /' /run/selinux/ports 2>/dev/null | tr -d '\\n')80, 81, 443, 488, 8008, 8009, 8443, 9000
pegasus_http_port_t            tcp      5988
PORTS
;;
'port -a -t http_port_t -p tcp '*) echo "$7" >>/run/selinux/ports ;;
*) exit 1 ;;
esac
END
chmod 755 getenforce getsebool setsebool semanage`;

/** Whether root of a unit with such a limit can have more: asked of the kernel, as HAProxy does. */
const MAY_RAISE =
  "systemd-run -q --wait -p LimitNOFILE=1000 sh -c 'ulimit -H -n 2000' 2>/dev/null && echo may || echo may not";

/** The kernel's list of profiles as it is where some of them are enforced. */
const APPARMOR =
  `mount -t tmpfs profiles /sys/kernel/security && mkdir /sys/kernel/security/apparmor &&
printf '%s\\n' '/usr/sbin/haproxy (enforce)' '/usr/sbin/keepalived (complain)' '/usr/bin/man (enforce)' \\
  'lsb_release (enforce)' >/sys/kernel/security/apparmor/profiles`;

Deno.test({
  name: "preflight: API servers, clocks, open files and packages",
  ignore,
  fn: (t) =>
    withLab("prehost", async (lab) => {
      const { inventoryFile, vip } = lab;

      await t.step("API servers: none up yet is no fault", async () => {
        const servers = lab.apiServers.map(({ name }) => name);
        await during(
          () => Promise.all(servers.map((name) => stopApiServer(lab, name))),
          () => Promise.all(servers.map((name) => startApiServer(lab, name))),
          async () => {
            const { code, errors, said, found } = await checked(inventoryFile);
            assertEquals([code, errors, said], [2, [], []]);
            assertMatch(found, /^ok .*backends 0\/3$/);
          },
        );
      });

      await t.step("API servers that refuse anonymous requests", async () => {
        const servers = lab.apiServers.map(({ name }) => name);
        const all = (status: 200 | 401) => () =>
          Promise.all(servers.map((name) => setReady(lab, name, status)));
        await during(all(401), all(200), async () => {
          const { code, errors } = await checked(inventoryFile);
          assertEquals(code, 3);
          assertMatch(
            errors[0] ?? "",
            /^Cannot begin on "lb1": m1, m2, m3 answers 401 to \/readyz without credentials.*anonymous-auth/,
          );
        });
        await during(
          () => setReady(lab, "m2", 401),
          () => setReady(lab, "m2", 200),
          async () => {
            const { code, said } = await checked(inventoryFile);
            assertEquals(code, 2);
            assertMatch(said.join("\n"), /^warning "lb1", "lb2": m2 answers 401/);
          },
        );
      });

      await t.step("API servers whose certificates are for others, or by others", async () => {
        const unnamed = await hf.editInventory(
          lab,
          "unnamed",
          (text) => text.replace(`address: ${vip}`, `address: ${vip.replace(/10$/, "77")}`),
        );
        const other = await checked(unnamed);
        assertEquals(other.code, 2);
        assertMatch(
          other.said.join("\n"),
          /^warning "lb1", "lb2": the certificate of m1, m2, m3 does not hold 10\.88\.\d+\.77/,
        );
        const pki = `${lab.stateDir}/other.crt`;
        await runHere([
          ...[
            "openssl",
            "req",
            "-x509",
            "-new",
            "-nodes",
            "-newkey",
            "rsa:2048",
            "-subj",
            "/CN=other",
          ],
          ...["-keyout", "/dev/null", "-out", pki],
        ], { to: "make another CA" });
        const strange = await hf.editInventory(
          lab,
          "strange",
          (text) => text.replace(lab.caFile, pki),
        );
        const { code, errors } = await checked(strange);
        assertEquals(code, 3);
        assertMatch(
          errors.join("\n"),
          /Cannot begin on "lb2": the certificate of m1, m2, m3 is not one that "ca_file" vouches for/,
        );
      });

      await t.step("a clock that is wrong, told by its own date", async () => {
        const fake = (by: string) =>
          `printf '#!/bin/sh\\nexec /bin/date -d "${by}" "$@"\\n' > /usr/local/sbin/date &&
chmod 755 /usr/local/sbin/date`;
        await during(
          () => hf.root(lab, "lb1", fake("+30 seconds")),
          () => hf.root(lab, "lb1", "rm /usr/local/sbin/date"),
          async () => {
            const near = await checked(inventoryFile);
            assertEquals(near.code, 2);
            assertMatch(
              near.said.join("\n"),
              /^warning "lb1": its clock is (29|30)\.\d s ahead of this machine's$/,
            );
            await hf.root(lab, "lb1", fake("-1 hour"));
            const far = await checked(inventoryFile);
            assertEquals(far.code, 3);
            assertMatch(
              far.errors.join("\n"),
              /^Cannot begin on "lb1": its clock is 60 min behind this machine's/,
            );
          },
        );
      });

      await t.step("no source of packages", async () => {
        await during(
          () => hf.root(lab, "lb2", HIDE_SOURCES),
          () => hf.root(lab, "lb2", SHOW_SOURCES),
          async () => {
            const { code, errors } = await checked(inventoryFile);
            assertEquals(code, 3);
            assertMatch(
              errors.join("\n"),
              /Cannot begin on "lb2": haproxy and keepalived cannot be installed: apt has no source/,
            );
          },
        );
      });

      await t.step("a version that one host is not offered: no host is changed", async () => {
        const pinned = await hf.editInventory(
          lab,
          "pinned",
          hf.withEndpoint('packages: { haproxy: "2.6.*" }'),
        );
        const refused = 'Cannot begin on "lb2": haproxy 2.6.* cannot be installed: it is offered ' +
          "2.4.22-1; ask for one of them, or give it a source that has another and type: " +
          "apt-get update; to go on all the same: --skip-preflight packages";
        const nothing = async () => {
          const run = await hf.holdfast("apply", pinned);
          hf.assertExit(run, 3);
          assertEquals(hf.errorsOf(run).map(({ text }) => text), [refused]);
          assertEquals(hf.tasksOf(run, "changed"), []);
          assertEquals(await hf.root(lab, "lb1", "dpkg-query -W haproxy 2>/dev/null || :"), "");
          assertEquals(await hf.litter(lab, "lb1"), "");
          return run;
        };
        assertEquals((await checked(pinned)).errors, [], "both are offered it");
        await during(
          () => hf.root(lab, "lb2", `${HIDE_SOURCES}; ${OTHER_SOURCE}`),
          () => hf.root(lab, "lb2", `rm -r /srv/other; ${FORGET_LISTS}; ${SHOW_SOURCES}`),
          async () => {
            // Its lists are read elsewhere, and they stay as they are.
            const run = await nothing();
            for (const { roundTrips } of Object.values(hf.recapOf(run))) {
              assertEquals(roundTrips, 2);
            }
            assertEquals(
              await hf.root(lab, "lb2", "ls /var/lib/apt/lists | grep Packages || :"),
              "",
            );
            await hf.root(lab, "lb2", "apt-get -qq update");
            await nothing();
            const check = await checked(pinned);
            assertEquals(check.code, 3);
            assertEquals(check.errors, [refused.replace(/; to go on all.*/, "")]);
          },
        );
      });

      await t.step(
        "SELinux in the way, told by its own programs; what is named is enough",
        async () => {
          await during(
            () => hf.root(lab, "lb1", SELINUX),
            () =>
              hf.root(
                lab,
                "lb1",
                "cd /usr/local/sbin && rm -rf getenforce getsebool setsebool semanage /run/selinux",
              ),
            async () => {
              const { run, code, errors, said } = await checked(inventoryFile);
              assertEquals([code, errors, said], [2, [], [
                'warning "lb1": SELinux enforces, and does not let the check scripts of Keepalived ask HAProxy',
                'warning "lb1": SELinux enforces, and lets HAProxy use none of the ports 6443, 8404',
              ]]);
              const hints = run.events.flatMap((it) =>
                it.type === "diagnostic" ? it.diagnostic.hint ?? [] : []
              );
              assertEquals(hints.toSorted(), [
                "semanage port -a -t http_port_t -p tcp 6443 && semanage port -a -t http_port_t -p tcp 8404",
                "setsebool -P keepalived_connect_any on",
              ]);
              for (const hint of hints) await hf.root(lab, "lb1", hint);
              assertEquals((await checked(inventoryFile)).said, []);
              // What it only writes down keeps nobody from anything.
              await hf.root(lab, "lb1", "rm /run/selinux/*; echo Permissive >/run/selinux/mode");
              assertEquals((await checked(inventoryFile)).said, []);
            },
          );
        },
      );

      await t.step("AppArmor in the way, told by its list of profiles", async () => {
        await during(
          () => hf.root(lab, "lb1", APPARMOR),
          () => hf.root(lab, "lb1", "umount /sys/kernel/security"),
          async () => {
            const { code, errors, said } = await checked(inventoryFile);
            assertEquals([code, errors, said], [2, [], [
              'warning "lb1": the AppArmor profile /usr/sbin/haproxy is enforced, and may not know the ' +
              "files of the endpoint",
            ]]);
          },
        );
      });

      await t.step(
        "a limit of open files that is too low, judged as HAProxy takes it",
        async () => {
          const dir = "/etc/systemd/system/haproxy.service.d";
          await during(
            () =>
              hf.root(
                lab,
                "lb1",
                `mkdir -p ${dir} && printf '[Service]\\nLimitNOFILE=1000\\n' > ${dir}/zz.conf`,
              ),
            () => hf.root(lab, "lb1", `rm ${dir}/zz.conf; rmdir ${dir} 2>/dev/null || :`),
            async () => {
              const may = await hf.root(lab, "lb1", MAY_RAISE) === "may\n";
              const { code, errors, said } = await checked(inventoryFile);
              const limit =
                `${dir}/zz.conf limits haproxy.service to 1000 open files, and HAProxy ` +
                "needs 8300 (2 x 4100 connections + 100)";
              const flags = ["--skip-preflight", "descriptors"];
              const run = await hf.holdfast("apply", inventoryFile, { flags });
              if (may) {
                const warning = `warning "lb1": ${limit}; as root it raises the limit itself`;
                assertEquals([code, errors, said], [2, [], [warning]]);
                hf.assertExit(run, 0);
              } else {
                const hint = `take LimitNOFILE out of ${dir}/zz.conf`;
                assertEquals([code, errors, said], [
                  3,
                  [`Cannot begin on "lb1": ${limit}; ${hint}`],
                  [],
                ]);
                // HAProxy does not start, and the host goes back.
                hf.assertExit(run, 6);
                assertMatch(hf.errorsOf(run)[0]?.text ?? "", /Cannot raise FD limit to \d+/);
              }
            },
          );
        },
      );

      await t.step("more connections than a unit of the host can have files for", async () => {
        const has = Number(
          await hf.root(
            lab,
            "lb1",
            "systemd-run -q --wait --pipe -p LimitNOFILE=1000000 /bin/sh -c 'ulimit -Hn' </dev/null",
          ),
        );
        const clients = Math.ceil(has / 2);
        const many = await hf.editInventory(
          lab,
          "many",
          hf.withEndpoint(`haproxy: { max_connections: ${clients} }`),
        );
        const { code, errors } = await checked(many);
        // Where systemd may raise its own limit it gave what was asked for.
        if (has >= 1_000_000) return void assertEquals([code, errors], [2, []]);
        const fits = Math.floor((has - 1000) / 2 - 100);
        assertEquals([code, errors], [
          3,
          ["lb1", "lb2"].map((host) =>
            `Cannot begin on "${host}": a unit can have ${has} open files there, and HAProxy needs ` +
            `${2 * (clients + 100) + 1000} for ${clients + 100} connections; ` +
            `haproxy: { max_connections: ${fits} }`
          ),
        ]);
        const fitting = await hf.editInventory(
          lab,
          "fitting",
          hf.withEndpoint(`haproxy: { max_connections: ${fits} }`),
        );
        assertEquals((await checked(fitting)).errors, []);
      });
    }),
});
