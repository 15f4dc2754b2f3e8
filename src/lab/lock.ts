/**
 * Locks between holdfast processes, which the kernel lets go when a process dies.
 *
 * @module
 */
import { dirname } from "@std/path";

/** Does something while no other process holds the lock file, and removes the file afterwards. */
export async function withLock<T>(path: string, act: () => Promise<T>): Promise<T> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  using file = await acquire(path);
  try {
    return await act();
  } finally {
    // Removed while still held: whoever waits on the old file notices and starts again.
    await Deno.remove(path).catch(() => {});
    await file.unlock();
  }
}

async function acquire(path: string): Promise<Deno.FsFile> {
  while (true) {
    const file = await Deno.open(path, { create: true, write: true, mode: 0o600 });
    await file.lock(true);
    const now = await Deno.stat(path).catch(() => undefined);
    if (now !== undefined && now.ino === (await file.stat()).ino) return file;
    file.close();
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  }
}
