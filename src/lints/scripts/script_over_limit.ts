/** @module */
import type { Word } from "../../configs/model.ts";
import { defineLint } from "../../define.ts";
import { type Check, checks, limitOf } from "./_checks.ts";

/** Keepalived ends the script before it has asked everything. */
export const scriptOverLimit = defineLint({
  code: "script-over-limit",
  severity: "warning",
  title: "a script that may need longer than Keepalived lets it",
  why:
    "Keepalived ends a script after the `timeout` of its `vrrp_script`, or its `interval`, and " +
    "counts that as a failure. Where the time limits of all requests together are longer, a check " +
    "fails although each answer came in time.",
  err: {
    files: {
      "lb1/keepalived.conf": `vrrp_script check_apiserver {
    script "/etc/keepalived/check_apiserver.sh"
    interval 3
}
`,
      "lb1/check_apiserver.sh": `#!/bin/sh
curl -sf --max-time 2 -o /dev/null http://127.0.0.1:8404/alive || exit 1
curl -sf --max-time 2 -o /dev/null http://127.0.0.1:8404/ready
`,
    },
    says: `lb1/check_apiserver.sh:3:21: warning: the check "check_apiserver" fails though ` +
      `every answer came in time: its requests may take 4 s, and Keepalived ends it after ` +
      `3 s [script-over-limit]
   hint: write shorter limits, or "timeout 4" into vrrp_script check_apiserver`,
  },
  ok: {
    files: {
      "lb1/keepalived.conf": `vrrp_script check_apiserver {
    script "/etc/keepalived/check_apiserver.sh"
    interval 3
}
`,
      "lb1/check_apiserver.sh": `#!/bin/sh
curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/alive || exit 1
curl -sf --max-time 1 -o /dev/null http://127.0.0.1:8404/ready
`,
    },
  },
  *check(subject) {
    for (const check of checks(subject)) {
      const { script } = check;
      const steps = [...limitsOf(check), ...pausesOf(check)];
      const longest = steps.at(-1);
      if (!script || !longest) continue;
      const all = steps.map(({ seconds }) => seconds);
      // Of branches that exclude each other only one is run.
      const sum = branches(check) ? Math.max(...all) : all.reduce((a, b) => a + b, 0);
      const allowed = limitOf(script);
      if (sum <= allowed) continue;
      const pauses = steps.some(({ pause }) => pause);
      yield {
        message: `the check "${script.name.text}" fails though every answer came in time: its ` +
          `${pauses ? "requests and pauses" : "requests"} may take ${
            Number(sum.toFixed(3))
          } s, and Keepalived ends it after ${allowed} s`,
        source: longest.word.source,
        hint: `write shorter ${pauses ? "ones" : "limits"}, or "timeout ${Math.ceil(sum)}" into ` +
          `vrrp_script ${script.name.text}`,
      };
    }
  },
});

/** Something that may take so long. */
interface Limit {
  /** The word that says how long. */
  readonly word: Word;
  /** Seconds. */
  readonly seconds: number;
  /** It takes so long in any case. */
  readonly pause: boolean;
}

function limitsOf({ requests }: Check): readonly Limit[] {
  return requests.flatMap((request) => {
    const word = request.options.get("max-time");
    const each = Number(word?.text);
    if (request.tool !== "curl" || word === undefined || !(each > 0)) return [];
    return [{ word, seconds: each * request.urls.length, pause: false }];
  });
}

function pausesOf({ commands }: Check): readonly Limit[] {
  return commands.flatMap(({ words: [program, word] }) => {
    if (!word || !/^(?:\S*\/)?sleep$/.test(program?.text ?? "")) return [];
    const [, number = "", unit = "s"] = /^(\d*\.?\d+)([smhd]?)$/.exec(word.text) ?? [];
    const factor = { m: 60, h: 3600, d: 86_400 }[unit] ?? 1;
    return number === "" ? [] : [{ word, seconds: Number(number) * factor, pause: true }];
  });
}

function branches({ commands }: Check): boolean {
  return commands.some(({ words }) => ["else", "elif", "case"].includes(words[0]?.text ?? ""));
}
