import { run } from "./run.ts";

/** A line of this process's mount table. */
export interface Mount {
  /** Where it is mounted. */
  path: string;
  /** Its file system type. */
  type: string;
}

/** Reads this process's mount table, oldest first. */
export async function mounts(): Promise<Mount[]> {
  const text = await Deno.readTextFile("/proc/self/mountinfo");
  return text.split("\n").filter((line) => line !== "").map((line) => {
    const [before = "", after = ""] = line.split(" - ");
    // The kernel writes a blank in a path as \040.
    const path = (before.split(" ")[4] ?? "").replace(/\\(\d{3})/g, (_, code) => {
      return String.fromCharCode(parseInt(code, 8));
    });
    return { path, type: after.split(" ")[0] ?? "" };
  });
}

/** Tells whether something is mounted at a path. */
export async function isMounted(path: string): Promise<boolean> {
  return (await mounts()).some((mount) => mount.path === path);
}

/** Unmounts everything below a folder, newest first. */
export async function unmountBelow(folder: string): Promise<void> {
  const below = (await mounts()).filter(({ path }) => path.startsWith(`${folder}/`));
  for (const { path } of below.reverse()) await run(["umount", path], { to: `unmount "${path}"` });
}
