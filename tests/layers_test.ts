import { assertEquals } from "@std/assert";

/**
 * Who may import what, by folder or file; the longest matching row counts. `*` after a folder is
 * all of it. Imports within one's own folder are always allowed.
 */
const MAY: Readonly<Record<string, readonly string[]>> = {
  "src/model.ts": ["src/model"],
  "src/model": [],
  "src/drill_events.ts": [],
  "src/events.ts": ["src/model.ts", "src/drill_events.ts"],
  "src/event_fields.ts": [],
  "src/event_schema.ts": ["src/drill_event_schema.ts", "src/event_fields.ts"],
  "src/drill_event_schema.ts": ["src/event_fields.ts"],
  "src/errors.ts": ["src/model.ts"],
  "src/define.ts": ["src/model.ts", "src/drills/model.ts", "src/lints/model.ts"],
  // Text of the two daemons in, pieces with places out.
  "src/configs": ["src/model.ts", "src/remembered.ts"],
  "src/lints/model.ts": ["src/configs/model.ts", "src/model.ts"],
  "src/lints": [
    "src/lints/model.ts",
    "src/remembered.ts",
    "src/configs",
    "src/define.ts",
    "src/model.ts",
    "src/diagnostics.ts",
    "src/endpoint",
  ],
  "src/shell.ts": [],
  "src/step_record.ts": ["src/shell.ts"],
  "src/openrc.ts": ["src/shell.ts"],
  "src/kubelet.ts": ["src/shell.ts"],
  "src/units.ts": ["src/model.ts", "src/openrc.ts", "src/shell.ts"],
  "src/terminal.ts": [],
  "src/packages": ["src/shell.ts"],
  "src/version.ts": [],
  "src/own_files.ts": [],
  "src/secret_forms.ts": [],
  "src/secret_search.ts": [],
  "src/secret.ts": ["src/model.ts", "src/secret_forms.ts", "src/secret_search.ts"],
  "src/diagnostics.ts": ["src/model.ts", "src/terminal.ts"],
  "src/describe.ts": ["src/model.ts", "src/events.ts", "src/secret.ts"],
  "src/bytes.ts": [],
  "src/remembered.ts": [],
  "src/addresses.ts": ["src/model.ts"],
  "src/services.ts": ["src/model.ts", "src/addresses.ts", "src/remembered.ts"],
  "src/obstacles.ts": ["src/shell.ts"],
  "src/file_state.ts": [
    "src/model.ts",
    "src/bytes.ts",
    "src/errors.ts",
    "src/obstacles.ts",
    "src/shell.ts",
  ],
  "src/templates.ts": ["src/errors.ts"],
  // What a host's firewall says, and the rules that it is to have.
  "src/firewall": ["src/model.ts", "src/errors.ts", "src/shell.ts", "src/file_state.ts"],
  // What the load balancers say of the address, and the verdict over it.
  "src/vip": [
    "src/addresses.ts",
    "src/units.ts",
    "src/services.ts",
    "src/model.ts",
    "src/openrc.ts",
    "src/kubelet.ts",
    "src/shell.ts",
  ],
  "src/endpoint": [
    "src/firewall/passage.ts",
    "src/packages",
    "src/configs",
    "src/addresses.ts",
    "src/remembered.ts",
    "src/services.ts",
    "src/model.ts",
    "src/errors.ts",
    "src/openrc.ts",
    "src/kubelet.ts",
    "src/shell.ts",
    "src/templates.ts",
  ],
  // What a platform tells of machines in, and what is wrong or wanted of it out.
  "src/placement": ["src/model.ts", "src/errors.ts", "src/diagnostics.ts"],
  // A platform that is asked, behind the seam of model.ts.
  "src/placement/https": [
    "src/model.ts",
    "src/secret.ts",
    "src/terminal.ts",
    "src/placement/errors.ts",
  ],
  "src/placement/vsphere": [
    "src/model.ts",
    "src/diagnostics.ts",
    "src/placement/model.ts",
    "src/placement/errors.ts",
    "src/placement/https",
  ],
  "src/placement/proxmox": [
    "src/model.ts",
    "src/diagnostics.ts",
    "src/placement/model.ts",
    "src/placement/errors.ts",
    "src/placement/https",
  ],
  "src/placement/libvirt": [
    "src/bytes.ts",
    "src/model.ts",
    "src/diagnostics.ts",
    "src/terminal.ts",
    "src/placement/model.ts",
    "src/placement/errors.ts",
    "src/placement/words.ts",
  ],
  "src/simulate": [
    "src/services.ts",
    "src/model.ts",
    "src/diagnostics.ts",
    "src/endpoint",
    "src/inventory/connection/grammar.ts",
    "src/placement/names.ts",
  ],
  "src/inventory": [
    "src/bytes.ts",
    "src/addresses.ts",
    "src/services.ts",
    "src/model.ts",
    "src/errors.ts",
    "src/diagnostics.ts",
    "src/secret.ts",
    "src/terminal.ts",
  ],
  "src/ssh": [
    "src/model.ts",
    "src/errors.ts",
    "src/shell.ts",
    "src/step_record.ts",
    "src/terminal.ts",
  ],
  "src/saved_plan.ts": ["src/model.ts"],
  "src/journal": ["src/model.ts", "src/shell.ts"],
  "src/runner": [
    "src/addresses.ts",
    "src/journal",
    "src/saved_plan.ts",
    "src/obstacles.ts",
    "src/bytes.ts",
    "src/packages",
    "src/model.ts",
    "src/events.ts",
    "src/errors.ts",
    "src/shell.ts",
    "src/step_record.ts",
  ],
  "src/drills/model.ts": ["src/model.ts", "src/events.ts", "src/drill_events.ts"],
  "src/drills/measure": ["src/model.ts", "src/drill_events.ts", "src/drills/model.ts"],
  "src/drills/catalogue": [
    "src/addresses.ts",
    "src/model.ts",
    "src/define.ts",
    "src/shell.ts",
    "src/endpoint",
    "src/drills/model.ts",
    "src/drills/remote",
  ],
  "src/drills/remote": [
    "src/addresses.ts",
    "src/model.ts",
    "src/shell.ts",
    "src/drills/model.ts",
  ],
  "src/drills": [
    "src/addresses.ts",
    // What a drill asks hosts is what a run asks them, under the same lock.
    "src/runner/facts.ts",
    "src/runner/lock.ts",
    "src/runner/look.ts",
    "src/runner/tally.ts",
    "src/diagnostics.ts",
    "src/model.ts",
    "src/events.ts",
    "src/drill_events.ts",
    "src/errors.ts",
    "src/shell.ts",
    "src/endpoint",
  ],
  "src/prober": [
    "src/own_files.ts",
    "src/model.ts",
    "src/errors.ts",
    "src/drills/model.ts",
    "src/ssh",
  ],
  "src/reporters": [
    "src/model.ts",
    "src/drill_events.ts",
    "src/events.ts",
    "src/diagnostics.ts",
    "src/terminal.ts",
  ],
  "src/lab": ["src/own_files.ts", "src/model.ts", "src/errors.ts", "src/shell.ts"],
  "src/commands": ["src", "tasks/play.ts"],
  "tasks/play.ts": [
    "src/addresses.ts",
    "src/services.ts",
    "src/model.ts",
    "src/file_state.ts",
    "src/define.ts",
    "src/endpoint",
    "src/templates.ts",
    "tasks",
  ],
  "tasks": [
    "src/vip",
    "src/units.ts",
    "src/addresses.ts",
    "src/services.ts",
    "src/firewall",
    "src/openrc.ts",
    "src/kubelet.ts",
    "src/packages",
    "src/templates.ts",
    "src/model.ts",
    "src/define.ts",
    "src/errors.ts",
    "src/shell.ts",
    "src/file_state.ts",
    "src/obstacles.ts",
  ],
  "cli.ts": ["src/errors.ts", "src/secret.ts", "src/terminal.ts", "src/commands"],
  "mod.ts": [
    "src/firewall/passage.ts",
    "src/templates.ts",
    "src/model.ts",
    "src/events.ts",
    "src/define.ts",
    "src/drills/model.ts",
    "src/errors.ts",
    "src/shell.ts",
    "tasks",
  ],
};

/** The lab is imported by its own command alone. */
const LAB_USERS = ["src/lab", "src/commands/line/lab.ts"];

/** Files that may say `Deno.`, a clock or a random number: the rim. */
const RIM = [
  "cli.ts",
  "src/commands",
  "src/lab",
  "src/ssh",
  "src/inventory/read.ts",
  "src/inventory/programs.ts",
  "src/inventory/real_secrets.ts",
  "src/placement/https/https.ts",
  "src/placement/libvirt/virsh.ts",
  "src/placement/vsphere/wire.ts",
  "src/prober",
  "src/templates.ts",
];

const root = new URL("../", import.meta.url);

async function sources(dir: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(new URL(dir, root))) {
    if (isDirectory) found.push(...await sources(`${dir}${name}/`));
    else if (name.endsWith(".ts")) found.push(`${dir}${name}`);
  }
  return found;
}

const files = ["cli.ts", "mod.ts", ...await sources("src/"), ...await sources("tasks/")].sort();
const texts = new Map<string, string>();
for (const file of files) texts.set(file, await Deno.readTextFile(new URL(file, root)));

function imports(file: string): string[] {
  const found = (texts.get(file) ?? "").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g);
  return [...found].map(([, path = ""]) =>
    new URL(path, new URL(file, root)).pathname.slice(root.pathname.length)
  );
}

const within = (file: string, place: string) => file === place || file.startsWith(`${place}/`);

/** Text without comments, so that an example in a doc comment is nobody's import. */
for (const [file, text] of texts) {
  texts.set(file, text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, ""));
}

Deno.test("every file imports only what its layer may", () => {
  const wrong = files.flatMap((file) => {
    const row = Object.keys(MAY).filter((place) =>
      within(file, place)
    ).sort((a, b) => b.length - a.length)[0];
    if (row === undefined) {
      return [`${file} is in no layer`];
    }
    return imports(file)
      .filter((path) =>
        !within(path, row) && !(MAY[row] ?? []).some((place) =>
          within(path, place)
        )
      )
      .map((path) => `${file} imports ${path}`);
  });
  assertEquals(wrong, []);
});

Deno.test("nothing but its own command knows the lab", () => {
  const wrong = files.filter((file) =>
    !LAB_USERS.some((place) => within(file, place)) &&
    imports(file).some((path) => within(path, "src/lab"))
  );
  assertEquals(wrong, []);
});

Deno.test("no file but those at the rim touches the world", () => {
  const wrong = files.filter((file) =>
    !RIM.some((place) => within(file, place)) &&
    /(?<!")\bDeno\.|Date\.now|Math\.random|setTimeout|(?<!function )\bfetch\(|randomUUID/.test(
      texts.get(file) ?? "",
    )
  );
  assertEquals(wrong, []);
});

Deno.test("tasks other than the play import no task", () => {
  const wrong = files.filter((file) =>
    within(file, "tasks") && file !== "tasks/play.ts" &&
    imports(file).some((path) => within(path, "tasks"))
  );
  assertEquals(wrong, []);
});

Deno.test("no imports go around in a circle", () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [[...path.slice(path.indexOf(file)), file].join(" -> ")];
    if (done.has(file)) return [];
    const found = imports(file).flatMap((next) => visit(next, [...path, file]));
    done.add(file);
    return found;
  };
  assertEquals(files.flatMap((file) => visit(file, [])), []);
});

Deno.test("no file is over 400 lines", async () => {
  const all = [
    ...files,
    ...await sources("tests/"),
    ...await sources("bench/"),
    ...await sources("std/"),
  ];
  const long: string[] = [];
  for (const file of all) {
    const lines = (await Deno.readTextFile(new URL(file, root))).split("\n").length - 1;
    if (lines > 400) long.push(`${file}: ${lines}`);
  }
  assertEquals(long, []);
});
