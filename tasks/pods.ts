import { defineTask, type TaskFunction } from "../src/define.ts";
import { POD_WORDS } from "../src/kubelet.ts";
import type { TaskPlan } from "../src/model.ts";
import { sh } from "../src/shell.ts";

/** Seconds that a kubelet may take to end a pod whose manifest has gone. */
const END_S = 45;

/** Arguments of {@link noPod}. */
export interface NoPodArgs {
  /** Name of the process, `haproxy`. */
  readonly name: string;
}

/** A daemon that no pod runs, once its manifest has gone: the kubelet ends it, and is waited for. */
export const noPod: TaskFunction<NoPodArgs> = defineTask<NoPodArgs, boolean>({
  kind: "pod",
  title: ({ name }) => `no pod ${name}`,
  probe: ({ name }) =>
    sh`${POD_WORDS}
pod_pids ${name}`,
  parse: ({ stdout }) => stdout.trim() !== "",
  plan: (runs, { name }): TaskPlan => {
    if (!runs) return { changes: [] };
    const script = sh`${POD_WORDS}
for _ in $(seq ${END_S}); do
  [ -n "$(pod_pids ${name})" ] || exit 0
  sleep 1
done
kubelet_runs || { echo ${`no kubelet runs, and nothing else ends ${name}`} >&2; exit 1; }
echo ${`the kubelet has not ended ${name} after ${END_S} s`} >&2
exit 1`;
    const summary = `wait until the kubelet has ended ${name}`;
    return { changes: [{ kind: "run", targets: [`pod ${name}`], summary, script }] };
  },
});
