/** What is asked and judged of an endpoint whose daemons are static pods. */
import { assertEquals } from "@std/assert";
import { SHELLS } from "../ssh/shells.ts";
import type { Endpoint } from "../../src/model.ts";
import { vip } from "../../tasks/vip.ts";
import { anEndpoint } from "../helpers.ts";
import { inPods } from "../endpoint/renderings.ts";
import { withKubeletHost } from "../kubelet_host.ts";
import { BACKUP, HOLDER, type Said, said } from "./vip_answers.ts";

const PODS: Endpoint = inPods({
  ...anEndpoint("c1", "c2", "c3"),
  backends: [1, 2, 3].map((i) => ({ name: `m${i}`, address: `10.9.0.2${i}` })),
});
const DEAD: Said = { haproxy: "inactive", keepalived: "inactive", listens: false };

/** Judges hosts; those of a name in `without` say that no kubelet runs. */
function judged(hosts: Readonly<Record<string, Said>>, without: readonly string[], strict = false) {
  const answers = Object.entries(hosts).map(([host, it]) => {
    const { stdout, ...rest } = said(it);
    const kubelet = without.includes(host) ? "kubelet inactive\n" : "";
    return [host, { ...rest, stdout: kubelet + stdout }] as const;
  });
  const { ok, message, faults } = vip(PODS).judge(new Map(answers), strict);
  return { ok, message, faults };
}

for (const [name, { argv }] of Object.entries(SHELLS)) {
  Deno.test(`vip() asks the process table for pods in ${name}`, () =>
    withKubeletHost(argv, async (host) => {
      const lines = async () =>
        (await host.run(vip(PODS).probe("c1"))).stdout.split("\n")
          .filter((line) => /^(haproxy|keepalived|kubelet) /.test(line));
      assertEquals(await lines(), ["haproxy inactive", "keepalived inactive", "kubelet inactive"]);
      await host.processes(
        { name: "kubelet" },
        { name: "haproxy", pod: true },
        { name: "haproxy", pod: true },
        { name: "keepalived" },
      );
      assertEquals(await lines(), ["haproxy active", "keepalived inactive"]);
    }));
}

Deno.test("vip() judges pods as it judges units", () => {
  assertEquals(judged({ c1: HOLDER, c2: BACKUP, c3: BACKUP }, []), {
    ok: true,
    message: "held by c1, backends 3/3, /readyz through the address 200",
    faults: [],
  });
  const { ok, faults } = judged({ c1: HOLDER, c2: { ...BACKUP, ...DEAD }, c3: BACKUP }, []);
  assertEquals([ok, faults?.filter((it) => it.includes("not running"))], [false, [
    "haproxy is not running on c2",
    "keepalived is not running on c2",
  ]]);
});

Deno.test("vip() excuses a host that has no kubelet yet, and says so", () => {
  const found = judged({ c1: HOLDER, c2: BACKUP, c3: DEAD }, ["c3"]);
  assertEquals(found, {
    ok: true,
    message: "held by c1, no kubelet runs on c3, which starts the pods, backends 3/3, " +
      "/readyz through the address 200",
    faults: ["no kubelet runs on c3"],
  });
  assertEquals(judged({ c1: HOLDER, c2: BACKUP, c3: DEAD }, ["c3"], true).ok, false);
});

Deno.test("vip() is content with manifests that wait for their control plane, unless it is strict", () => {
  const all = { c1: DEAD, c2: DEAD, c3: DEAD };
  assertEquals(judged(all, ["c1", "c2", "c3"]), {
    ok: true,
    message: "no kubelet runs on c1, c2, c3, which starts the pods",
    faults: ["no kubelet runs on c1", "no kubelet runs on c2", "no kubelet runs on c3"],
  });
  assertEquals(judged(all, ["c1", "c2", "c3"], true).ok, false);
  // With a host that is silent nothing is known.
  assertEquals(judged({ c1: DEAD, c2: DEAD }, ["c1", "c2"]).ok, false);
});

Deno.test("vip() does not excuse pods that a running kubelet does not start", () => {
  assertEquals(judged({ c1: DEAD, c2: DEAD, c3: DEAD }, ["c1"]).ok, false);
  // Containers go on without their kubelet.
  assertEquals(judged({ c1: HOLDER, c2: BACKUP, c3: BACKUP }, ["c1", "c2", "c3"]).ok, true);
});
