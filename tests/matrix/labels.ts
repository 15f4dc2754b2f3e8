/**
 * What a request to a host is for, read from its text: rows of the matrix, nothing that is judged.
 * @module
 */

/** The first that fits. */
const LABELS: readonly (readonly [label: string, pattern: RegExp])[] = [
  ["look, first", /dir=\/run\/holdfast nonce=/],
  ["install packages", /apt-get -q -y/],
  ["create account", /useradd --system/],
  ["ask what it meets", /with_curl\(\)/],
  ["look again", /printf '\\n%s %d\\n'|os-release/],
  ["put files in place", /staged_0|mktemp [^\n]*\.holdfast\./],
  ["remove files", /(^|\n)rm -f -- \/etc\//],
  ["run handler", /systemctl (reload-or-)?restart|systemctl reload-or-restart/],
  ["start service", /systemctl start --/],
  ["set kernel setting", /\/proc\/sys\//],
  ["ask about the address", /ip -o addr show to/],
];

/** The label of a request. */
export function labelOf(script: string): string {
  // Quotes within quotes are how a script travels; what it says is the same without them.
  const plain = script.replaceAll("'\\''", "'");
  return LABELS.find(([, pattern]) => pattern.test(plain))?.[0] ?? "journal and the rest";
}
