/**
 * Hosts on a segment of their own, made of network namespaces that go with their first process: real
 * ARP, NDP, protocol 112 and firewalls, without machines.
 * @module
 */
import { runSh } from "../../helpers.ts";

/** Whether this machine can have segments: root on Linux with ip, nft, unshare and perl. */
export async function segmentsWork(): Promise<boolean> {
  const { code } = await runSh(
    `[ "$(id -u)" = 0 ] && command -v nft && command -v perl && unshare -n -m ip link show lo`,
  );
  return code === 0;
}

// Nothing here may ever reach a namespace of this machine: whoever is not in its own ends at once.
const MADE = `
ours() { here=$(readlink "/proc/$1/ns/$2") && [ -n "$here" ] && [ "$here" != "$3" ] || {
  echo "not in a namespace of its own" >&2; exit 99; }; }
[ "$$" = 1 ] || exit 99
ours 1 net "$outer_net"
ours 1 mnt "$outer_mnt"
station() { unshare -n -m sh -c 'mount -t sysfs none /sys; exec sleep 120' & }
on() { eval "pid=\\$pid$1"; shift; ours "$pid" net "$outer_net"; ours "$pid" mnt "$outer_mnt"; nsenter -t "$pid" -n -m "$@"; }
ip link add br0 type bridge mcast_snooping 0
ip link set br0 up
for n in 1 2 3; do
  station; eval "pid$n=$!"
done
sleep 0.3
for n in 1 2 3; do
  eval "pid=\\$pid$n"
  ours "$pid" net "$outer_net"
  ip link add "p$n" type veth peer name eth0 netns "$pid"
  ip link set "p$n" master br0 up
  on $n ip link set lo up
  on $n ip link set eth0 up
  on $n ip addr add "10.99.0.1$n/24" dev eth0
  on $n ip addr add "fd00:99::1$n/64" dev eth0 nodad
done
`;

/**
 * What stations 1 and 2 print of the same text at the same time, `$n` being their number. Before that
 * `setup` is run, where `on N command` is a command on a station; number 3 is a stranger.
 */
export async function onSegment(setup: string, text: (n: 1 | 2) => string): Promise<string[]> {
  const words = ([1, 2] as const).map((n) =>
    `on ${n} sh -c '${text(n).replaceAll("'", `'\\''`)}' >"$out/${n}" 2>&1 &`
  );
  const dir = await Deno.makeTempDir();
  try {
    const [net, mnt] = ["net", "mnt"].map((kind) => Deno.readLinkSync(`/proc/self/ns/${kind}`));
    const script = `out=${dir} outer_net='${net}' outer_mnt='${mnt}'\n${MADE}\n${setup}\n${
      words[0]
    } one=$!\n${words[1]}\nwait $one $!`;
    const { code, stderr } = await runSh(script, [
      "unshare",
      "-n",
      "-m",
      "-p",
      "-f",
      "--mount-proc",
      "--kill-child",
      "sh",
    ]);
    if (code !== 0) throw new Error(`Cannot make a segment: ${stderr}`);
    return await Promise.all([1, 2].map((n) => Deno.readTextFile(`${dir}/${n}`)));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
