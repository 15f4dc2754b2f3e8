/**
 * The inventory as a JSON Schema, for editors: its structure is Ansible's, any variable is allowed,
 * and the maps that Holdfast adds are as strict as when they are read. Made from the zod schemas.
 * @module
 */
import * as z from "zod";
import { endpointHostSchema, endpointSchema } from "./endpoint/schema.ts";
import { placementSchema } from "./placement/schema.ts";

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const ref = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });

/** A mapping from names to something; it may be left empty, or be one name. */
const names = (of: JsonSchema, description: string): JsonSchema => ({
  description,
  type: ["object", "string", "null"],
  additionalProperties: of,
});

/** Connection variables. Types are loose where Ansible's are: `"22"` is a port too. */
const CONNECTION: Readonly<Record<string, JsonSchema>> = {
  ansible_host: {
    description: "Name or address that ssh connects to; without it the host's name",
    type: "string",
    examples: ["10.0.0.11"],
  },
  ansible_port: {
    description: "Port of sshd, 1 to 65535; without it ssh's own configuration counts",
    type: ["integer", "string"],
    examples: [22],
  },
  ansible_user: {
    description: "Login name; without it ssh's own configuration counts",
    type: "string",
    examples: ["deploy"],
  },
  ansible_become: {
    description: "Go through sudo",
    type: ["boolean", "string"],
    default: false,
    examples: [true],
  },
  ansible_ssh_private_key_file: {
    description: "Key file, relative to the inventory's folder, or ~/...",
    type: "string",
    examples: ["~/.ssh/id_ed25519"],
  },
  ansible_ssh_common_args: {
    description: "Options of ssh; what could run a program on this machine is refused",
    type: "string",
    examples: ["-J jump.example.com"],
  },
  ansible_ssh_extra_args: {
    description: "Options of ssh, behind ansible_ssh_common_args",
    type: "string",
    examples: ["-o ConnectTimeout=5"],
  },
};

const variables = (description: string, own: Readonly<Record<string, unknown>>): JsonSchema => ({
  description,
  type: ["object", "null"],
  properties: { ...CONNECTION, endpoint_host: ref("endpoint_host"), ...own },
});

/** Descriptions of maps that have none in zod. */
const map = (schema: z.ZodType, description: string): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return { description, ...rest };
};

/**
 * The schema, draft 2020-12. `#/$defs/group_vars` and `#/$defs/host_vars` are for files in folders
 * of these names.
 *
 * @example
 * ```ts
 * import { inventoryJsonSchema } from "./json_schema.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(inventoryJsonSchema()["$schema"], "https://json-schema.org/draft/2020-12/schema");
 * ```
 */
export function inventoryJsonSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Inventory of Holdfast",
    description: "An inventory of Ansible in YAML: groups, usually all of them below all",
    type: ["object", "null"],
    additionalProperties: ref("group"),
    $defs: {
      group: {
        description: "A group: its hosts, its child groups, and variables of both",
        type: ["object", "null"],
        properties: {
          hosts: names(ref("host_vars"), "Hosts by name, ranges such as lb[1:3] too"),
          children: names(ref("group"), "Groups that belong to this one"),
          vars: ref("group_vars"),
        },
        additionalProperties: false,
      },
      group_vars: variables("Variables of every host of a group", {
        endpoint: ref("endpoint"),
        placement: ref("placement"),
      }),
      host_vars: variables("Variables of one host", {
        endpoint: { description: "It belongs into the vars of a group", not: {} },
        placement: { description: "It belongs into the vars of a group", not: {} },
      }),
      endpoint: map(
        endpointSchema,
        "A highly available address in front of API servers; the group's hosts are its load balancers",
      ),
      placement: map(
        placementSchema,
        "Which groups of hosts are kept apart on physical hosts, and what tells where they are",
      ),
      endpoint_host: map(endpointHostSchema, "What an endpoint sets for one load balancer"),
    },
  };
}
