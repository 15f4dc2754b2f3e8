import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { full, labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const APT = "DEBIAN_FRONTEND=noninteractive apt-get -q -y";
// What fast has of its own are numbers.
const PROFILES = full ? ["guide", "standard", "fast"] as const : ["guide", "standard"] as const;

/** A host as it was before Holdfast came, but for what apt has downloaded. */
const BARE = `${APT} purge haproxy keepalived curl >/dev/null
rm -rf /etc/haproxy /etc/keepalived /etc/systemd/system/haproxy.service.d /etc/sysctl.d/60-holdfast-*
rm -rf /var/lib/systemd/deb-systemd-helper-* /etc/systemd/system/keepalived.service.d /var/lib/holdfast /var/lib/haproxy
if id keepalived_script 2>/dev/null; then userdel keepalived_script; fi
systemctl daemon-reload; systemctl reset-failed
for setting in time:7200 intvl:75 probes:9; do
  echo "\${setting#*:}" > "/proc/sys/net/ipv4/tcp_keepalive_\${setting%:*}"
done`;

interface State {
  readonly name: string;
  /** Makes it so on lb1, a deployed host. */
  readonly script: string;
  /** Whether something is left to change. */
  readonly changes: boolean;
}

const STATES: readonly State[] = [
  { name: "converged", script: ":", changes: false },
  {
    name: "drifted",
    script: `echo '# by hand' >> /etc/haproxy/haproxy.cfg
chmod 0600 /etc/haproxy/haproxy.cfg; rm -f /etc/keepalived/check_*.sh; systemctl stop keepalived`,
    changes: true,
  },
  {
    name: "half-done: one package gone, files there",
    script: `${APT} remove keepalived >/dev/null; rm -f /etc/haproxy/haproxy.cfg`,
    changes: true,
  },
  {
    name: "half-done: packages there, nothing else",
    script: `${BARE}; ${APT} install --no-install-recommends haproxy keepalived curl >/dev/null`,
    changes: true,
  },
  { name: "bare", script: BARE, changes: true },
  {
    name: "bare, without package lists",
    // Nor may reading them run the host's own hooks, which could do anything.
    script: `${BARE}; rm -rf /var/lib/apt/lists/*; rm -f /var/cache/apt/*.bin
echo 'APT::Update::Post-Invoke { "touch /run/hook-ran"; };' > /etc/apt/apt.conf.d/99hook`,
    changes: true,
  },
];

/** Runs check and then apply, and asserts that the one said what the other did. */
async function assertComesTrue(lab: Lab, inventory: string, changes: boolean): Promise<void> {
  const files = "find /etc /usr /var/lib /run /tmp -xdev -newer /run/mark -not -path '*/systemd/*'";
  await hf.root(lab, "lb1", "touch /run/mark; sleep 0.1");
  const check = await hf.holdfast("check", inventory);
  const touched = await hf.root(lab, "lb1", `${files} -type f`);
  assertEquals(
    touched.split("\n").filter((path) => !/^$|motd|lastlog|\/sudo\/|utmp/.test(path)),
    [],
  );
  hf.assertExit(check, changes ? 2 : 0);
  const apply = await hf.holdfast("apply", inventory);
  hf.assertExit(apply, 0);
  hf.assertForecast(check, apply);
  await hf.assertConverged(inventory);
}

Deno.test({
  name: "check says what apply does",
  ignore,
  fn: (t) =>
    withLab("forecast", async (lab) => {
      for (const profile of PROFILES) {
        const inventory = await hf.editInventory(
          lab,
          profile,
          (text) =>
            text.replace(/^( +)profile: .*\n/m, "").replace(
              /^( +)backend_port: .*$/m,
              (line, space: string) =>
                `${line}\n${space}profile: ${profile}${
                  profile === "guide" ? `\n${space}vrrp: { auth_pass: seedpass }` : ""
                }`,
            ),
        );
        await t.step(`${profile}: first deploy, or from another profile`, async () => {
          await assertComesTrue(lab, inventory, true);
        });
        for (const { name, script, changes } of STATES) {
          await t.step(`${profile}: ${name}`, async () => {
            await hf.root(lab, "lb1", script);
            await assertComesTrue(lab, inventory, changes);
          });
        }
      }
    }),
});

Deno.test({
  name: "what no package list tells is known after apply",
  ignore,
  fn: () =>
    withLab("unlisted", async (lab) => {
      // Lists cannot be read either: the mirror of this host answers nobody.
      const away = "sed -Ei 's#(http|https|file|copy):[^ ]+#http://127.0.0.1:9/none#' " +
        "/etc/apt/sources.list /etc/apt/sources.list.d/*";
      await hf.root(lab, "lb1", `rm -rf /var/lib/apt/lists/*; ${away} 2>/dev/null || :`);
      const check = await hf.holdfast("check", lab.inventoryFile);
      hf.assertExit(check, 2);
      const [ours] = check.events.filter((event) =>
        event.type === "task-end" && event.host === "lb1" && event.kind === "files" &&
        /haproxy and keepalived/.test(event.task)
      );
      assertEquals(ours?.type, "task-end");
      const changes = ours?.type === "task-end" ? ours.changes : [];
      assertMatch(
        changes[0]?.unknown?.join("\n") ?? "",
        /\/etc\/haproxy\/haproxy\.cfg: known after apply: no package list .* haproxy/,
      );
      assertEquals(changes[0]?.diff?.includes("global"), false);
      const { stdout } = await hf.holdfast("check", lab.inventoryFile, { human: true });
      assertStringIncludes(stdout, "known after apply");
      assertEquals(await hf.litter(lab, "lb1"), "");
    }),
});
