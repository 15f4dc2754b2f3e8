import { assertEquals, assertMatch } from "@std/assert";
import { setReady, startApiServer, stopApiServer } from "../../src/lab/mod.ts";
import { run as runHere } from "../../src/lab/run.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";
import { checked, during } from "./trouble.ts";

const ignore = await labAvailable() !== undefined;

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
        const hide =
          "mv /etc/apt/sources.list /root/ ; mv /etc/apt/sources.list.d /root/; mkdir -p /root/lists; mv /var/lib/apt/lists/*Packages* /root/lists/ 2>/dev/null; :";
        const show =
          "mv /root/sources.list /etc/apt/ ; mv /root/sources.list.d /etc/apt/; mv /root/lists/* /var/lib/apt/lists/ 2>/dev/null; :";
        await during(
          () => hf.root(lab, "lb2", hide),
          () => hf.root(lab, "lb2", show),
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
              const { code, errors, said } = await checked(inventoryFile);
              assertMatch(
                [...errors, ...said].join("\n"),
                /"lb1": \S+\/zz\.conf limits haproxy\.service to 1000 open files, and HAProxy needs 8300/,
              );
              const flags = ["--skip-preflight", "descriptors"];
              const run = await hf.holdfast("apply", inventoryFile, { flags });
              assertEquals([code, run.code === 0], [
                errors.length === 0 ? 2 : 3,
                errors.length === 0,
              ]);
            },
          );
        },
      );
    }),
});
