/**
 * Builds the stand-in of a vCenter (main.go) from Debian packages, once for each version of it.
 * @module
 */

/** Debian packages that it is built from. */
export const PACKAGES: readonly string[] = ["golang-go", "golang-github-vmware-govmomi-dev"];

const SOURCE = new URL("./main.go", import.meta.url);
const GOPATH = "/usr/share/gocode";

/** What is missing here to build it; empty: nothing. */
export async function missing(): Promise<readonly string[]> {
  const there = [await hasGo(), await exists(`${GOPATH}/src/github.com/vmware/govmomi/simulator`)];
  return PACKAGES.filter((_, i) => there[i] !== true);
}

/**
 * Path of the program: `HOLDFAST_VCSIM`, or one that is built now (a minute, the first time).
 *
 * @returns undefined where it cannot be built because packages are missing
 * @throws {Error} when building fails
 */
export async function vcsim(): Promise<string | undefined> {
  const ready = Deno.env.get("HOLDFAST_VCSIM");
  if (ready) return ready;
  if ((await missing()).length > 0) return undefined;
  const source = await Deno.readFile(SOURCE);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", source)).toHex().slice(0, 16);
  const dir = `${await cacheDir()}/holdfast-tests`;
  const program = `${dir}/vcsim-${hash}`;
  if (await exists(program)) return program;
  await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
  // Test files run beside each other: the last rename wins, and all of them are the same.
  const fresh = `${program}.${crypto.randomUUID()}`;
  await build(fresh, dir);
  await Deno.rename(fresh, program);
  return program;
}

async function build(program: string, cache: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("go", {
    args: ["build", "-trimpath", "-ldflags", "-s -w", "-o", program, "."],
    cwd: new URL("./", SOURCE),
    // Nothing but what Debian ships: no modules, no proxy, no C compiler.
    env: {
      ...{ GO111MODULE: "off", GOPATH, GOFLAGS: "", GOPROXY: "off", CGO_ENABLED: "0" },
      GOCACHE: `${cache}/go-build`,
    },
  }).output();
  if (!success) throw new Error(`Cannot build tests/vcsim: ${new TextDecoder().decode(stderr)}`);
}

async function cacheDir(): Promise<string> {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME") ?? ""}/.cache`;
  return home.startsWith("/") && home !== "/.cache" ? home : await Deno.makeTempDir();
}

async function hasGo(): Promise<boolean> {
  return (await new Deno.Command("sh", { args: ["-c", "command -v go"] }).output()).success;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
