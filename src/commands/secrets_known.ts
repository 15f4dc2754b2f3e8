/**
 * What an inventory's secrets need, as far as this process may find out.
 * @module
 */
import process from "node:process";
import { OWN_FLAGS, ownScript } from "../own_files.ts";
import type { SecretsNamed } from "./secrets_named.ts";

/** What is needed where no inventory is read, or none of its secrets is. */
export const NO_SECRETS: SecretsNamed = { env: [], programs: [] };

/** What an inventory's secrets need; undefined: not known, this process may not read it. */
export async function secretsKnown(
  inventory: string | undefined,
): Promise<SecretsNamed | undefined> {
  if (inventory === undefined) return NO_SECRETS;
  if (await granted({ name: "run", command: Deno.execPath() })) return await askSecrets(inventory);
  if (await granted({ name: "read" })) return await readHere(inventory);
  return undefined;
}

async function granted(permission: Deno.PermissionDescriptor): Promise<boolean> {
  return (await Deno.permissions.query(permission)).state === "granted";
}

/** Asks a deno that may read, and nothing else. */
export async function askSecrets(inventory: string): Promise<SecretsNamed> {
  const script = decodeURIComponent(ownScript("src/commands/print_secrets_named.ts").pathname);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      ...OWN_FLAGS,
      "--allow-read",
      "--allow-env=HOME",
      "--ignore-env",
      script,
      inventory,
    ],
    stdin: "null",
    stderr: "null",
  }).output();
  return success ? JSON.parse(new TextDecoder().decode(stdout)) : NO_SECRETS;
}

/** Reads it in this process, which ends with a message afterwards. */
async function readHere(inventory: string): Promise<SecretsNamed | undefined> {
  const { secretsNamed } = await import("./secrets_named.ts");
  const { env } = process;
  // The YAML parser looks at variables that are for its own debugging, and may not: it sees none.
  process.env = {};
  try {
    return await secretsNamed(inventory);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  } finally {
    process.env = env;
  }
}
