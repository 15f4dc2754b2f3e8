/**
 * What reports for code scanning say of the codes that this program prints.
 * @module
 */
import { LINTS } from "../lints/mod.ts";
import type { Lint } from "../lints/model.ts";
import type { SarifRule } from "../reporters/sarif.ts";
import { OWN_CODES } from "./lint/own_codes.ts";

const FENCE = "```";

/** Every lint with what its mended example looks like, and what is printed beside lints. */
export const SARIF_RULES: readonly SarifRule[] = [
  ...LINTS.map(({ code, severity, title, why, ok }) => ({
    code,
    severity,
    title,
    why,
    ok: mended(ok.files),
  })),
  ...OWN_CODES,
];

function mended(files: Lint["ok"]["files"]): string {
  return Object.entries(files)
    .map(([path, text]) => `\`${path}\`\n\n${FENCE}\n${text.trimEnd()}\n${FENCE}`).join("\n\n");
}
