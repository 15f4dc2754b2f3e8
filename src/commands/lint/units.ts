/**
 * Units of systemd and drop-ins of them, as they were named on the command line.
 * @module
 */
import { basename } from "@std/path";
import { settingsOf } from "../../configs/unit.ts";
import { quote } from "../../diagnostics.ts";
import type { SmallFile } from "../../lints/model.ts";
import type { Diagnostic } from "../../model.ts";
import type { TextFile } from "./named_files.ts";

const DAEMONS = ["keepalived", "haproxy"] as const;

/** A unit as the lints look at it, or why nobody can tell whose it is. */
export function unitOf(unit: TextFile): { readonly unit: SmallFile } | {
  readonly problem: Diagnostic;
} {
  const daemon = byName(unit.file) ?? byProgram(unit);
  if (daemon === undefined) return { problem: whose(unit.file) };
  const name = basename(unit.file);
  const path = name.endsWith(".service")
    ? `/etc/systemd/system/${daemon}.service`
    : `/etc/systemd/system/${daemon}.service.d/${name}`;
  return { unit: { ...unit, path } };
}

/** Units in the order in which systemd reads them: a drop-in comes behind what it changes. */
export function inOrder(units: readonly SmallFile[]): readonly SmallFile[] {
  const dropIn = ({ path }: SmallFile) => Number(!path.endsWith(".service"));
  return units.toSorted((a, b) => dropIn(a) - dropIn(b));
}

/** The last part of a path that names one of them: `keepalived.service.d/override.conf`. */
function byName(path: string): string | undefined {
  const part = path.split("/").slice(-2).findLast((it) =>
    DAEMONS.some((name) => it.includes(name))
  );
  const found = DAEMONS.filter((name) => part?.includes(name));
  return found.length === 1 ? found[0] : undefined;
}

function byProgram(unit: TextFile): string | undefined {
  const started = settingsOf(unit, "Service", "ExecStart").map(({ text }) => text).join("\n");
  return DAEMONS.find((name) => started.includes(`/${name}`));
}

function whose(path: string): Diagnostic {
  return {
    severity: "error",
    code: "wrong-file",
    message: `Cannot use ${quote(path, 200)}: neither its name nor an ExecStart says whether it ` +
      "is of keepalived or of haproxy",
    hint: `put it at keepalived.service.d/${basename(path)} or haproxy.service.d/${basename(path)}`,
  };
}
