import { assertEquals } from "@std/assert";
import { noAddress } from "../../tasks/address.ts";
import { withKubeletHost } from "../kubelet_host.ts";
import { runSh, withTempDir } from "../helpers.ts";
import { SHELLS } from "../ssh/shells.ts";
import { cases, plan } from "./cases.ts";

const task = noAddress({ address: "10.9.0.10", service: "keepalived" });
const line = "2: eth0    inet 10.9.0.10/32 scope global eth0\\       valid_lft forever";

cases("noAddress()", {
  "wants nothing where no interface has it": { task, seen: "", changes: [] },
  "removes what was left behind": { task, seen: line, changes: ["remove address 10.9.0.10"] },
});

/** Runs text with an `ip` and a `systemctl` that a test has made up. */
async function faked(script: string, ip: string, active: number) {
  return await runSh(`ip() { ${ip}; }\nsystemctl() { return ${active}; }\n${script}`);
}

Deno.test("noAddress() leaves to a service that runs what it will take away itself", async () => {
  assertEquals((await faked(task.probe, `echo '${line}'`, 0)).stdout, "");
  assertEquals((await faked(task.probe, `echo '${line}'`, 3)).stdout.startsWith("2: eth0"), true);
});

for (const [name, { argv }] of Object.entries(SHELLS)) {
  Deno.test(`${name}: noAddress() leaves to a pod that runs what it will take away itself`, () =>
    withKubeletHost(argv, async (host) => {
      const { probe } = noAddress({ address: "10.88.0.10", service: "keepalived", pod: true });
      const left = async () => (await host.run(probe)).stdout !== "";
      // A Keepalived of the system is not the one that carries the address.
      await host.processes({ name: "keepalived" }, { name: "haproxy", pod: true });
      assertEquals(await left(), true);
      await host.processes({ name: "keepalived", pod: true });
      assertEquals(await left(), false);
    }));
}

Deno.test("noAddress() removes it where it is, and fails when it is still there", () =>
  withTempDir(async (dir) => {
    const [change] = plan({ task, seen: line });
    const script = change?.kind === "run" ? change.script : "";
    const ip = (removes: string) =>
      `if [ "$2" = del ]; then echo "$*" >> ${dir}/log; ${removes}; elif [ ! -e ${dir}/gone ]; then echo '${line}'; fi`;
    assertEquals((await faked(script, ip(":"), 3)).code, 1);
    assertEquals((await faked(script, ip(`: > ${dir}/gone`), 3)).code, 0);
    const call = "addr del 10.9.0.10/32 dev eth0\n";
    assertEquals(await Deno.readTextFile(`${dir}/log`), call + call);
  }));

Deno.test("noAddress() takes an IPv6 address away too", async () => {
  const six = noAddress({ address: "fd00:88::10", service: "keepalived" });
  const seen = "2: eth0    inet6 fd00:88::10/128 scope global deprecated nodad";
  const listed = `[ "$*" = "-o addr show to fd00:88::10/128" ] && echo '${seen}'`;
  assertEquals((await faked(six.probe, listed, 3)).stdout, `${seen}\n`);
  const [change] = plan({ task: six, seen });
  const script = change?.kind === "run" ? change.script : "";
  const ip = `case $* in *' to '*) [ -n "$gone" ] || ${listed} ;; *) echo "$*" >&2 ;; esac`;
  const { stderr } = await faked(script, ip, 3);
  assertEquals(stderr, "addr del fd00:88::10/128 dev eth0\n");
});
