/**
 * The shape of `endpoint.vrrp.notify`: what a load balancer runs when its state changes.
 * @module
 */
import * as z from "zod";
import { unknownPlaceholders } from "./placeholders.ts";
import { mapping } from "./values.ts";

/** What stands in for a value in the words of the command. */
const NAMES = ["state", "host", "endpoint"];
const NAMED = NAMES.map((name) => `{${name}}`).join(", ").replace(/, ([^,]*)$/, " or $1");

const LIST = { error: "expected a list of words, the program first" };
const WORD = { error: "expected a word of text without line breaks and control characters" };
const PROGRAM = /^(\/|[A-Za-z0-9])[A-Za-z0-9._/+-]*$/;

const command = z.array(
  z.string(WORD).regex(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]{0,1024}$/u, WORD)
    // Not every reader of a JSON Schema knows \p.
    .meta({ pattern: "^[^\\u0000-\\u001f\\u007f]{0,1024}$" }),
  LIST,
).min(1, LIST).superRefine((words, context) => {
  for (const { index, found, hint } of unknownPlaceholders(words, NAMES)) {
    const message = `expected ${NAMED} in braces, ${found} is none of them`;
    context.addIssue({ code: "custom", path: [index], message, params: hint });
  }
  if (words.length > 0 && !PROGRAM.test(words[0]!)) {
    const message = "expected a program: a path or a name, without anything to be filled in";
    context.addIssue({ code: "custom", path: [0], message });
  }
});

/** The `notify` map of `vrrp`. */
export const notifySchema = z.strictObject({
  command: command.meta({
    description: "Words without a shell, the program first; {state} is MASTER, BACKUP, FAULT or " +
      "STOP, {host} and {endpoint} are names of the inventory",
    examples: [["logger", "-t", "holdfast", "{host} is {state}"]],
  }),
}, mapping).meta({
  description: "Command that a load balancer runs, as the user of the check scripts, when its " +
    "state of VRRP changes; not for profile guide",
  examples: [{ command: ["logger", "-t", "holdfast", "{host} is {state}"] }],
});

/** Keys of the map, for suggestions. */
export const NOTIFY_KEYS: readonly string[] = Object.keys(notifySchema.shape);
