/**
 * What a Proxmox VE answers, as plain data. Whatever is not as it should be is an error: an answer
 * that is understood by half would make a plan of half the machines. Pure.
 * @module
 */
import * as z from "zod";
import { PlacementError } from "../errors.ts";

/** Perl writes numbers and flags as either of the two. */
const flag = z.union([z.boolean(), z.literal([0, 1, "0", "1", ""])])
  .transform((value) => value === true || value === 1 || value === "1");

const nodeName = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/);

/** Of a machine, container or cluster: whatever it is, it has to fit on a line. */
const name = z.string().min(1).max(255);

const vmid = z.union([z.number(), z.string().regex(/^\d{1,9}$/).transform(Number)])
  .pipe(z.number().int().min(1).max(999_999_999));

/** `vm:100`, `ct:101`. */
const sid = z.string().regex(/^[a-z]+:[^\s,;]{1,200}$/);

/** `vm:100,ct:101`, as the server joins them; also what a person may have written into the file. */
const sids = z.string().max(100_000)
  .transform((text) => text.split(/[\s,;]+/).filter((one) => one !== ""))
  .pipe(z.array(sid));

/** Answer to `GET /version`. */
export const VERSION = z.looseObject({
  version: z.string().regex(/^\d{1,4}[\w.~+-]{0,60}$/),
  release: z.string().max(60).optional(),
});

/** Answer to `GET /cluster/status`: a cluster, where there is one, and its nodes. */
export const STATUS = z.array(
  z.discriminatedUnion("type", [
    z.looseObject({ type: z.literal("cluster"), name, quorate: flag }),
    z.looseObject({ type: z.literal("node"), name: nodeName, online: flag.optional() }),
  ]),
);

/** Answer to `GET /cluster/resources?type=vm`: machines and containers that the token may see. */
export const MACHINES = z.array(z.looseObject({
  type: z.enum(["qemu", "lxc"]),
  vmid,
  node: nodeName,
  name: name.optional(),
  status: z.string().max(60).optional(),
  template: flag.optional(),
}));

/** Answer to `GET /cluster/ha/status/manager_status`; empty parts where HA was never used. */
export const MANAGER = z.looseObject({
  manager_status: z.looseObject({
    node_status: z.record(z.string(), z.string().max(60)).optional(),
    disarm: z.looseObject({ state: z.string().max(60).optional() }).optional(),
  }),
  lrm_status: z.record(z.string(), z.looseObject({ mode: z.string().max(60).optional() }))
    .optional(),
});

/** Answer to `GET /cluster/ha/resources`. */
export const RESOURCES = z.array(z.looseObject({ sid, state: z.string().max(60).optional() }));

/** Answer to `GET /cluster/ha/rules`; a type that is not known may have anything else in it. */
export const RULES = z.array(z.looseObject({
  rule: z.string().min(1).max(1000),
  type: z.string().max(100),
  affinity: z.string().max(100).optional(),
  resources: sids.optional(),
  disable: flag.optional(),
  digest: z.string().regex(/^[0-9a-f]{1,128}$/).optional(),
  errors: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
}));

/** Nodes, and the cluster that they make. */
export type ClusterStatus = z.output<typeof STATUS>;
/** Machines and containers. */
export type Machines = z.output<typeof MACHINES>;
/** What HA knows of nodes. */
export type Manager = z.output<typeof MANAGER>;
/** What HA manages. */
export type Resources = z.output<typeof RESOURCES>;
/** Rules, as the cluster has them. */
export type Rules = z.output<typeof RULES>;

/** What stands around every answer. */
const ENVELOPE = z.looseObject({ data: z.unknown() });

/** What stands in the body of an error; anything may be missing. */
const FAULT = z.looseObject({
  message: z.string().optional(),
  errors: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
});

/**
 * Reads an answer.
 * @throws {PlacementError} when it is no answer of this shape
 */
export function readAnswer<T>(path: string, text: string, shape: z.ZodType<T>): T {
  const envelope = ENVELOPE.safeParse(jsonOf(text));
  if (!envelope.success) throw senseless(path, "No JSON document with data in it");
  const read = shape.safeParse(envelope.data.data);
  if (read.success) return read.data;
  const where = read.error.issues[0]?.path.join(".") ?? "";
  throw senseless(path, `Something else than expected at data${where === "" ? "" : `.${where}`}`);
}

/** What the body of an error says: its message, and what is wrong with each parameter. */
export function readFault(text: string): string {
  const read = FAULT.safeParse(jsonOf(text));
  if (!read.success) return "";
  const { message = "", errors = {} } = read.data;
  const each = Object.entries(errors).map(([key, said]) => `${key}: ${[said].flat().join(", ")}`);
  const parts = [message.trim().replace(/\.$/, ""), ...each].filter((part) => part !== "");
  // However much it says: it is searched for words, and a person reads its beginning.
  return parts.join("; ").slice(0, 2000).replaceAll(/\s+/g, " ");
}

/** An answer that makes no sense. */
export function senseless(path: string, why: string): PlacementError {
  return new PlacementError(
    "answer",
    `Cannot read what the server answers to ${path}: ${why}`,
    "Look whether the server is a Proxmox VE, and whether a proxy stands between it and this machine",
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
