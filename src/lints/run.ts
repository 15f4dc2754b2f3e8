/**
 * Runs lints over configurations. Pure: text in, diagnostics out.
 * @module
 */
import { parseHaproxy } from "../configs/haproxy.ts";
import { parseKeepalived } from "../configs/keepalived.ts";
import type { Diagnostic, Source } from "../model.ts";
import type { Example, Finding, Lint, Node, SmallFile, Subject } from "./model.ts";
import { SEED_FAULTS } from "./seed.ts";

/** How lints are run. */
export interface LintOptions {
  /** Place of what a finding names in the inventory, where there is one. */
  readonly locate?: (finding: Finding) => Source | undefined;
  /** Place of the endpoint whose files these are; unset: the files were written by hand. */
  readonly within?: Source | undefined;
}

/** Everything that is wrong with the files themselves and everything that lints find, by place. */
export function lint(
  subject: Subject,
  lints: readonly Lint[],
  { locate = () => undefined, within }: LintOptions = {},
): readonly Diagnostic[] {
  const inside = within === undefined ? {} : { endpoint: within };
  const unreadable = subject.nodes.flatMap(({ keepalived, haproxy }) => [
    ...keepalived?.problems ?? [],
    ...haproxy?.problems ?? [],
  ]).map((it) => ({ ...it, ...inside }));
  const guide = subject.endpoint?.profile === "guide";
  const found = lints.flatMap((it) =>
    [...it.check(subject)].map((finding): Diagnostic => {
      const place = locate(finding);
      const { message, source, hint, settingHint, severity } = finding;
      return {
        severity: guide && SEED_FAULTS.has(it.code) ? "warning" : severity ?? it.severity,
        code: it.code,
        message,
        source: place ?? source,
        ...(place === undefined ? inside : { rendered: source }),
        hint: place === undefined ? hint : settingHint ?? hint,
      };
    })
  );
  return once([...unreadable, ...found]).toSorted(byPlace);
}

/** Several members have the same line of an inventory to thank for it: it is said once. */
function once(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, message, source }) => {
    const key = JSON.stringify([code, message, source?.file, source?.line, source?.column]);
    return !seen.has(key) && seen.add(key);
  });
}

/** Orders diagnostics by file, line and column; those without a place come last. */
export function byPlace({ source: a }: Diagnostic, { source: b }: Diagnostic): number {
  if (!a || !b) return a ? 1 : b ? -1 : 0;
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}

/** The load balancers of an example. */
export function nodesOf({ files, addresses = {}, versions = {} }: Example): readonly Node[] {
  const names = [...new Set(Object.keys(files).map((path) => path.split("/")[0] ?? ""))];
  return names.map((name) => {
    const own = Object.entries(files).filter(([path]) => path.startsWith(`${name}/`));
    const of = (file: string) => own.find(([path]) => path === `${name}/${file}`);
    const [keepalived, haproxy] = [of("keepalived.conf"), of("haproxy.cfg")];
    const small = own.map(([path, text]): SmallFile => ({
      path: `/etc/keepalived/${path.slice(name.length + 1)}`,
      file: path,
      text,
    }));
    const units = small.filter(({ path }) => path.endsWith(".service.conf"));
    return {
      name,
      addresses: addresses[name] ?? [],
      ...(keepalived && { keepalived: parseKeepalived(keepalived[1], keepalived[0], name) }),
      ...(haproxy && { haproxy: parseHaproxy(haproxy[1], haproxy[0]) }),
      scripts: small.filter(({ path }) => path.endsWith(".sh")),
      ...(units.length > 0 && { units }),
      versions,
    };
  });
}
