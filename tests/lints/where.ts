/** Where one lint finds something. */
import { LINTS } from "../../src/lints/mod.ts";
import type { Example } from "../../src/lints/model.ts";
import { lint, nodesOf } from "../../src/lints/run.ts";

/** `line:column` of every finding of a lint in a file of `lb1`, in order. */
export function where(
  code: string,
  files: Readonly<Record<string, string>>,
  more: Omit<Example, "files"> = {},
): readonly string[] {
  const only = LINTS.filter((it) => it.code === code);
  if (only.length !== 1) throw new Error(`there is no lint ${code}`);
  const named = Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path.includes("/") ? path : `lb1/${path}`, text]),
  );
  return lint({ nodes: nodesOf({ files: named, ...more }) }, only)
    .map(({ source }) => `${source?.line}:${source?.column}`);
}
