/**
 * What is in a base image. Pure: the image's name is a hash of this, so a change here makes a new image.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { SourceLine } from "./apt_sources.ts";
import type { Suite } from "./layout.ts";

/** A base image before it is built. */
export interface Recipe {
  /** The Debian release. */
  suite: Suite;
  /** Where its packages come from, and where its hosts look for more. */
  sources: SourceLine[];
  /** The keyring that vouches for them. */
  keyring?: string;
  /** Lines of apt configuration that the machine needs to reach the mirror. */
  settings: string[];
  /** Packages beside those of every image. */
  also?: readonly string[];
}

/** Installed in every host: a small Debian server, without what Holdfast itself installs. */
export const installed: readonly string[] = [
  ...["systemd", "systemd-sysv", "dbus", "openssh-server", "sudo"],
  ...["iproute2", "iputils-ping", "procps", "nftables", "less", "ca-certificates"],
];

/** Downloaded but not installed, so that `apt-get install` in a host does not depend on the mirror's speed. */
export const downloaded: readonly string[] = ["haproxy", "keepalived", "curl"];

/** The users of a host and the groups that they are in. */
export const users: readonly { name: string; groups: string[]; password?: string }[] = [
  { name: "deploy", groups: [] },
  // Its sudo asks, as most people's does.
  { name: "asker", groups: ["sudo"], password: "asker-pass" },
];

/** Files of a host beside what its packages bring: path, content, mode. */
export const files: readonly { path: string; text: string; mode: number }[] = [
  { path: "etc/sudoers.d/deploy", text: "deploy ALL=(ALL) NOPASSWD: ALL\n", mode: 0o440 },
  {
    path: "etc/ssh/sshd_config.d/lab.conf",
    text: `HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin no
UseDNS no
`,
    mode: 0o644,
  },
];

/** Units that would get in the way: apt's daily jobs hold its lock at a moment of their own choosing. */
export const masked: readonly string[] = [
  "apt-daily.timer",
  "apt-daily-upgrade.timer",
  "console-getty.service",
];

/** The name of the image that a recipe makes. */
export function imageName(recipe: Recipe): string {
  const parts = { version: 1, recipe, installed, downloaded, users, files, masked };
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
  return `${recipe.suite}-${hash}`;
}

/** The lines of a sources.list, with the keyring that the building machine trusts when it has one. */
export function sourcesList({ sources, keyring }: Recipe, withKeyring: boolean): string {
  const options = withKeyring && keyring !== undefined ? `[signed-by=${keyring}] ` : "";
  return sources.map(({ uri, suite }) => `deb ${options}${uri} ${suite} main\n`).join("");
}
