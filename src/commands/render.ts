import { dirname, join } from "@std/path";
import { managedFiles } from "../endpoint/files.ts";
import { EXIT, InputError, TaskError } from "../errors.ts";
import { formatInputError } from "../inventory/problems.ts";
import type { World } from "../model.ts";
import { NOTHING } from "../runner/plan.ts";
import { loadTemplates } from "../templates.ts";
import { load, type LoadFlags } from "./load.ts";
import type { Io } from "./io.ts";

/** Flags of `render`. */
export interface RenderFlags extends LoadFlags {
  /** Folder that receives `HOST/path/of/the/file`. */
  readonly out: string;
}

/**
 * Writes the files of every selected host into a folder, offline. Nothing is known of the hosts,
 * so versions are the stated defaults and interfaces must be named in the inventory.
 */
export async function render(path: string, flags: RenderFlags, io: Io): Promise<number> {
  try {
    const { endpoints, selected } = await load(path, flags, io);
    const templates = await loadTemplates(new URL("../../templates/", import.meta.url));
    const files = endpoints.flatMap((endpoint) =>
      endpoint.members.filter(({ host }) => selected.has(host.name)).flatMap((member) => {
        const host = member.host.name;
        const world: World = { host, facts: new Map(), predicted: NOTHING };
        return managedFiles(endpoint, member, templates).map((file) => ({
          path: join(flags.out, host, file.path),
          content: file.content(world),
          mode: parseInt(file.mode, 8),
        }));
      })
    );
    for (const { path, content, mode } of files) {
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, content, { mode });
      io.out(`${path}\n`);
    }
    return EXIT.ok;
  } catch (error) {
    if (error instanceof InputError) io.err(`${formatInputError(error)}\n`);
    else if (error instanceof TaskError) io.err(`${error.message}\n`);
    else throw error;
    return EXIT.usage;
  }
}
