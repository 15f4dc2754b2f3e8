/**
 * The command `schema`.
 * @module
 */
import { EXIT } from "../errors.ts";
import { inventoryJsonSchema } from "../inventory/json_schema.ts";
import type { Io } from "./io.ts";

/** Prints the JSON Schema of an inventory. */
export function schema(io: Io): number {
  io.out(`${JSON.stringify(inventoryJsonSchema(), null, 2)}\n`);
  return EXIT.ok;
}
