/** What the inventory's tests share: files in memory, secrets, one way to show what was wrong. */
import { InputError } from "../../src/errors.ts";
import { type Loaded, loadInventory, type LoadOptions } from "../../src/inventory/load.ts";
import { formatInputError } from "../../src/inventory/problems.ts";
import type { Files, SecretReader } from "../../src/inventory/read.ts";

/** A file system that holds these files and nothing else. */
export function memory(files: Readonly<Record<string, string>>): Files {
  return {
    read(path) {
      const text = Object.hasOwn(files, path) ? files[path] : undefined;
      return Promise.resolve(text === undefined ? { kind: "missing" } : { kind: "text", text });
    },
    list(folder) {
      const prefix = `${folder.replace(/\/$/, "")}/`;
      const names = Object.keys(files).filter((path) => path.startsWith(prefix))
        .map((path) => path.slice(prefix.length).replace(/\/.*/, "/"));
      return Promise.resolve([...new Set(names)].sort());
    },
  };
}

/** Secrets that tests name. */
export const secrets: SecretReader = {
  env: (name) => ({ VRRP_PASS: "s3cret", LONG_PASS: "much-too-long", ODD_PASS: "a b" })[name],
  file: (path) =>
    path.endsWith("pass.txt")
      ? Promise.resolve("fromfile\n")
      : Promise.reject(new Error("there is no such file")),
  command: (argv) => Promise.resolve(`${argv[1]}\n`),
};

/** Loads an inventory whose files are given, `hosts.yaml` first. */
export function load(
  files: string | Readonly<Record<string, string>>,
  options: LoadOptions = {},
): Promise<Loaded> {
  const all = typeof files === "string" ? { "hosts.yaml": files } : files;
  return loadInventory("hosts.yaml", { files: memory(all), secrets, ...options });
}

/** The problems of an inventory as a person would see them; empty when it loads. */
export async function problems(
  files: string | Readonly<Record<string, string>>,
  options: LoadOptions = {},
): Promise<string> {
  return await shown(load(files, options));
}

/** What a load that fails shows. */
export async function shown(loading: Promise<unknown>): Promise<string> {
  try {
    await loading;
    return "";
  } catch (error) {
    if (error instanceof InputError) return formatInputError(error);
    throw error;
  }
}
