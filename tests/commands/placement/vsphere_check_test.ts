/** `placement check` against the simulator of a vCenter. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cli, type CliResult } from "../cli.ts";
import { PASSWORD } from "../../placement/fake_vcenter.ts";
import { named, rename, simulated, simulator } from "../../placement/simulator.ts";
import { inFolder, inventoryOf, place, placement } from "./vsphere_site.ts";

simulated(
  "placement check says which machines share a physical host, and which rules lack",
  async () => {
    await using sim = await simulator("-hosts", "3", "-vms", "4");
    await place(sim, [0, 0, 1, 2]);
    assertEquals(await placement("check", inventoryOf(sim.server), { diff: true }), {
      out: `masters: 2 members on 1 of 3 hosts, each alone: not kept apart
  shared DC0_C0_H0: masters-0, masters-1
  would create rule prod-masters-anti-affinity of DC0_C0
    + enabled
    + not mandatory
    + machine DC0_C0_RP0_VM0
    + machine DC0_C0_RP0_VM1
load_balancers: 2 members on 2 of 3 hosts, each alone: ok
  would create rule prod-load_balancers-anti-affinity of DC0_C0
    + enabled
    + not mandatory
    + machine DC0_C0_RP0_VM2
    + machine DC0_C0_RP0_VM3
`,
      err:
        `hosts.yaml:8:26: Members of group "masters" share host "DC0_C0_H0": "masters-0" and "masters-1" [shared-host]
    8 |       groups: { masters: { policy: anti_affinity }, load_balancers: { policy: anti_affinity } }
      |                          ^^^^^^^^^^^^^^^^^^^^^^^^^
`,
      code: 2,
    });
    assertEquals(await sim.writes(), 0);
  },
);

simulated("what a vCenter calls its machines moves no cursor", async () => {
  await using sim = await simulator("-hosts", "3", "-vms", "4");
  await place(sim, [0, 1, 1, 2]);
  await sim.behind(async (session) => {
    const host = (await named(session, "ClusterComputeResource")).get("DC0_C0");
    assert(host);
    await rename(session, host, "C0\u0085\u202e\u200b");
  });
  const { out, err, code } = await placement("check", inventoryOf(sim.server));
  assertEquals(code, 2);
  assertStringIncludes(out, "rule prod-masters-anti-affinity of C0\\u{85}\\u{202e}\\u{200b}\n");
  assert(!/[\u0085\u202e\u200b]/.test(`${out}${err}`));
});

simulated(
  "what is in the way of asking is said at its place, with an exit code of its own",
  async () => {
    await using sim = await simulator();
    const cases = [
      [inventoryOf(sim.server, { groups: { masters: [0, 98, 99] } }), 1, [
        "hosts.yaml:13:35: Cannot find the machine DC0_C0_RP0_VM98; did you mean ",
        "hosts.yaml:14:35: Cannot find the machine DC0_C0_RP0_VM99; did you mean ",
        "[platform-not-found]",
      ]],
      [inventoryOf("127.0.0.1:1"), 4, ["Cannot reach 127.0.0.1:1", "[platform-unreachable]"]],
      [inventoryOf(sim.server, { vsphere: "cluster: none, " }), 1, ["There is DC0/DC0_C0"]],
      [inventoryOf(sim.server.replace("127.0.0.1", "localhost")), 3, ["[platform-untrusted]"]],
      [inventoryOf(sim.server).replace("deploy@", "nobody@"), 3, [
        "Cannot log in to",
        "[platform-login]",
      ]],
      [inventoryOf(sim.server, { password: "{ file: none }" }), 1, [
        'Cannot read vsphere.password of placement of group "all" from "none": there is no such file',
      ]],
    ] as const;
    for (const [text, expected, words] of cases) {
      for (const word of ["check", "apply"] as const) {
        const { out, err, code } = await placement(word, text);
        assertEquals([code, out], [expected, ""], err);
        assert(/^hosts\.yaml:(7|13):\d+: /.test(err), err);
        for (const each of words) assertStringIncludes(err, each);
      }
    }
    assertEquals(await sim.writes(), 0);
  },
);

/** Starts `placement check` with these permissions and the password in a variable. */
async function started(server: string, net: string): Promise<CliResult> {
  let result: CliResult = { code: -1, out: "", err: "" };
  const text = inventoryOf(server, { password: "{ env: VC_PASSWORD }" });
  await inFolder(text, async (file) => {
    const flags = [
      ...["--no-prompt", "--allow-read", `--allow-net=${net}`],
      "--allow-env=HOME,TERM,NO_COLOR,FORCE_COLOR,CI,VC_PASSWORD",
      "--ignore-env",
    ];
    const env = { VC_PASSWORD: PASSWORD };
    result = await cli(["placement", "check", file], { flags, env });
  });
  return result;
}

simulated("the permission to connect to the server is enough, another one is not", async () => {
  await using sim = await simulator("-hosts", "3", "-vms", "4");
  await place(sim, [0, 1, 1, 2]);
  const right = await started(sim.server, sim.server);
  assertEquals(right.code, 2, right.err);
  assertStringIncludes(right.out, "masters: 2 members on 2 of 3 hosts, each alone: ok");
  const wrong = await started(sim.server, "127.0.0.1:1");
  assertEquals(wrong.code, 1, wrong.err);
  assertStringIncludes(wrong.err, `--allow-net=${sim.server}`);
});
