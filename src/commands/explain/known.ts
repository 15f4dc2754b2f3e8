/**
 * What a value is that nobody wrote: the schema's default, or what Holdfast derives from the rest.
 * Offline: what only a host can tell is said to be unknown.
 * @module
 */
import { addressesOf } from "../../addresses.ts";
import { advertMs, priorities, type Reasoned, routerId, state } from "../../endpoint/derive.ts";
import { settings } from "../../endpoint/profile.ts";
import { endpointHostSchema, endpointSchema } from "../../inventory/endpoint/schema.ts";
import type { Endpoint, Member } from "../../model.ts";
import { derivedOnly, ON_HOST } from "./derived.ts";
import { furtherServices } from "./services.ts";

/** A value that stands in no file, and why it is that one. */
export type Unwritten = Reasoned<unknown> & { readonly level: "default" | "derived" };

const AT_SSH = "ssh's own configuration decides";

/** Connection variables that are unset. */
export function connectionDefaults(host: string): ReadonlyMap<string, Unwritten> {
  const made = (value: unknown, reason: string): Unwritten => ({ value, reason, level: "default" });
  return new Map([
    ["ansible_host", made(host, "the name of the host")],
    ["ansible_port", made(undefined, AT_SSH)],
    ["ansible_user", made(undefined, AT_SSH)],
    ["ansible_become", made(false, "sudo is used where the inventory or -b says so")],
    ["ansible_ssh_private_key_file", made(undefined, AT_SSH)],
    ["ansible_ssh_common_args", made("", "no options of ssh")],
    ["ansible_ssh_extra_args", made("", "no options of ssh")],
  ]);
}

/** What it means that an optional key is left out. */
const LEFT_OUT: readonly (readonly [key: string, Unwritten])[] = [
  ["endpoint.production", { value: false, reason: "drills need no --yes", level: "default" }],
  [
    "endpoint.images",
    { value: undefined, reason: "the daemons are packages of the system", level: "default" },
  ],
  ...[
    ["also", "its load balancers stand in front of nothing else"],
    ["vrrp.notify", "nobody is told of changes of state"],
    ["haproxy.metrics", "metrics are where haproxy.stats is, and nowhere else"],
    ["haproxy.check_client", "the checks show no certificate"],
    ["haproxy.verify_host", "a certificate may hold any name"],
  ].map(([key, reason = ""]) =>
    [`endpoint.${key}`, { value: undefined, reason, level: "default" }] as const
  ),
  ...[
    ["power_command", "drills that switch power are skipped"],
    ["api_command", "drills that break API servers are skipped"],
    ["probe_from", "this machine asks"],
  ].map(([key, reason = ""]) =>
    [`endpoint.drill.${key}`, { value: undefined, reason, level: "default" }] as const
  ),
];

/** All keys that `endpoint` and `endpoint_host` may hold, dotted. */
export function schemaKeys(): string[] {
  const inner = (prefix: string, shape: Readonly<Record<string, unknown>>): string[] =>
    Object.entries(shape).flatMap((
      [key, type],
    ) => [`${prefix}.${key}`, ...below(`${prefix}.${key}`, type)]);
  const below = (prefix: string, type: unknown): string[] => {
    const shape = shapeOf(type);
    return shape ? inner(prefix, shape) : [];
  };
  return [
    "endpoint",
    ...inner("endpoint", endpointSchema.shape),
    "endpoint_host",
    ...inner("endpoint_host", endpointHostSchema.shape),
  ];
}

/** The keys of a mapping, through the defaults that wrap it. */
function shapeOf(type: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof type !== "object" || type === null) return undefined;
  // Keys of an item begin with its number.
  if ("element" in type) return undefined;
  if ("shape" in type) return type.shape as Record<string, unknown>;
  return "unwrap" in type && typeof type.unwrap === "function" ? shapeOf(type.unwrap()) : undefined;
}

/** What was not written of a member's endpoint, by dotted key, the derived behind the default. */
export function unwritten(endpoint: Endpoint, member: Member): ReadonlyMap<string, Unwritten[]> {
  const found = new Map<string, Unwritten[]>();
  const add = (key: string, value: Unwritten) => found.set(key, [...found.get(key) ?? [], value]);
  for (const [key, value] of defaults()) add(key, { value, reason: "", level: "default" });
  for (const [key, value] of LEFT_OUT) add(key, value);
  for (const [key, value] of furtherServices(endpoint)) add(key, value);
  for (const [key, made] of derived(endpoint, member)) add(key, { ...made, level: "derived" });
  return found;
}

/** Defaults of the schema, those of inner maps too. */
function defaults(): [string, unknown][] {
  // The two keys that have none; what they are does not change any default.
  const map = endpointSchema.parse({ address: "192.0.2.1", backends: "x" });
  const leaves = (prefix: string, value: unknown): [string, unknown][] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, item]) => leaves(`${prefix}.${key}`, item))
      : [[prefix, value]];
  return leaves("endpoint", map).filter(([key]) => !/\.(address|backends)$/.test(key));
}

/** Only of use for keys that are unset or `auto`: else what is written counts. */
function derived(endpoint: Endpoint, member: Member): [string, Reasoned<unknown>][] {
  const { profile, vrrp } = endpoint;
  const byProfile = `profile ${profile}`;
  const advert = advertMs(endpoint);
  const auto = {
    value: "auto",
    reason: `${ON_HOST}: the one whose subnet holds ${addressesOf(endpoint).join(", ")}`,
  };
  const network = endpoint.interface === "auto"
    ? auto
    : { value: endpoint.interface, reason: "interface of the endpoint" };
  return [
    ["endpoint.vrrp.router_id", routerId(endpoint)],
    ["endpoint.vrrp.mode", { value: vrrp.mode, reason: byProfile }],
    ["endpoint.vrrp.advert_interval", { ...advert, value: advert.value / 1000 }],
    ["endpoint.haproxy.balance", { value: settings(endpoint).balance, reason: byProfile }],
    [
      "endpoint.haproxy.connect_timeout",
      { value: `${settings(endpoint).check.connectMs}ms`, reason: byProfile },
    ],
    ["endpoint.interface", auto],
    ["endpoint_host.priority", priorities(endpoint).get(member.host.name)!],
    ["endpoint_host.state", state(endpoint, member)],
    ["endpoint_host.interface", network],
    ...derivedOnly(endpoint, member),
    ["endpoint_host.address", {
      value: undefined,
      reason: `${ON_HOST}: its own on the interface, else ansible_host`,
    }],
  ];
}
