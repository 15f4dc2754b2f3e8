import type { Endpoint, Facts, Preflight } from "../../model.ts";
import { sh } from "../../shell.ts";
import { DAEMONS } from "../needs.ts";
import { touches } from "./concerns.ts";
import { type Found, merged, rows } from "./judged.ts";

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

const PROBE = sh`ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 && echo "lists there"
cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null |
  grep -Eq '^[[:space:]]*(deb[[:space:]]|Types:.*deb)' && echo "sources there"
:`;

function judge(host: string, { packages, packageManager }: Facts, stdout: string): Found[] {
  const missing = DAEMONS.filter((name) =>
    packages[name]?.installed === undefined && packages[name]?.candidate === undefined
  );
  if (missing.length === 0) return [];
  const names = missing.join(" and ");
  if (packageManager !== "apt") {
    const message = `${names} cannot be installed: it has no apt`;
    return [{ severity: "error", host, message, hint: "install them by hand" }];
  }
  if (rows(stdout, "sources").length === 0) {
    const hint = "give it one in /etc/apt/sources.list.d, or install them by hand";
    return [{
      severity: "error",
      host,
      message: `${names} cannot be installed: apt has no source`,
      hint,
    }];
  }
  if (rows(stdout, "lists").length === 0) {
    const message = `whether ${names} can be installed: its package lists are not read yet`;
    return [{ severity: "note", host, message }];
  }
  return [{
    severity: "warning",
    host,
    message: `the package lists that it has offer no ${
      missing.join(" and no ")
    }; apply reads them anew first`,
    hint: `see what "apt-get update && apt-cache policy ${missing.join(" ")}" says there`,
  }];
}
