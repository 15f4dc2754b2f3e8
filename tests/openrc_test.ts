import { assert, assertEquals, assertMatch } from "@std/assert";
import { handlerScripts } from "../src/endpoint/needs.ts";
import { keepers, standDown } from "../src/endpoint/rolling.ts";
import { SERVICE_WORDS } from "../src/openrc.ts";
import { factsScript, parseFacts } from "../src/runner/facts.ts";
import { service } from "../tasks/service.ts";
import { anEndpoint } from "./helpers.ts";
import { Sandbox, unavailable } from "./packages/sandbox.ts";
import { plan } from "./tasks/cases.ts";

const ignore = unavailable();

/** What OpenRC makes of its state at boot, and two services that note what becomes of them. */
const BOOT = `set -e
mkdir -p /run/openrc
cd /run/openrc
mkdir exclusive starting started stopping inactive wasinactive failed hotplugged daemons options scheduled tmp
touch softlevel
for name in haproxy keepalived; do
  cat >/etc/init.d/$name <<'SCRIPT'
#!/sbin/openrc-run
command=/bin/sleep
command_args=1000
command_background=yes
pidfile=/run/$RC_SVCNAME.pid
extra_started_commands=reload
start_pre() { [ ! -e /run/broken ]; }
reload() {
  echo "reload $RC_SVCNAME" >>/run/log
  [ ! -e /run/broken ]
}
SCRIPT
  chmod +x /etc/init.d/$name
done`;

const task = (name: string, on = true) => service({ name, enabled: on, running: on });

/** Makes a service so, and gives what was done. */
async function applied(box: Sandbox, name: string, on = true): Promise<string[]> {
  const one = task(name, on);
  const changes = plan({ task: one, seen: await box.must(one.probe) });
  for (const change of changes) {
    assert(change.kind === "run");
    await box.must(change.script);
  }
  assertEquals(plan({ task: one, seen: await box.must(one.probe) }), []);
  return changes.map(({ summary }) => summary);
}

const words = (text: string) => `${SERVICE_WORDS.text}\n${text}`;
const pid = (box: Sandbox, name: string) => box.must(`cat /run/${name}.pid`);

Deno.test({
  name: "services of real OpenRC",
  ignore,
  fn: async (t) => {
    await using box = await Sandbox.open("openrc");
    await box.must(BOOT);
    const handler = (name: string) =>
      box.run(handlerScripts().find((one) => one.name === name)?.script ?? "exit 9");

    await t.step("facts name it", async () => {
      assertEquals(parseFacts(await box.must(factsScript([]))).init, "openrc");
    });

    await t.step("service() enables and starts, and wants nothing then", async () => {
      assertEquals(await applied(box, "haproxy"), ["enable and start haproxy"]);
      assertEquals(await applied(box, "keepalived"), ["enable and start keepalived"]);
      await box.must("kill -0 $(cat /run/haproxy.pid); ls /etc/runlevels/default/haproxy");
    });

    await t.step("a service whose process has died is started again", async () => {
      await box.must("kill -KILL $(cat /run/haproxy.pid); sleep 0.2");
      assertEquals(await applied(box, "haproxy"), ["start haproxy"]);
      await box.must("kill -0 $(cat /run/haproxy.pid)");
    });

    await t.step("service() names a script that is not there", async () => {
      const one = task("nosuch");
      const seen = await box.must(one.probe);
      try {
        plan({ task: one, seen });
        throw new RangeError("planned");
      } catch (error) {
        assertEquals(
          (error as Error).message,
          'Cannot manage service "nosuch": there is no script "/etc/init.d/nosuch"',
        );
      }
      assertEquals(await applied(box, "nosuch", false), []);
    });

    await t.step("the words of systemctl have its output and its codes", async () => {
      const { code, stdout } = await box.run(words(
        `systemctl is-active haproxy nosuch keepalived.service
echo "$?"; systemctl -q is-active -- haproxy.service; echo "$?"; systemctl is-enabled haproxy.service nosuch; echo "$?"`,
      ));
      assertEquals(code, 0);
      assertEquals(stdout, "active\ninactive\nactive\n3\n0\nenabled\nnot-found\n3\n");
      assertEquals(
        await box.must(words("systemctl show -p MainPID --value haproxy.service")),
        `${await pid(box, "haproxy")}`,
      );
    });

    await t.step("handlers reload, and restart with another process", async () => {
      const before = await pid(box, "keepalived");
      for (const name of ["haproxy", "keepalived"]) {
        assertEquals((await handler(`reload ${name}`)).code, 0);
      }
      assertEquals(await box.must("cat /run/log"), "reload haproxy\nreload keepalived\n");
      assertEquals(await pid(box, "keepalived"), before);
      assertEquals((await handler("restart keepalived")).code, 0);
      assert(await pid(box, "keepalived") !== before);
    });

    await t.step("handlers fail where the service does", async () => {
      await box.must("touch /run/broken");
      const { code, stdout } = await handler("reload keepalived");
      assertEquals(code, 1);
      assertMatch(stdout, /\nkeepalived ended over the new configuration\n$/);
      assert((await handler("reload haproxy")).code !== 0);
      assert((await handler("restart haproxy")).code !== 0);
      await box.must("rm /run/broken");
      assertEquals((await handler("restart haproxy")).code, 0);
    });

    await t.step("a member leaves and takes part again", async () => {
      const { leave, join } = standDown(anEndpoint("lb1"));
      await box.must(leave);
      assertEquals((await box.run("kill -0 $(cat /run/keepalived.pid)")).code !== 0, true);
      await box.must(join);
      await box.must("kill -0 $(cat /run/keepalived.pid)");
    });

    await t.step("what units were is kept and brought back", async () => {
      const [keeper] = keepers();
      assert(keeper !== undefined);
      const saved = await box.must(keeper.save);
      assertEquals(saved, "haproxy active enabled\nkeepalived active enabled\n");
      await applied(box, "keepalived", false);
      await box.must(`saved='${saved}' notified= early=\n${keeper.restore}`);
      assertEquals(await box.must(keeper.save), saved);
    });

    await t.step("service() stops and disables", async () => {
      assertEquals(await applied(box, "haproxy", false), ["disable and stop haproxy"]);
      assertEquals(await box.must("ls /etc/runlevels/*/haproxy 2>/dev/null || :"), "");
    });
  },
});
