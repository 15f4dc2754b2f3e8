/** What watches a host during a drill, at work in a network of its own. */
import { assertEquals } from "@std/assert";
import { parseSpool } from "../../../src/drills/measure/spool.ts";
import { SAMPLER_DIR } from "../../../src/drills/remote/places.ts";
import { watchScript } from "../../../src/drills/remote/watch.ts";
import { runSh } from "../../helpers.ts";
import { type Sandbox, withSandbox } from "./sandbox.ts";

const alone = (await runSh("unshare -n sh -c 'ip link add e0 type veth peer name e1'")).code === 0;

const FOUR = "10.9.0.10";
const SIX = "fd00:9::10";
/** Begins like one that is watched. */
const LONGER = "10.9.0.100";

/** What the watch writes while these commands run. */
async function spoolOf(
  host: Sandbox,
  addresses: readonly string[],
  { before, meanwhile }: { readonly before: string; readonly meanwhile: string },
): Promise<string> {
  const script = watchScript({ addresses, stats: "127.0.0.1:8404", counts: false });
  const { code, stderr } = await runSh(
    host.here(`set -e
mkdir -p ${SAMPLER_DIR}; cd ${SAMPLER_DIR}
echo $(($(date +%s) + 20)) >until
cat >run <<'END'
${script.replaceAll("/run/holdfast-drill-sampler/", `${host.dir}/`)}
END
ip link set lo up; ip link add e0 type veth peer name e1; ip link set e0 up; ${before}
sh ./run >log 2>&1 & watch=$!
until [ -e ${host.dir}/ready ]; do sleep 0.05; done
${meanwhile}
sleep 0.3; kill -TERM "$watch"; wait "$watch"`),
    ["unshare", "-n", "sh"],
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return await host.text("drill/sampler/spool");
}

/** What was told of one address: whether it was there at first, and then what came and went. */
function told(spool: string, address: string): readonly boolean[] {
  const { runs, skipped } = parseSpool(spool, address);
  assertEquals([runs.length, skipped], [1, 0], spool);
  const all = runs.flatMap(({ lines }) => lines).flatMap((line) =>
    line.kind === "holds" ? line.holds : line.kind === "addr" ? line.held : []
  );
  // An IPv6 address comes in steps on some kernels, each an event.
  return all.filter((held, i) => i === 0 || held !== all[i - 1]);
}

Deno.test({
  name: "the watch sees each of several addresses come and go, and no other one",
  ignore: !alone,
  fn: () =>
    withSandbox(["sh"], async (host) => {
      const spool = await spoolOf(host, [FOUR, SIX], {
        before: `ip addr add ${FOUR}/32 dev e0`,
        meanwhile:
          `ip addr add ${SIX}/128 dev e0 nodad; ip addr del ${FOUR}/32 dev e0; ip addr add ${LONGER}/32 dev e0
ip addr del ${SIX}/128 dev e0; ip addr add ${FOUR}/32 dev e0`,
      });
      assertEquals(told(spool, FOUR), [true, false, true], spool);
      assertEquals(told(spool, SIX), [false, true, false], spool);
      assertEquals(spool.includes(LONGER), false, spool);
    }),
});

Deno.test({
  name: "the watch of a single address does not say which one it is",
  ignore: !alone,
  fn: () =>
    withSandbox(["sh"], async (host) => {
      const spool = await spoolOf(host, [FOUR], {
        before: ":",
        meanwhile: `ip addr add ${FOUR}/32 dev e0; ip addr add ${SIX}/128 dev e0 nodad`,
      });
      assertEquals(told(spool, FOUR), [false, true], spool);
      assertEquals(/^holds \d{19} 0$/m.test(spool), true, spool);
      assertEquals(spool.includes(SIX), false, spool);
    }),
});
