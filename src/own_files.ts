/**
 * Files that come with Holdfast, wherever it lies: beside its sources, or beside a bundle of them,
 * which has the same folders.
 * @module
 */

const HERE = new URL(import.meta.url);

/** A bundle keeps every module that several entries share in its uppermost folder. */
const IS_BUNDLED = !HERE.pathname.endsWith(".ts");

const ROOT = new URL(IS_BUNDLED ? "./" : "../", HERE);

/**
 * A file or folder of Holdfast's own.
 *
 * @param path from the uppermost folder: `templates/`
 */
export function ownFile(path: string): URL {
  return new URL(path, ROOT);
}

/**
 * A program of Holdfast's own, which is started or run as a worker. What is named here is an entry of
 * the bundle too.
 *
 * @param path from the uppermost folder, as in the sources
 */
export function ownScript(path: "cli.ts" | (typeof OWN_SCRIPTS)[number]): URL {
  return ownFile(IS_BUNDLED ? path.replace(/\.ts$/, ".js") : path);
}

/** Flags of `deno run` for a bundle: it is whole, whatever folder it is started in. */
export const BUNDLE_FLAGS: readonly string[] = ["--no-config", "--no-remote"];

/** Flags of `deno run` for a program of ours. */
export const OWN_FLAGS: readonly string[] = IS_BUNDLED ? BUNDLE_FLAGS : [];

/** Programs beside the command line that Holdfast starts. */
export const OWN_SCRIPTS = [
  "src/commands/print_secrets_named.ts",
  "src/lab/api_server.ts",
  "src/prober/worker.ts",
] as const;
