/** No text makes a rule for keepalived.conf end with an error. */
import fc from "fast-check";
import { parseHaproxy } from "../../src/configs/haproxy.ts";
import { parseKeepalived } from "../../src/configs/keepalived.ts";
import { formatDiagnostics } from "../../src/diagnostics.ts";
import { KEEPALIVED_LINTS } from "../../src/lints/mod.ts";
import type { Node } from "../../src/lints/model.ts";
import { lint, nodesOf } from "../../src/lints/run.ts";

/** Lines of the examples of all rules, in any order and any number. */
const LINES = [
  ...new Set(
    KEEPALIVED_LINTS.flatMap(({ err, ok }) => [err, ok])
      .flatMap(({ files }) => Object.values(files)).flatMap((text) => text.split("\n")),
  ),
];

const word = fc.oneof(
  fc.constantFrom(...new Set(LINES.flatMap((line) => line.trim().split(/\s+/)))),
  fc.string({ maxLength: 6 }),
  fc.constantFrom("-1", "0", "256", "1e9", "NaN", "10.0.0.300/99", "::/129", "/", '"', "{", "}"),
);
const line = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...LINES) },
  { weight: 1, arbitrary: fc.array(word, { maxLength: 4 }).map((words) => words.join(" ")) },
);
const file = fc.array(line, { maxLength: 40 }).map((lines) => lines.join("\n"));
const addresses = fc.array(
  fc.constantFrom("10.0.0.11", "10.0.0.11/24", "fd00::11/64", "10.0.0.10", "x", "", "1/x"),
  { maxLength: 2 },
);

Deno.test("rules for keepalived.conf take any files", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(file, addresses, file), { maxLength: 3 }), (texts) => {
      const nodes = texts.map(([text, own, script], i): Node => ({
        name: `lb${i}`,
        addresses: own,
        keepalived: parseKeepalived(text, `lb${i}/keepalived.conf`),
        ...(i === 1 && { haproxy: parseHaproxy(script) }),
        scripts: [{ path: "/etc/keepalived/check_haproxy.sh", file: "x.sh", text: script }],
        versions: i === 0 ? { keepalived: "2.2.7" } : {},
      }));
      formatDiagnostics(lint({ nodes }, KEEPALIVED_LINTS));
    }),
    { numRuns: 500 },
  );
});

Deno.test("rules for keepalived.conf never show a password", () => {
  const hidden = "Pass1234WORD";
  for (const { err } of KEEPALIVED_LINTS) {
    const files = Object.fromEntries(
      Object.entries(err.files).map(([path, text]) => [
        path,
        text.replace(/(auth_pass\s+"?)[^\s"]*/g, `$1${hidden}`) +
        `vrrp_instance P {\n authentication {\n auth_type PASS\n auth_pass ${hidden}#x\n }\n}\n`,
      ]),
    );
    const said = formatDiagnostics(lint({ nodes: nodesOf({ ...err, files }) }, KEEPALIVED_LINTS));
    if (/Pass1234|34WORD/.test(said)) throw new Error(`a password is shown: ${said}`);
  }
});
