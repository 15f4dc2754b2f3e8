/**
 * Locks between holdfast processes, which the kernel lets go when a process dies.
 *
 * @module
 */
import { dirname } from "@std/path";

/** Does something while no other process holds the lock file, and removes the file afterwards. */
export async function withLock<T>(path: string, act: () => Promise<T>): Promise<T> {
  using file = await acquire(path, true);
  try {
    return await act();
  } finally {
    // Removed while still held: whoever waits on the old file notices and starts again.
    await Deno.remove(path).catch(() => {});
    await file.unlock();
  }
}

/** Does something while no other process holds the lock file by {@link withLock}. */
export async function withSharedLock<T>(path: string, act: () => Promise<T>): Promise<T> {
  using file = await acquire(path, false);
  try {
    return await act();
  } finally {
    // The last of those who share it removes it, which takes what nobody else has.
    if (await file.tryLock(true) && await isAt(path, file)) await Deno.remove(path);
    await file.unlock();
  }
}

/** Tells whether a path still leads to an open file. */
async function isAt(path: string, file: Deno.FsFile): Promise<boolean> {
  const now = await Deno.stat(path).catch(() => undefined);
  return now !== undefined && now.ino === (await file.stat()).ino;
}

async function acquire(path: string, exclusive: boolean): Promise<Deno.FsFile> {
  while (true) {
    await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const file = await Deno.open(path, { create: true, write: true, mode: 0o600 })
      .catch((error) => {
        // The last lab of this machine goes down just now, and the folder with it.
        if (error instanceof Deno.errors.NotFound) return undefined;
        throw error;
      });
    if (file === undefined) continue;
    await file.lock(exclusive);
    if (await isAt(path, file)) return file;
    file.close();
  }
}
