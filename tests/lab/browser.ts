/**
 * A browser without a window, for what only a browser can tell about a page.
 * @module
 */

/** A browser that can be started. */
export interface Browser {
  /** The document as the browser understood it. */
  dom(page: string): Promise<string>;
  /** A picture of a window of this size. */
  screenshot(page: string, options: ScreenshotOptions): Promise<Uint8Array>;
}

/** How a page is looked at. */
export interface ScreenshotOptions {
  /** Width of the window, in pixels. */
  readonly width: number;
  /** Height of the window, in pixels. */
  readonly height: number;
  /** The reader likes it dark. @default {false} */
  readonly dark?: boolean;
}

/** Programs of the same family, by what they are called where. */
const NAMES = ["chromium", "chromium-browser", "google-chrome"];
/** A loaded machine of CI takes long to start a browser. */
const TIMEOUT_MS = 180_000;

const QUIET = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--hide-scrollbars",
];

/** The browser of this machine, installed where that is possible, or why there is none. */
export async function findBrowser(): Promise<Browser | string> {
  const found = await which();
  if (found !== undefined) return browserOf(found);
  if (Deno.build.os !== "linux" || Deno.uid() !== 0) {
    return "no chromium, and only root can install it";
  }
  const script = "apt-get -q update && " +
    "apt-get -q -y --no-install-recommends install chromium fonts-dejavu-core";
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await new Deno.Command("sh", { args: ["-c", script], env, stdout: "null" }).output();
  const installed = await which();
  return installed === undefined ? "chromium cannot be installed here" : browserOf(installed);
}

async function which(): Promise<string | undefined> {
  for (const name of NAMES) {
    const { success, stdout } = await new Deno.Command("sh", {
      args: ["-c", `command -v ${name}`],
    }).output();
    if (success) return new TextDecoder().decode(stdout).trim();
  }
  return undefined;
}

function browserOf(program: string): Browser {
  return {
    dom: (page) => started(program, page, ["--dump-dom"]),
    screenshot: async (page, { width, height, dark = false }) => {
      const file = await Deno.makeTempFile({ suffix: ".png" });
      try {
        await started(program, page, [
          `--window-size=${width},${height}`,
          `--blink-settings=preferredColorScheme=${dark ? 0 : 1}`,
          `--screenshot=${file}`,
        ]);
        return await Deno.readFile(file);
      } finally {
        await Deno.remove(file);
      }
    },
  };
}

/** Starts it with a profile of its own, and gives what it printed. @throws {Error} when it failed */
async function started(program: string, page: string, flags: readonly string[]): Promise<string> {
  const profile = await Deno.makeTempDir();
  try {
    const child = new Deno.Command(program, {
      args: [...QUIET, `--user-data-dir=${profile}`, ...flags, `file://${page}`],
      env: { XDG_CONFIG_HOME: profile, XDG_CACHE_HOME: profile },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { success, code, stdout, stderr } = await child.output();
    if (success) return new TextDecoder().decode(stdout);
    throw new Error(`Cannot look at "${page}": ${code}: ${new TextDecoder().decode(stderr)}`);
  } finally {
    // Its children may still write while they end.
    await Deno.remove(profile, { recursive: true }).catch(() => {});
  }
}
