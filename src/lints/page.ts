/**
 * docs/lints.md, made from the lints' own examples. Text only.
 * @module
 */
import type { Example, ExampleFiles, Lint } from "./model.ts";
import { SEED_FAULTS } from "./seed.ts";
import { SYSTEMS } from "./systems.ts";

const HEAD = `# Lints

Traps that a configuration of HAProxy and Keepalived can have. \`holdfast lint INVENTORY\` looks for
them in the files that the hosts of an inventory would get, and points at the value of the inventory
that decides it; every \`apply\` and \`check\` does so before it contacts a host: an error stops it,
warnings are shown. \`holdfast lint --keepalived FILE --haproxy FILE\` looks into files that were
written by hand, those of several hosts at once (\`--keepalived\` of each, in the order of
\`--haproxy\`), and into the scripts that Keepalived runs: \`--script FILE\`, or a file of that name
beside the keepalived.conf; which one it did not see is a note (\`unseen-script\`). \`--haproxy FOLDER\`
is one configuration: its \`*.cfg\` in order, as \`haproxy -f FOLDER\` reads them.

What a file does not say can be said beside it. \`--unit FILE\` is a unit of systemd or a drop-in:
\`keepalived-not-restarted\` and \`descriptors-over-limit\` look there, and say nothing without.
\`--system ${Object.keys(SYSTEMS).join("|")}\` knows which versions of the daemons a system brings,
\`--haproxy-version\` and \`--keepalived-version\` say another one. Without a version \`nbproc\` and
\`removed-word\` say which versions refuse a file, \`reload-check\` and \`interval-fraction\` warn and say
of which versions that is true, and \`unknown-word\` is silent.

How long failovers would take is said in both cases, computed and not measured
([profiles.md](profiles.md#how-long-it-takes)). What is longer than \`slo.failover\` of an inventory, or
\`--slo 2s\` for files by hand, is a warning: \`slo-missed\`.

\`--ignore CODE\` says nothing of one, \`--strict\` makes warnings count, \`--explain CODE\` shows what
stands below, and what is said of files that are no configuration at all (\`unreadable-config\`,
\`unreadable-file\`, \`wrong-file\`): those three cannot be left out.
\`--report sarif:FILE\` is for code scanning, \`--report github\` for annotations. What the seed
document itself does wrong is a warning under \`profile: guide\`, which renders that document as it is,
and is marked **seed** here.

This page is made from the lints' own examples: each is tried, with exactly this text.
`;

/** The whole page. */
export function lintsPage(lints: readonly Lint[]): string {
  return [HEAD, table(lints), ...lints.map(section)].join("\n");
}

function table(lints: readonly Lint[]): string {
  const rows = lints.map(({ code, severity, title }) =>
    `| [${code}](#${code}) | ${severity}${seed(code)} | ${title.replaceAll("|", "\\\\|")} |`
  );
  return `| code | severity | what is wrong |\n| --- | --- | --- |\n${rows.join("\n")}\n`;
}

function section({ code, severity, title, why, err, ok }: Lint): string {
  return `## ${code}

${severity[0]?.toUpperCase()}${severity.slice(1)}${seed(code)}: ${title}.

${why}

${files(err.files)}${known(err)}
What is said:

${fenced("text", err.says)}
Without it:

${files(ok.files)}`;
}

/** What is known beside the files, where the lint needs to know it. */
function known({ addresses = {}, versions = {} }: Example): string {
  const own = Object.entries(addresses).map(([node, list]) => `${node} has ${list.join(" and ")}`);
  const daemons = Object.entries(versions).map(([daemon, version]) => `${daemon} is ${version}`);
  const all = [...own, ...daemons];
  return all.length === 0 ? "" : `\nKnown beside the files: ${all.join(", ")}.\n`;
}

function files(example: ExampleFiles): string {
  return Object.entries(example).map(([path, text]) =>
    `\`${path}\`\n\n${fenced(path.endsWith(".sh") ? "sh" : "conf", text)}`
  ).join("\n");
}

function fenced(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
}

function seed(code: string): string {
  return SEED_FAULTS.has(code) ? ", **seed**" : "";
}
