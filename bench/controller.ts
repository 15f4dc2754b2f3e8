/**
 * The machine that all tools run on: a Debian of its own in a folder, thrown away afterwards, with
 * the network of this machine. What is installed there is installed nowhere else.
 * @module
 */
import { join } from "@std/path";
import { run } from "../src/lab/run.ts";
import { raw, sh } from "../src/shell.ts";

/** A controller that stands. */
export interface Controller {
  /** Words in front of a program that make it run there, with nothing of this one's environment. */
  inside(env: Readonly<Record<string, string>>): readonly string[];
  /** Takes it down: no mount and no file of it is left. */
  close(): Promise<void>;
}

/** What it is made of. */
export interface Materials {
  /** A Debian, which is not changed. */
  readonly image: string;
  /** Where it may be built. */
  readonly folder: string;
  /** Folders of this machine that are there too, at the same place. */
  readonly shared: readonly string[];
}

/**
 * Builds a controller. Its mounts are in a namespace of their own, which ends with the process that
 * holds it, and this one ends with whoever started it: however that dies, no mount is left.
 */
export async function openController(materials: Materials): Promise<Controller> {
  const { image, folder, shared } = materials;
  const [root, upper, work] = ["root", "upper", "work"].map((name) => join(folder, name));
  for (const path of [root, upper, work]) await Deno.mkdir(path ?? "", { recursive: true });
  const keeper = new Deno.Command("setpriv", {
    args: [
      ...["--pdeathsig", "KILL", "unshare", "--mount", "--propagation", "private"],
      ...["sh", "-c", mountText({ image, root, upper, work, shared })],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = keeper.stdout.getReader();
  if ((await reader.read()).value === undefined) throw new Error("Cannot mount the controller");
  const inside = (env: Readonly<Record<string, string>>) => [
    ...["nsenter", `--mount=/proc/${keeper.pid}/ns/mnt`, "chroot", root ?? "", "env", "-i"],
    ...Object.entries({ PATH, HOME: "/root", LC_ALL: "C.UTF-8", ...env }).map((it) => it.join("=")),
  ];
  return {
    inside,
    close: async () => {
      await reader.cancel();
      await keeper.stdin.close();
      await keeper.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

function mountText(
  { image, root = "", upper = "", work = "", shared }:
    & { readonly image: string; readonly shared: readonly string[] }
    & Readonly<Record<"root" | "upper" | "work", string | undefined>>,
): string {
  const options = `lowerdir=${image},upperdir=${upper},workdir=${work}`;
  const binds = ["/proc", "/dev", "/sys", ...shared].map((path) =>
    sh`mkdir -p -- ${root + path} && mount --rbind -- ${path} ${root + path}`
  );
  return sh`set -e
mount -t overlay -o ${options} overlay ${root}
cp /etc/resolv.conf ${`${root}/etc/resolv.conf`}
${raw(binds.join("\n"))}
echo ready
# It stands as long as somebody holds the other end.
exec cat >/dev/null`;
}

/** Installs Debian packages there, with its own package manager. @throws {Error} when it cannot */
export async function install(
  controller: Controller,
  packages: readonly string[],
): Promise<void> {
  const inside = controller.inside({ DEBIAN_FRONTEND: "noninteractive" });
  const argv = ["apt-get", "install", "--yes", "--no-install-recommends", ...packages];
  const options = { to: `install ${packages.join(", ")}`, timeoutMs: 300_000 };
  try {
    await run([...inside, ...argv], options);
  } catch {
    // Its package lists are as old as the image.
    await run([...inside, "apt-get", "update"], options);
    await run([...inside, ...argv], options);
  }
}
