/**
 * Base images: a Debian system per release, built once from the machine's own mirror and kept in a cache.
 *
 * @module
 */
import { join } from "@std/path";
import { mirrors, reachSettings, type SourceLine, sourceLines } from "./apt_sources.ts";
import type { Suite } from "./layout.ts";
import { withLock } from "./lock.ts";
import { cacheRoot, runRoot } from "./roots.ts";
import {
  downloaded,
  files,
  imageName,
  installed,
  masked,
  type Recipe,
  sourcesList,
  users,
} from "./recipe.ts";
import { attempt, run } from "./run.ts";

/**
 * Gives the folder of a release's base image, and builds it first when the cache has none; `also`
 * are packages that it has beside those of every image.
 */
export async function baseImage(
  suite: Suite,
  log: (line: string) => void,
  also: readonly string[] = [],
): Promise<string> {
  const recipe = { ...await recipeHere(suite), ...(also.length === 0 ? {} : { also }) };
  const image = join(cacheRoot(), imageName(recipe));
  if (await exists(image)) return image;
  return await withLock(join(runRoot, `image-${suite}.lock`), async () => {
    if (await exists(image)) return image;
    log(`building the ${suite} image from ${recipe.sources[0]?.uri} (once; about half a minute)`);
    const started = performance.now();
    await build({ ...recipe, sources: await carried(recipe.sources) }, image);
    log(`built ${image} in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return image;
  });
}

async function build(recipe: Recipe, image: string): Promise<void> {
  const draft = join(cacheRoot(), `.building-${recipe.suite}`);
  await Deno.mkdir(cacheRoot(), { recursive: true, mode: 0o755 });
  await Deno.remove(draft, { recursive: true }).catch(() => {});
  try {
    await debootstrap(recipe, draft);
    await configure(recipe, draft);
    // Only a finished image ever has its name.
    await Deno.rename(draft, image);
  } finally {
    await Deno.remove(draft, { recursive: true }).catch(() => {});
  }
}

// unshare makes the builder's processes and mounts vanish together with whoever runs this.
const alone = [
  ...[
    "setpriv",
    "--pdeathsig",
    "KILL",
    "unshare",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child=KILL",
  ],
  "--mount-proc",
];

async function debootstrap(recipe: Recipe, draft: string): Promise<void> {
  const fetchOnly =
    `chroot "$1" apt-get clean && chroot "$1" apt-get --yes --download-only install `;
  await run([
    ...alone,
    ...["mmdebstrap", "--quiet", "--mode=root", "--variant=minbase", "--skip=cleanup/apt"],
    `--include=${[...installed, ...recipe.also ?? []].join(",")}`,
    ...recipe.settings.map((line) => `--aptopt=${line}`),
    `--customize-hook=${fetchOnly}${downloaded.join(" ")}`,
    ...[recipe.suite, draft, "-"],
  ], {
    to: `build the ${recipe.suite} image`,
    stdin: sourcesList(recipe, true),
    env: { DEBIAN_FRONTEND: "noninteractive" },
    timeoutMs: 600_000,
  });
}

async function configure(recipe: Recipe, draft: string): Promise<void> {
  const to = `configure the ${recipe.suite} image`;
  const inside = ["chroot", draft];
  for (const { name, groups, password } of users) {
    const extra = groups.flatMap((group) => ["--groups", group]);
    await run([...inside, "useradd", "--create-home", "--shell", "/bin/bash", ...extra, name], {
      to,
    });
    if (password !== undefined) {
      await run([...inside, "chpasswd"], { to, stdin: `${name}:${password}\n` });
    }
  }
  for (const { path, text, mode } of files) {
    await Deno.writeTextFile(join(draft, path), text);
    await Deno.chmod(join(draft, path), mode);
  }
  await run([...inside, "systemctl", "mask", ...masked], { to });
  await writeSources(recipe, draft);
  // Every host gets a key of its own, made by the lab.
  for (const name of await names(join(draft, "etc/ssh"))) {
    if (name.startsWith("ssh_host_")) await Deno.remove(join(draft, "etc/ssh", name));
  }
}

async function writeSources(recipe: Recipe, draft: string): Promise<void> {
  for (const name of await names(join(draft, "etc/apt/sources.list.d"))) {
    await Deno.remove(join(draft, "etc/apt/sources.list.d", name));
  }
  await Deno.writeTextFile(join(draft, "etc/apt/sources.list"), sourcesList(recipe, false));
}

async function recipeHere(suite: Suite): Promise<Recipe> {
  const found = mirrors(await sourceFiles());
  if (found.archive.length === 0) {
    throw new Error(
      `Cannot build the ${suite} image: apt's sources name no Debian mirror; expected one in /etc/apt/sources.list.d`,
    );
  }
  const settings = reachSettings(
    await run(["apt-config", "dump"], { to: "read apt's configuration" }),
  );
  const proxy = Deno.env.get("http_proxy");
  const proxied = settings.some((line) => line.startsWith("Acquire::http::Proxy "));
  if (proxy && !proxied) settings.push(`Acquire::http::Proxy "${proxy}";`);
  return {
    suite,
    sources: sourceLines(found, suite),
    settings,
    ...(found.keyring === undefined ? {} : { keyring: found.keyring }),
  };
}

async function sourceFiles(): Promise<Record<string, string>> {
  const folder = "/etc/apt/sources.list.d";
  const listed = (await names(folder)).filter((name) => /\.(list|sources)$/.test(name));
  const texts: Record<string, string> = {};
  for (
    const path of [
      "/etc/apt/sources.list",
      ...listed.sort().map((name) => join(folder, name)),
    ]
  ) {
    texts[path] = await Deno.readTextFile(path).catch(() => "");
  }
  return texts;
}

// Not every mirror has every suite's updates: what it lacks, the hosts do without.
async function carried(lines: SourceLine[]): Promise<SourceLine[]> {
  const kept: SourceLine[] = [];
  for (const line of lines) if (!line.optional || await carries(line)) kept.push(line);
  return kept;
}

// apt's own downloader, because it knows the machine's proxies and passwords.
async function carries({ uri, suite }: SourceLine): Promise<boolean> {
  const into = await Deno.makeTempDir({ prefix: "holdfast-lab-" });
  try {
    const argv = ["/usr/lib/apt/apt-helper", "download-file", `${uri}/dists/${suite}/InRelease`];
    return (await attempt([...argv, join(into, "InRelease")], { to: `ask for "${suite}"` }))
      .code === 0;
  } finally {
    await Deno.remove(into, { recursive: true });
  }
}

async function names(folder: string): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) found.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
