/**
 * What a hundred hosts need of one kernel that has room for thirty.
 * @module
 */

/** How many watchers of files one user may have: each host's systemd takes four, all as root. */
const WATCHERS = "/proc/sys/fs/inotify/max_user_instances";

const ENOUGH = 4096;

/** Makes room, and gives what takes it back: the machine is as it was found. */
export async function roomForHosts(file = WATCHERS): Promise<AsyncDisposable> {
  const before = await Deno.readTextFile(file);
  if (Number(before) >= ENOUGH) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  await Deno.writeTextFile(file, `${ENOUGH}\n`);
  return { [Symbol.asyncDispose]: () => Deno.writeTextFile(file, before) };
}
