import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const PASS = "hf-4711";

Deno.test({
  name: "profile guide deploys the seed document's files, and they work",
  ignore,
  fn: (t) =>
    withLab("guide", async (lab) => {
      const inventory = await hf.editInventory(
        lab,
        "guide",
        hf.withEndpoint(
          "profile: guide",
          "vrrp: { router_id: 51, auth_pass: { env: VRRP_PASS } }",
        ),
      );
      const env = { VRRP_PASS: PASS };

      await t.step("without the password nothing is contacted", async () => {
        const run = await hf.holdfast("apply", inventory);
        hf.assertExit(run, 1);
        assertMatch(run.stderr, /guide\.yaml:\d+:\d+: Cannot .*VRRP_PASS/);
        assertEquals(run.events.filter(({ type }) => type === "run-start"), []);
      });

      await t.step("check shows the files and never the password", async () => {
        const run = await hf.holdfast("check", inventory, { env, human: true });
        hf.assertExit(run, 2);
        assertStringIncludes(run.stdout, "+    option httpchk GET /healthz");
        assertEquals(`${run.stdout}${run.stderr}`.includes(PASS), false);
      });

      await t.step(
        "apply exits with 0, and one host holds the address, which answers",
        async () => {
          const run = await hf.holdfast("apply", inventory, { env });
          hf.assertExit(run, 0);
          assertMatch(hf.checksOf(run).join(), /^ok held by lb[12], backends 3\/3/);
          assertEquals(`${run.stdout}${run.stderr}`.includes(PASS), false);
          assertEquals((await hf.holders(lab)).length, 1);
          assertEquals(await hf.throughVip(lab), 200);
        },
      );

      await t.step("the seed document's files are in place", async () => {
        for (const { name } of lab.hosts) {
          const keepalived = await hf.root(lab, name, "cat /etc/keepalived/keepalived.conf");
          assertMatch(keepalived, /virtual_router_id 51\n/);
          assertMatch(keepalived, new RegExp(`auth_pass ${PASS}\\n`));
          assertStringIncludes(keepalived, 'script "/etc/keepalived/check_apiserver.sh"');
          const haproxy = await hf.root(lab, name, "cat /etc/haproxy/haproxy.cfg");
          assertStringIncludes(haproxy, "option httpchk GET /healthz");
          const modes =
            "stat -c '%n %a' /etc/keepalived/keepalived.conf /etc/keepalived/check_apiserver.sh";
          assertMatch(await hf.root(lab, name, modes), /conf 600\n.*sh 755\n/);
          assertEquals(await hf.litter(lab, name), "");
        }
      });

      await t.step("a second apply changes nothing, and verify agrees", async () => {
        const again = await hf.holdfast("apply", inventory, { env });
        hf.assertExit(again, 0);
        assertEquals(hf.tasksOf(again, "changed"), []);
        // Only looks, and so needs no password.
        hf.assertExit(await hf.holdfast("verify", inventory), 0);
      });
    }),
});
