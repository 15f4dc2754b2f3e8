import type { Endpoint, Facts, Preflight } from "../../model.ts";
import { IN_PRIVATE } from "../../packages/private.ts";
import { LOOKS, parseSources, SOURCES, type Sources } from "../../packages/sources.ts";
import { whichManager } from "../../packages/which.ts";
import { sh } from "../../shell.ts";
import { DAEMONS } from "../needs.ts";
import { touches } from "./concerns.ts";
import { type Found, merged } from "./judged.ts";
import { MANAGERS } from "./managers.ts";

/** Are the daemons installed, or offered by the package manager? */
export function availablePackages({ members }: Endpoint): Preflight {
  return {
    name: "packages",
    waits: false,
    concerns: (planned) => touches(planned, DAEMONS),
    probe: () => PROBE,
    judge: (answers, facts) => {
      const found = members.flatMap(({ host: { name } }) => {
        const [seen, answer] = [facts.get(name), answers.get(name)];
        return seen === undefined || answer === undefined ? [] : judge(name, seen, answer.stdout);
      });
      return { findings: merged(found) };
    },
  };
}

const PROBE = sh`${whichManager}
${IN_PRIVATE}
fetch=
${LOOKS}
${SOURCES}
:`;

function judge(host: string, { packages, packageManager }: Facts, stdout: string): Found[] {
  const missing = DAEMONS.filter((name) =>
    packages[name]?.installed === undefined && packages[name]?.candidate === undefined
  );
  if (missing.length === 0) return [];
  if (packageManager === "unknown") {
    return [{
      severity: "error",
      host,
      message: `${missing.join(" and ")} cannot be installed: it has none of ${
        Object.keys(MANAGERS).join(", ")
      }`,
      hint: "install them by hand, and leave that out here: --skip-tags packages",
    }];
  }
  return [lacking(host, missing, packageManager, parseSources(stdout))];
}

/** What is said of packages of which no version is known that would be installed. */
function lacking(
  host: string,
  missing: readonly string[],
  manager: keyof typeof MANAGERS,
  { any, lists, community }: Sources,
): Found {
  const { none, give, ask, refresh, home } = MANAGERS[manager];
  const names = missing.join(" and ");
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
      missing.join(" and no ")
    }; apply reads them anew first`,
    hint: `see what "${ask(missing)}" says there` + (home === undefined ? "" : `; ${home}`),
  };
}
