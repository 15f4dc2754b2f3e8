/**
 * The daemons as static pods: what a manifest says, and what is known of an image. Pure.
 * @module
 */
import { createHash } from "node:crypto";
import type { Endpoint, FileSpec, PodSettings, World } from "../model.ts";
import { STAND_DOWN_FILE } from "./paths.ts";
import type { Reasoned } from "./reasoned.ts";
import { type Daemon, DEFAULT_VERSIONS } from "./version.ts";

/**
 * Version that the tag of an image names; undefined where it names none.
 *
 * @example
 * ```ts
 * import { imageVersion } from "./pods.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(imageVersion("images.example.org:5000/haproxy:2.8.10-alpine"), "2.8.10");
 * assertEquals(imageVersion("haproxy:lts"), undefined);
 * ```
 */
export function imageVersion(image: string): string | undefined {
  return /:v?(\d+(?:\.\d+)*)[^/:]*$/.exec(image.replace(/@.*/, ""))?.[1];
}

/** Version of a daemon in its image, by the tag; assumed where that says nothing. */
export function podVersion(daemon: Daemon, { images }: PodSettings): Reasoned<string> {
  const named = imageVersion(images[daemon]);
  return named === undefined
    ? { value: DEFAULT_VERSIONS[daemon], reason: `assumed: ${images[daemon]} names no version` }
    : { value: named, reason: `the tag of ${images[daemon]}` };
}

/** Handler that waits until the kubelet runs what a manifest says. */
export function awaitPod(daemon: Daemon): string {
  return `await pod ${daemon}`;
}

/** A file that a pod reads. */
export type PodFile = Pick<FileSpec, "path" | "mode"> & { content(world: World): string };

/** Everything that the manifest of one daemon may read. @throws {TaskError} */
export function podData(
  endpoint: Endpoint,
  daemon: Daemon,
  files: readonly PodFile[],
  world: World,
): object {
  return {
    endpoint: { name: endpoint.name, profile: endpoint.profile },
    pod: {
      image: endpoint.pods?.images[daemon] ?? "",
      files: fingerprint(files, world),
      mounts: files.map(({ path }) => ({ name: nameOf(path), path })),
      standDownFolder: STAND_DOWN_FILE.replace(/\/[^/]*$/, ""),
      health: endpoint.profile === "guide" ? [] : [loopback(endpoint.haproxy.stats)],
    },
  };
}

/** `keepalived-conf` of a path: a name for a volume. */
function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
}

/** Where HAProxy listens for questions about its health; one on all addresses is asked on loopback. */
function loopback(stats: string): { readonly host: string; readonly port: string } {
  const [, ip = "", port = ""] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(stats) ?? [];
  const host = ip === "" || ip === "*" || ip === "0.0.0.0" ? "127.0.0.1" : ip === "::" ? "::1" : ip;
  return { host, port };
}

/**
 * To the kubelet, which looks at manifests alone, a pod that reads other files is another pod. Short:
 * whoever may read pods sees it, and one of the files may hold a password of eight characters, of
 * which 32 bits leave more than a million.
 */
function fingerprint(files: readonly PodFile[], world: World): string {
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(JSON.stringify([file.path, file.mode, file.content(world)]));
  }
  return `sha256:${hash.digest("hex").slice(0, 8)}`;
}
