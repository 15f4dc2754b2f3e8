import { dirname, join } from "@std/path";
import { managedFiles } from "../endpoint/files.ts";
import { EXIT, InputError, TaskError } from "../errors.ts";
import { formatInputError } from "../inventory/problems.ts";
import { imageVersion } from "../endpoint/pods.ts";
import { DEFAULT_VERSIONS } from "../endpoint/version.ts";
import type { Endpoint } from "../model.ts";
import { ownFile } from "../own_files.ts";
import { loadTemplates } from "../templates.ts";
import { load, type LoadFlags } from "./load.ts";
import type { Io } from "./io.ts";
import { DEFAULT_INTERFACE, unaskedWorld } from "./unasked.ts";

/** Flags of `render`. */
export interface RenderFlags extends LoadFlags {
  /** Folder that receives `HOST/path/of/the/file`. */
  readonly out: string;
}

/**
 * Writes the files of every selected host into a folder, offline. Nothing is known of the hosts:
 * what the inventory leaves to them is assumed, and said.
 */
export async function render(path: string, flags: RenderFlags, io: Io): Promise<number> {
  try {
    const { endpoints, selected } = await load(path, flags, io);
    const templates = await loadTemplates(ownFile("templates/"));
    const files = endpoints.map((endpoint) => assume(endpoint, io)).flatMap((endpoint) =>
      endpoint.members.filter(({ host }) => selected.has(host.name)).flatMap((member) => {
        const host = member.host.name;
        const world = unaskedWorld(host);
        return managedFiles(endpoint, member, templates).map((file) => ({
          path: join(flags.out, host, file.path),
          content: file.content(world),
          mode: parseInt(file.mode, 8),
        }));
      })
    );
    for (const file of files) {
      await write(file);
      io.out(`${file.path}\n`);
    }
    return EXIT.ok;
  } catch (error) {
    if (error instanceof InputError) io.err(`${formatInputError(error)}\n`);
    else if (error instanceof TaskError) io.err(`${error.message}\n`);
    else throw error;
    return EXIT.usage;
  }
}

/** Says what is assumed about the hosts of an endpoint, and fills it in. */
function assume(endpoint: Endpoint, io: Io): Endpoint {
  const auto = endpoint.interface === "auto"
    ? endpoint.members.filter((member) => member.interface === undefined)
    : [];
  const names = auto.map(({ host }) => host.name).join(", ");
  const assumed = [
    ...versions(endpoint),
    ...(auto.length === 0
      ? []
      : [`interface ${DEFAULT_INTERFACE} on ${names} ("interface" is auto)`]),
  ];
  if (assumed.length > 0) {
    io.err(
      `warning: no host was asked, assumed for "${endpoint.name}": ${assumed.join(", ")}\n`,
    );
  }
  return auto.length === 0 ? endpoint : { ...endpoint, interface: DEFAULT_INTERFACE };
}

/** Versions that nobody said: the tag of an image says its own. */
function versions({ pods }: Endpoint): string[] {
  return (["haproxy", "keepalived"] as const)
    .filter((name) => pods === undefined || imageVersion(pods.images[name]) === undefined)
    .map((name) => `${name} ${DEFAULT_VERSIONS[name]}`);
}

/** Writes a file as it would be on its host, whatever stood there before. */
async function write(file: { path: string; content: string; mode: number }): Promise<void> {
  const { path, content, mode } = file;
  try {
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, content, { mode });
    // The mode above is for a new file only, and narrowed by the umask.
    await Deno.chmod(path, mode);
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new TaskError(`Cannot write "${path}": ${error.message}`);
  }
}
