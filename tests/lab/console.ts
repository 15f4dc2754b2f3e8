/**
 * A host as it is, seen from its console: a test that takes ssh or the network away still sees it.
 * @module
 */
import { assertEquals } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { until } from "../../src/lab/process.ts";
import { run as runProgram } from "../../src/lab/run.ts";
import { withPids } from "../../src/lab/state.ts";
import { firstBelow } from "./processes.ts";

/** Runs shell text as root in a host without its network, and gives its output. */
export async function inside(lab: Lab, host: string, script: string): Promise<string> {
  const { hosts } = await withPids(lab);
  const first = firstBelow(hosts.find(({ name }) => name === host)?.pid ?? 0);
  const enter = ["nsenter", "-t", `${first}`, "-m", "-u", "-i", "-n", "-p", "-C"];
  return await runProgram([...enter, "sh", "-c", script], { to: `run inside ${host}` });
}

/** Units whose states a run may change. */
const WATCHED = "haproxy.service keepalived.service ssh.service nftables.service";

/** What a host listens on, whoever it is. */
const LISTENING = "ss -ltnH | awk '{ print $4 }' | sort -u";

/**
 * Everything that going back brings back, a line each: files with content, mode, owner and time,
 * folders, links, units, what is listened on, the firewall, own addresses, and handlers that are due.
 */
export function wholeOf(lab: Lab, host: string): Promise<string> {
  return inside(
    lab,
    host,
    `LC_ALL=C; export LC_ALL
find /etc /usr/local -xdev -type f -printf 'file %p %m %U:%G %T+ ' -exec sha256sum {} \\; | sed 's/ [^ ]*$//' | sort
find /etc /usr/local -xdev ! -type f -printf '%y %p %m %U:%G %l\\n' | sort
systemctl show -p Id -p LoadState -p ActiveState -p UnitFileState -p NeedDaemonReload ${WATCHED}
echo listens; ${LISTENING}
echo firewall; nft list ruleset
echo addresses; ip -o addr show dev eth0 | grep -v ' ${lab.vip}/' | sed 's/^[0-9]*: //; s/valid_lft.*//; s/ tentative//' | sort
ip route show default
echo due; ls -A /var/lib/holdfast/pending 2>/dev/null || :`,
  );
}

/** What differs between two looks at a host, for a message that says it. */
export function changed(before: string, after: string): string[] {
  const [old, now] = [before, after].map((text) => text.split("\n"));
  return [
    ...old!.filter((line) => !now!.includes(line)).map((line) => `- ${line}`),
    ...now!.filter((line) => !old!.includes(line)).map((line) => `+ ${line}`),
  ];
}

/**
 * What a host has decided about its last run: `open`, `committed`, `reverted.BY`, or nothing when
 * there was none.
 */
export async function decided(lab: Lab, host: string): Promise<string> {
  const said = await inside(
    lab,
    host,
    `cd /var/lib/holdfast 2>/dev/null || exit 0
last=run
[ -d run ] || last=history/$(ls -1 history 2>/dev/null | tail -n 1)
ls -1 "$last" | grep -E '^(open|committed|reverted\\..*)$' || :`,
  );
  return said.trim();
}

/** Waits until nothing of the way back is armed any more: no guard, no units of the boot. */
export async function assertDisarmed(lab: Lab, host: string): Promise<void> {
  let armed = "";
  const gone = async () => {
    armed = await inside(
      lab,
      host,
      `ls -d /etc/systemd/system/holdfast-* /etc/systemd/system/*.wants/holdfast-* 2>/dev/null
systemctl list-units --all --plain --no-legend 'holdfast-guard*'`,
    );
    return armed === "";
  };
  // The guard looks five times a second.
  if (!await until(gone, 20_000, 100)) assertEquals(armed, "", `${host} is still armed`);
}
