import { assert, assertEquals, assertThrows } from "@std/assert";
import { z } from "zod";
import { EVENT_TYPES, eventJsonSchema, EventSchema } from "../src/event_schema.ts";
import { assertEvents } from "./event_lines.ts";
import { EVERYTHING } from "./reporters/events.ts";

const DOC = new URL("../docs/events.md", import.meta.url);
const FILE = new URL("../docs/events.schema.json", import.meta.url);
const UPDATE = Deno.env.get("HOLDFAST_UPDATE") === "1";

/** The parts of JSON Schema that events are described with. */
interface Node {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly additionalProperties?: Node;
}

/** One list entry of each field, those of objects in it below, as docs/events.md shows them. */
function fields({ properties = {}, required = [] }: Node, before = ""): string[] {
  return Object.entries(properties).flatMap(([name, node]) => {
    if (name === "type") return [];
    const path = before + name;
    const optional = required.includes(name) ? "" : ", optional";
    const own = `- \`${path}\` (${typeOf(node)}${optional}): ${node.description ?? ""}`;
    // What is described above already is not described again.
    if (/with the fields of `\w+`\.$/.test(node.description ?? "")) return [own];
    const inner = node.items?.properties !== undefined
      ? fields(node.items, `${path}[].`)
      : node.additionalProperties?.properties !== undefined
      ? fields(node.additionalProperties, `${path}.NAME.`)
      : fields(node, `${path}.`);
    return [own, ...inner];
  });
}

function typeOf(node: Node): string {
  if (node.const !== undefined) return JSON.stringify(node.const);
  if (node.enum !== undefined) return node.enum.map((word) => `\`${word}\``).join(", ");
  if (node.type === "array") return `array of ${node.items?.type}s`;
  return node.type ?? "";
}

/** A section of docs/events.md. */
function section(event: Node): string {
  const type = String(event.properties?.["type"]?.const);
  const list = fields(event);
  return `### \`${type}\`\n\n${event.description}\n\n${list.join("\n")}\n`;
}

const words = (text: string) => text.replaceAll(/\s+/g, " ").trim();

const { oneOf } = eventJsonSchema() as { oneOf: readonly Node[] };
const sections = oneOf.slice(0, -1).map(section);

Deno.test("docs/events.md describes every event, field by field", async () => {
  const [head = ""] = (await Deno.readTextFile(DOC)).split(/^### /m);
  const wanted = [head, ...sections.map((text) => `${text}\n`)].join("");
  if (UPDATE) await Deno.writeTextFile(DOC, wanted.trimEnd() + "\n");
  assertEquals(words(await Deno.readTextFile(DOC)), words(wanted));
});

Deno.test("docs/events.schema.json is the schema that runs are held against", async () => {
  if (UPDATE) await Deno.writeTextFile(FILE, `${JSON.stringify(eventJsonSchema(), null, 2)}\n`);
  assertEquals(JSON.parse(await Deno.readTextFile(FILE)), eventJsonSchema());
});

Deno.test("every field of every event has a description", () => {
  assertEquals(sections.flatMap((text) => text.split("\n")).filter((line) => /: $/.test(line)), []);
  assertEquals(sections.length, EVENT_TYPES.length);
});

Deno.test("the JSON Schema accepts what a run says, fields that come later, and nothing broken", () => {
  // The library cannot read `not`, which the last branch is made of.
  const described = { ...eventJsonSchema(), oneOf: oneOf.slice(0, -1) };
  const schema = z.fromJSONSchema(described as Parameters<typeof z.fromJSONSchema>[0]);
  const accepts = (event: unknown) => schema.safeParse(event).success;
  for (const event of EVERYTHING) assert(accepts(event), JSON.stringify(event));
  assertEquals([
    accepts({ ...EVERYTHING[0], codename: "x" }),
    accepts({ type: "version", format: 2, holdfast: "1" }),
    accepts({ type: "version", format: 1 }),
    accepts({ at: 1 }),
  ], [true, false, false, false]);
});

Deno.test("the JSON Schema leaves room for event types that come later, and for no known one", () => {
  assertEquals(
    oneOf.at(-1)?.properties,
    {
      type: { type: "string", not: { enum: EVENT_TYPES } },
    } as unknown as Node["properties"],
  );
  assertEquals(EVENT_TYPES, [...new Set(EVENT_TYPES)]);
});

Deno.test("EventSchema leaves out what it does not know, so that old readers go on", () => {
  const [version] = EVERYTHING;
  assertEquals(EventSchema.parse({ ...version, codename: "x" }), version);
});

const lines = EVERYTHING.map((event) => JSON.stringify(event));

/** The recorded run with one event edited. */
function edited(type: string, edit: (event: Record<string, unknown>) => unknown): string[] {
  return lines.map((line) => {
    const event = JSON.parse(line);
    return event.type === type ? JSON.stringify(edit(event)) : line;
  });
}

Deno.test("assertEvents() accepts a whole run", () => {
  assertEquals(assertEvents(lines), [...EVERYTHING]);
});

const WRONG: Readonly<Record<string, readonly string[]>> = {
  "a field that nobody described": edited("check-end", (event) => ({ ...event, more: 1 })),
  "a field that is missing": edited("task-end", ({ ms: _, ...event }) => event),
  "an event that nobody described": edited("diagnostic", () => ({ type: "noise" })),
  "a run without its end": lines.slice(0, -1),
  "a run without its version": lines.slice(1),
  "two starts": edited("diagnostic", () => EVERYTHING[1]),
  "counts that are not those of the events": lines.filter((line) =>
    !/haproxy","status":"ok/.test(line)
  ),
  "a host that never ends": lines.filter((line) => !/"host-end".*"lb1"/.test(line)),
  "a host that goes on after its end": lines.flatMap((line) =>
    line.includes('"host-end"') ? [line, line] : [line]
  ),
};

for (const [name, wrong] of Object.entries(WRONG)) {
  Deno.test(`assertEvents() refuses ${name}`, () => {
    assert(JSON.stringify(wrong) !== JSON.stringify(lines));
    assertThrows(() => assertEvents(wrong));
  });
}
