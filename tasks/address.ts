import { alone } from "../src/addresses.ts";
import { defineTask, type TaskFunction } from "../src/define.ts";
import { POD_WORDS } from "../src/kubelet.ts";
import type { TaskPlan } from "../src/model.ts";
import { SERVICE_WORDS } from "../src/openrc.ts";
import { raw, sh } from "../src/shell.ts";

/** Arguments of {@link noAddress}. */
export interface NoAddressArgs {
  /** Address of either family, without a prefix length. */
  readonly address: string;
  /** Service that takes the address away itself when it stops. */
  readonly service: string;
  /** It is a static pod, and no unit. @default {false} */
  readonly pod?: boolean;
}

/**
 * An address that no interface has, once the service is stopped that carries it: a daemon that was
 * killed leaves it behind.
 */
export const noAddress: TaskFunction<NoAddressArgs> = defineTask<NoAddressArgs, boolean>({
  kind: "address",
  title: ({ address }) => `no address ${address}`,
  probe: ({ address, service, pod = false }) =>
    sh`${raw(pod ? runsInPod(service) : runsAsUnit(service))} || ip -o addr show to ${
      alone(address)
    } 2>/dev/null`,
  parse: ({ stdout }) => stdout.trim() !== "",
  plan: (left, { address }): TaskPlan => {
    if (!left) return { changes: [] };
    const list = sh`ip -o addr show to ${alone(address)}`;
    const script = sh`${raw(list)} | while read -r _ name _ cidr _; do
  ip addr del "$cidr" dev "$name" || exit 1
done
[ -z "$(${raw(list)})" ]`;
    return {
      changes: [{ kind: "run", targets: [address], summary: `remove address ${address}`, script }],
    };
  },
});

function runsAsUnit(service: string): string {
  return sh`${SERVICE_WORDS}
systemctl -q is-active -- ${`${service}.service`} 2>/dev/null`;
}

function runsInPod(service: string): string {
  return sh`${POD_WORDS}
[ -n "$(pod_pids ${service})" ]`;
}
