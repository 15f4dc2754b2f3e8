/**
 * The commands that read an inventory and contact no host: lint, render, simulate, inventory,
 * explain, schema.
 * @module
 */
import { type Command, Option } from "commander";
import { SYSTEMS } from "../../lints/systems.ts";
import type { ExplainFlags } from "../explain.ts";
import type { LintFlags } from "../lint/lint.ts";
import type { InventoryFlags } from "../inventory.ts";
import type { RenderFlags } from "../render.ts";
import type { SimulateFlags } from "../simulate.ts";
import { collect, EXTRA_VARS, type Line, milliseconds, reportFiles, version } from "./options.ts";

/** Declares lint, render, simulate, inventory, explain and schema. */
export function declareRead(program: Command, line: Line): void {
  declareLint(program, line);
  declareRender(program, line);
  declareSimulate(program, line);
  declareInventory(program, line);
  declareExplain(program, line);
  declareSchema(program, line);
}

function declareLint(program: Command, { perform, io }: Line): void {
  program.command("lint").argument("[inventory]")
    .description("find traps in an inventory, or in configurations written by hand")
    .summary("find traps in it, or in files by hand")
    .optionsGroup("Files by hand:")
    .option("--keepalived <file>", "a keepalived.conf; may be repeated, one for each host", collect)
    .option(
      "--haproxy <file>",
      "a haproxy.cfg, or a folder of them that is one; one for all hosts, or one for each",
      collect,
    )
    .option("--script <file>", "a script that Keepalived runs; may be repeated", collect)
    .option("--unit <file>", "a systemd unit of theirs, or a drop-in; may be repeated", collect)
    .addOption(
      new Option(
        "--system <name>",
        `what they run on, for versions: ${Object.keys(SYSTEMS).join(", ")}`,
      )
        .choices(Object.keys(SYSTEMS)),
    )
    .option("--haproxy-version <version>", "or that of HAProxy alone", version)
    .option("--keepalived-version <version>", "or that of Keepalived alone", version)
    .option("--slo <time>", "longest failover that they may come to", milliseconds)
    .optionsGroup("What to say:")
    .option("--ignore <code>", "say nothing of this one; may be repeated", collect)
    .option("--strict", "warnings count as errors")
    .option("--list", "list what is looked for")
    .option("--explain <code>", "what one of them is about, with an example")
    .optionsGroup("Play and variables:")
    .option(...EXTRA_VARS, collect)
    .optionsGroup("Output:")
    .option("--json", "print one event a line")
    .option(
      "--report <kind[:file]>",
      "also report as sarif, github, junit, jsonl or html; may be repeated",
      collect,
    )
    .action((inventory: string | undefined, flags: LintFlags) =>
      perform("lint", async () => {
        const { lintCommand } = await import("../lint/lint.ts");
        return await lintCommand(inventory, flags, io);
      }, { writes: reportFiles(flags.report) })
    );
}

function declareRender(program: Command, { perform, io }: Line): void {
  program.command("render").argument("<inventory>")
    .description("write the files of every host into a folder, without touching a host")
    .summary("the files of every host, into a folder")
    .addOption(new Option("--out <dir>", "the folder").makeOptionMandatory())
    .option("-l, --limit <pattern>", "hosts to render for")
    .option(...EXTRA_VARS, collect)
    .action((inventory: string, flags: RenderFlags) =>
      perform("render", async () => {
        const { render } = await import("../render.ts");
        return await render(inventory, flags, io);
      }, { inventory })
    );
}

function declareSimulate(program: Command, { perform, io }: Line): void {
  program.command("simulate").argument("<inventory>")
    .description(
      "what every single and every double loss leaves of the endpoints, without touching a host",
    )
    .summary("what one loss leaves, and what two do")
    .option("--external-etcd", "etcd does not run beside the API servers")
    .option("--strict", "end with 2 when one loss takes an endpoint down")
    .option("--placement", "ask the platform of each placement where machines run now")
    .option("--json", "print JSON")
    .option("-l, --limit <pattern>", "endpoints of these load balancers")
    .option(...EXTRA_VARS, collect)
    .action((inventory: string, flags: SimulateFlags) =>
      perform("simulate", async () => {
        const { simulateInventory } = await import("../simulate.ts");
        return await simulateInventory(inventory, flags, io);
      }, { inventory, asksPlatforms: flags.placement === true })
    );
}

function declareInventory(program: Command, { perform, io }: Line): void {
  program.command("inventory").argument("<inventory>")
    .description("what an inventory says, in the shape of ansible-inventory")
    .summary("what it says, as ansible-inventory says it")
    .option("--list", "every group and host, as JSON")
    .option("--host <name>", "the variables of one host, as JSON")
    .option("--graph", "the tree of groups")
    .option("--vars", "with --graph: variables too")
    .option("-l, --limit <pattern>", "hosts to list")
    .option(...EXTRA_VARS, collect)
    .action((inventory: string, flags: InventoryFlags) =>
      perform("inventory", async () => {
        const { inventoryCommand } = await import("../inventory.ts");
        return await inventoryCommand(inventory, flags, io);
      }, { inventory })
    );
}

function declareExplain(program: Command, { perform, io }: Line): void {
  program.command("explain").argument("<inventory>").argument("<host>").argument("[key]")
    .description("where a value of a host comes from, and what it overrode")
    .summary("where a host's values come from")
    .option("--json", "print JSON")
    .option(...EXTRA_VARS, collect)
    .action((inventory: string, host: string, key: string | undefined, flags: ExplainFlags) =>
      perform("explain", async () => {
        const { explain } = await import("../explain.ts");
        return await explain(inventory, host, key, flags, io);
      }, { inventory })
    );
}

function declareSchema(program: Command, { perform, io }: Line): void {
  program.command("schema")
    .description("the JSON Schema of the inventory, for editors")
    .summary("its JSON Schema, for editors")
    .action(() =>
      perform("schema", async () => {
        const { schema } = await import("../schema.ts");
        return schema(io);
      })
    );
}
