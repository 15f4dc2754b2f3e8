/**
 * Lints over the endpoints of an inventory.
 * @module
 */
import { TaskError } from "../../errors.ts";
import { InventoryError } from "../../inventory/problems.ts";
import { LINTS } from "../../lints/mod.ts";
import type { Finding } from "../../lints/model.ts";
import { lint } from "../../lints/run.ts";
import { SEED_FAULTS } from "../../lints/seed.ts";
import type { Diagnostic, Endpoint, Source } from "../../model.ts";
import type { Templates } from "../../templates.ts";
import type { Loaded } from "../load.ts";
import { renderedSubject, textsOf } from "./rendered.ts";

/** What lints found, with the texts that it points at. */
export interface Linted {
  /** Everything found, by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** Texts by the names of the files in it. */
  readonly sources: ReadonlyMap<string, string>;
}

type Read = Pick<Loaded, "locate" | "sources">;

/** Lints the files that the endpoints' hosts would get. What an inventory decides is said there. */
export function lintEndpoints(
  endpoints: readonly Endpoint[],
  { locate, sources }: Read,
  templates: Templates,
): Linted {
  const texts = new Map(sources);
  const diagnostics = endpoints.flatMap((endpoint) => {
    // Of an endpoint that shall go there is nothing to look at.
    if (endpoint.members.length === 0) return [];
    try {
      const subject = renderedSubject(endpoint, templates);
      const placed = (finding: Finding) => placeOf(finding, endpoint, locate);
      const within = locate({ endpoint: endpoint.name }, []);
      const found = together(lint(subject, LINTS, { locate: placed, within }));
      // Of thousands of hosts nobody could keep all files.
      const shown = new Set(
        found.flatMap(({ source, rendered }) => [source?.file, rendered?.file]),
      );
      for (const [file, text] of textsOf(subject)) if (shown.has(file)) texts.set(file, text);
      return found;
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      const { setting } = error;
      const place = setting && locate({ host: setting.host }, setting.path);
      return [cannotRender(error, place ?? locate({ endpoint: endpoint.name }, []))];
    }
  });
  return { diagnostics, sources: texts };
}

/**
 * What a run says before it contacts a host: errors stop it, warnings are given back. The faults of
 * the seed document are one of them: who chose profile guide wants them.
 * @throws {InventoryError} with all errors
 */
export function lintBefore(
  endpoints: readonly Endpoint[],
  read: Read,
  templates: Templates,
  path: string,
): Linted {
  const { diagnostics, sources } = lintEndpoints(endpoints, read, templates);
  if (diagnostics.some(({ severity }) => severity === "error")) {
    throw new InventoryError(diagnostics, sources);
  }
  const isSeed = ({ code }: Diagnostic) => SEED_FAULTS.has(code);
  const seeds = diagnostics.filter(isSeed);
  const own = diagnostics.filter((it) => !isSeed(it));
  const guides = endpoints.filter(({ profile }) => profile === "guide").map(({ name }) => name);
  if (guides.length === 0 || seeds.length === 0) return { diagnostics, sources };
  return { diagnostics: [...own, seedFaults(guides, seeds, path)], sources };
}

function seedFaults(
  guides: readonly string[],
  seeds: readonly Diagnostic[],
  path: string,
): Diagnostic {
  const codes = [...new Set(seeds.map(({ code }) => code))];
  return {
    severity: "warning",
    code: "seed-faults",
    message: `profile guide of ${guides.map((name) => `"${name}"`).join(", ")} renders the seed ` +
      `document as it is, with ${codes.length} known faults: ${codes.join(", ")}`,
    hint: `profile standard has none of them; holdfast lint ${path} says what each one does`,
  };
}

function cannotRender({ message }: TaskError, source: Source | undefined): Diagnostic {
  return { severity: "error", code: "cannot-render", message, ...(source && { source }) };
}

/** Settings that profile guide obeys: of the others it renders what the seed document says. */
const GUIDE_OBEYS = ["address", "backends", "port", "router_id", "auth_pass", "mode", "balance"];

function placeOf(
  { setting, hostSetting }: Finding,
  { name, members, profile }: Endpoint,
  locate: Loaded["locate"],
): Source | undefined {
  const { host, path = [] } = hostSetting ?? {};
  // What was derived is nowhere in the inventory.
  if (members.some((it) => it.host.name === host && it.priority !== undefined)) {
    return locate({ host: host ?? "" }, ["endpoint_host", ...path]);
  }
  const obeyed = profile !== "guide" || GUIDE_OBEYS.includes(setting?.at(-1) ?? "");
  return setting && obeyed ? locate({ endpoint: name }, setting) : undefined;
}

/** The same line on several hosts is said once, with the names of the others. */
function together(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const groups = Map.groupBy(diagnostics, ({ code, message, source }) => {
    const [, file = source?.file] = /^[^/:]+:(\/.*)$/.exec(source?.file ?? "") ?? [];
    return JSON.stringify([code, message, file, source?.line, source?.column]);
  });
  return [...groups.values()].flatMap(([first, ...rest]) => {
    if (first === undefined || rest.length === 0) return first ?? [];
    const hosts = rest.flatMap(({ source }) => source?.file.split(":")[0] ?? []);
    return { ...first, message: `${first.message} (the same on ${hosts.join(", ")})` };
  });
}
