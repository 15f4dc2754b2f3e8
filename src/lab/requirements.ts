/**
 * What a machine needs before it can hold a lab, and how it gets what is missing.
 *
 * @module
 */
import { attempt, hasProgram, lastLines } from "./run.ts";

/** A machine cannot hold a lab; the message says why and what to type. */
export class UnfitError extends Error {
  /** Names this kind of error. */
  override name = "UnfitError";
}

const packages: Readonly<Record<string, string>> = {
  "systemd-nspawn": "systemd-container",
  mmdebstrap: "mmdebstrap",
  ip: "iproute2",
  nft: "nftables",
  ssh: "openssh-client",
  openssl: "openssl",
  mount: "mount",
  unshare: "util-linux",
};

/** The reason why this machine cannot hold a lab; nothing when it can. */
export async function unfit(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") {
    return `Cannot run a lab on ${Deno.build.os}: its hosts are Linux namespaces; use a Linux machine`;
  }
  if (Deno.uid() !== 0) {
    return "Cannot run a lab as an ordinary user: namespaces, mounts and bridges need root; type: sudo -E deno task lab up";
  }
  const missing = await missingPackages();
  if (missing.length > 0 && !await hasProgram("apt-get")) {
    return `Cannot run a lab without ${
      missing.join(", ")
    }: this machine has no apt-get to install them with`;
  }
}

/**
 * Installs the Debian packages that the lab needs and this machine lacks.
 *
 * @throws {UnfitError} when it cannot.
 */
export async function prepare(log: (line: string) => void): Promise<void> {
  const reason = await unfit();
  if (reason !== undefined) throw new UnfitError(reason);
  const missing = await missingPackages();
  if (missing.length === 0) return;
  log(`installing ${missing.join(", ")}`);
  const install = ["apt-get", "install", "--yes", "--no-install-recommends", ...missing];
  const options = {
    to: `install ${missing.join(", ")}`,
    env: { DEBIAN_FRONTEND: "noninteractive" },
    timeoutMs: 300_000,
  };
  let result = await attempt(install, options);
  if (result.code !== 0) {
    // Package lists may be absent or too old to name files that still exist.
    await attempt(["apt-get", "update"], options);
    result = await attempt(install, options);
  }
  if (result.code === 0) return;
  throw new UnfitError(
    `Cannot install what the lab needs: apt-get ended with ${result.code}: ${
      lastLines(result.stderr, 3)
    }; ` +
      `type: apt-get install ${missing.join(" ")}`,
  );
}

async function missingPackages(): Promise<string[]> {
  const missing: string[] = [];
  for (const [program, name] of Object.entries(packages)) {
    if (!await hasProgram(program)) missing.push(name);
  }
  return missing;
}
