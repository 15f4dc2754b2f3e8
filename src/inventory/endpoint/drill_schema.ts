/**
 * The shape of `endpoint.drill`: what drills need beside ssh.
 * @module
 */
import * as z from "zod";
import { PLACEHOLDER, unknownPlaceholders } from "./placeholders.ts";

/** The words of a command, with what stands in for the names that a drill fills in. */
function command(placeholders: readonly [string, string], example: readonly string[]) {
  const named = placeholders.map((name) => `{${name}}`);
  const error = `expected a list of words, the program first, with ${named.join(" and ")} in them`;
  const word = "expected a word of text";
  return z.array(
    z.string({ error: word }).refine((text) => !text.includes("\0"), { error: word }),
    { error },
  )
    .min(1, { error })
    .superRefine((words, context) => {
      if (words.length === 0) return;
      for (const { index, found, hint } of unknownPlaceholders(words, placeholders)) {
        const message = `expected ${named.join(" or ")} in braces, ${found} is neither`;
        context.addIssue({ code: "custom", path: [index], message, params: hint });
      }
      // A program with a name of its own can be granted to a run, and nothing else.
      const [program = ""] = words;
      if (program.trim() === "" || program.search(PLACEHOLDER) >= 0) {
        const message = "expected the program, without anything to be filled in";
        context.addIssue({ code: "custom", path: [0], message });
      }
      for (const name of named.filter((name) => !words.some((text) => text.includes(name)))) {
        context.addIssue({ code: "custom", message: `expected ${name} in one of its words` });
      }
    })
    // What a refinement demands, no JSON Schema of zod's can say.
    .meta({
      allOf: placeholders.map((name) => ({
        contains: { type: "string", pattern: `\\{${name}\\}` },
      })),
      examples: [example],
    });
}

const HOST = { error: "expected the name of a host" };

/** The `drill` map of an endpoint. */
export const drillSchema = z.strictObject({
  power_command: command(["host", "action"], ["power", "{host}", "{action}"]).optional().meta({
    description: "Command on this machine that switches the power of a load balancer, words " +
      "without a shell; {action} is off or on. Without it drills of power are skipped",
  }),
  api_command: command(["server", "action"], ["api", "{server}", "{action}"]).optional().meta({
    description: "Command on this machine that breaks an API server, words without a shell; " +
      "{action} is stop, start, 500 or 200. Without it drills of API servers are skipped",
  }),
  probe_from: z.string(HOST).min(1, HOST).optional().meta({
    description: "Host of the inventory that asks the endpoint during a drill, none of its " +
      "load balancers; without it this machine asks",
    examples: ["jump1"],
  }),
}, { error: "expected a mapping" });

/** What an `endpoint.drill` map holds. */
export type DrillMap = z.output<typeof drillSchema>;

/** Keys of the map, for suggestions. */
export const DRILL_KEYS: readonly string[] = Object.keys(drillSchema.shape);
