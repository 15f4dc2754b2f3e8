import type { Endpoint, Facts, Preflight } from "../../model.ts";
import { offersScript, parseOffers } from "../../packages/offers.ts";
import { IN_PRIVATE } from "../../packages/private.ts";
import { LOOKS, parseSources, SOURCES } from "../../packages/sources.ts";
import { isVersion } from "../../packages/versions.ts";
import { whichManager } from "../../packages/which.ts";
import { raw, sh } from "../../shell.ts";
import { DAEMONS, packagesFor } from "../needs.ts";
import { touches } from "./concerns.ts";
import { type Found, merged } from "./judged.ts";
import { MANAGERS } from "./managers.ts";

/** Are the daemons installed, or offered by the package manager, each at the version it shall have? */
export function availablePackages(endpoint: Endpoint): Preflight {
  const { members } = endpoint;
  const { versions } = packagesFor(endpoint);
  return {
    name: "packages",
    waits: false,
    concerns: (planned) => touches(planned, DAEMONS),
    probe: () => probe(versions),
    judge: (answers, facts) => {
      const found = members.flatMap(({ host: { name } }) => {
        const [seen, answer] = [facts.get(name), answers.get(name)];
        return seen === undefined || answer === undefined
          ? []
          : judge({ host: name, facts: seen, stdout: answer.stdout }, versions);
      });
      return { findings: merged(found) };
    },
  };
}

type Versions = Readonly<Record<string, string>>;

function probe(versions: Versions): string {
  return sh`${whichManager}
${IN_PRIVATE}
fetch=
${LOOKS}
${SOURCES}
${raw(offersScript(versions))}
:`;
}

/** One host, what is known of it, and what it said. */
interface Answer {
  readonly host: string;
  readonly facts: Facts;
  readonly stdout: string;
}

function judge({ host, facts, stdout }: Answer, versions: Versions): Found[] {
  const { packages, packageManager } = facts;
  const offers = parseOffers(stdout);
  const missing = DAEMONS.filter((name) => {
    const { installed, candidate } = packages[name] ?? {};
    const [have, pattern] = [installed ?? candidate, versions[name]];
    const right = have !== undefined && (pattern === undefined || isVersion(have, pattern));
    return !right && !offers.has(name);
  });
  if (packageManager === "unknown") return missing.length === 0 ? [] : [unmanaged(host, missing)];
  const elsewhere = Object.entries(versions).filter(([name, pattern]) =>
    offers.get(name)?.some((it) => isVersion(it, pattern)) === false
  );
  const { refresh } = MANAGERS[packageManager];
  return [
    ...elsewhere.map(([name, pattern]): Found => ({
      severity: "error",
      host,
      message: `${name} ${pattern} cannot be installed: it is offered ${
        offers.get(name)?.join(", ")
      }`,
      hint: `ask for one of them, or give it a source that has another and type: ${refresh}`,
    })),
    ...(missing.length === 0
      ? []
      : [lacking({ host, facts, stdout }, missing, packageManager, versions)]),
  ];
}

function unmanaged(host: string, missing: readonly string[]): Found {
  const known = Object.keys(MANAGERS).join(", ");
  return {
    severity: "error",
    host,
    message: `${missing.join(" and ")} cannot be installed: it has none of ${known}`,
    hint: "install them by hand, and leave that out here: --skip-tags packages",
  };
}

/** What is said of packages of which nothing is known that would be installed. */
function lacking(
  { host, stdout }: Answer,
  missing: readonly string[],
  manager: keyof typeof MANAGERS,
  versions: Versions,
): Found {
  const { none, give, ask, refresh, home } = MANAGERS[manager];
  const { any, lists, community } = parseSources(stdout);
  const wishes = missing.map((name) => `${name} ${versions[name] ?? ""}`.trim());
  const names = wishes.join(" and ");
  if (!any) {
    const message = `${names} cannot be installed: ${manager} has ${none}`;
    return { severity: "error", host, message, hint: `${give}, or install them by hand` };
  }
  if (manager === "apk" && missing.includes("keepalived") && !community) {
    return {
      severity: "warning",
      host,
      message: 'none of its repositories is Alpine\'s "community", which has keepalived',
      hint: `take the # away before it in /etc/apk/repositories, then type: ${refresh}`,
    };
  }
  if (!lists) {
    const message = `whether ${names} can be installed: its package lists are not read yet`;
    return { severity: "note", host, message, hint: `to know it before apply: ${refresh}` };
  }
  return {
    severity: "warning",
    host,
    message: `the package lists that it has offer no ${
      wishes.join(" and no ")
    }; apply reads them anew first`,
    hint: `see what "${ask(missing)}" says there` + (home === undefined ? "" : `; ${home}`),
  };
}
