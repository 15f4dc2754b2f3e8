/**
 * A server that answers like a Proxmox VE 9: HA resources, rules with digests, checks of rules, and
 * errors, as its source has them. Our reading of that source, and not a Proxmox VE.
 */
import { secret } from "../../src/secret.ts";
import type { ProxmoxOptions } from "../../src/placement/proxmox/mod.ts";
import type { Certificates } from "./certificates.ts";

/** Whose token it is. */
export const USER = "holdfast@pve!deploy";

/** Its value. */
export const VALUE = "b7e2c0de-5ec7-4e70-9a51-0c0ffee0beef";

/** A machine or container. */
export interface FakeMachine {
  readonly type: "qemu" | "lxc";
  readonly vmid: number;
  readonly node: string;
  readonly name?: string;
  readonly status?: string;
  readonly template?: number;
}

/** A rule as its section in the file: values are text. */
export interface FakeRule {
  type: string;
  resources?: string;
  affinity?: string;
  disable?: string;
  comment?: string;
  nodes?: string;
}

/** What the cluster is, for a test to change. */
export interface State {
  version: string;
  /** Undefined: a node by itself. */
  cluster: string | undefined;
  quorate: number;
  /** Online or not, by name. */
  nodes: Record<string, number>;
  /** What HA thinks of nodes. */
  nodeStatus: Record<string, string>;
  lrm: Record<string, { mode: string }>;
  disarm?: { state: string };
  machines: FakeMachine[];
  /** State by HA resource. */
  resources: Record<string, string>;
  rules: Record<string, FakeRule>;
  /** Privileges that the token has on `/`. */
  privileges: Set<string>;
}

/** Answers in the server's place, or is undefined; `before`: how often the same was asked for. */
export type Hook = (
  asked: string,
  before: number,
) => Response | undefined | void | Promise<Response | undefined | void>;

/** A running server. */
export interface FakeProxmox extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly server: string;
  /** What it holds. */
  readonly state: State;
  /** `GET /version`, in order. */
  readonly asked: string[];
  /** Writes that came, with their parameters, whatever became of them. */
  readonly writes: { readonly asked: string; readonly values: Record<string, string> }[];
}

/** Three nodes; machines 101 to 103 called m1 to m3, a container 201, and nothing else. */
export function usual(): State {
  const machine = (vmid: number, node: string, name: string): FakeMachine => (
    { type: "qemu", vmid, node, name, status: "running", template: 0 }
  );
  return {
    version: "9.0.11",
    cluster: "pve-lab",
    quorate: 1,
    nodes: { pve1: 1, pve2: 1, pve3: 1 },
    nodeStatus: { pve1: "online", pve2: "online", pve3: "online" },
    lrm: {},
    machines: [
      machine(101, "pve1", "m1"),
      machine(102, "pve2", "m2"),
      machine(103, "pve3", "m3"),
      { type: "lxc", vmid: 201, node: "pve1", name: "lb1", status: "running", template: 0 },
    ],
    resources: {
      "vm:101": "started",
      "vm:102": "started",
      "vm:103": "started",
      "ct:201": "started",
    },
    rules: {},
    privileges: new Set(["Sys.Audit", "Sys.Console", "VM.Audit"]),
  };
}

/** What leads to it, with the right token. */
export function optionsFor(
  { server }: { readonly server: string },
  { ca }: Certificates,
  more: Partial<ProxmoxOptions> = {},
): ProxmoxOptions {
  return { server, ca, user: USER, password: secret(VALUE), ...more };
}

/** Serves TLS on 127.0.0.1. */
export function fakeProxmox(
  { cert, key }: Certificates,
  change: Partial<State> = {},
  hook: Hook = () => undefined,
): FakeProxmox {
  const state: State = { ...usual(), ...change };
  const asked: string[] = [];
  const writes: FakeProxmox["writes"] = [];
  const options = { hostname: "127.0.0.1", port: 0, cert, key, onListen: () => {} };
  const server = Deno.serve(options, async (request) => {
    const { pathname, search } = new URL(request.url);
    const what = `${request.method} ${pathname.replace(/^\/api2\/json/, "")}${search}`;
    const before = asked.filter((one) => one === what).length;
    const text = await request.text();
    const values = Object.fromEntries(new URLSearchParams(text));
    asked.push(what);
    if (request.method !== "GET") writes.push({ asked: what, values });
    const instead = await hook(what, before);
    if (instead) return instead;
    if (request.headers.get("authorization") !== `PVEAPIToken=${USER}=${VALUE}`) {
      // No body: what is wrong stands in the status line alone.
      return new Response(null, { status: 401 });
    }
    if (!pathname.startsWith("/api2/json/")) return new Response("no such uri", { status: 501 });
    if (request.method === "DELETE" && text !== "") {
      return new Response("Unexpected content for method 'DELETE'", { status: 501 });
    }
    try {
      return data(await answer(state, what, values));
    } catch (error) {
      if (error instanceof Fault) return fault(error.status, error.message, error.errors);
      throw error;
    }
  });
  return {
    server: `127.0.0.1:${(server.addr as Deno.NetAddr).port}`,
    state,
    asked,
    writes,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** An answer. */
export function data(value: unknown): Response {
  return Response.json({ data: value ?? null });
}

/** An error, as the formatter for JSON writes it. */
export function fault(
  status: number,
  message: string,
  errors?: Readonly<Record<string, string>>,
): Response {
  const body = { data: null, message: `${message}\n`, ...(errors && { errors }) };
  return new Response(JSON.stringify(body), { status });
}

class Fault extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors?: Readonly<Record<string, string>>,
  ) {
    super(message);
  }
}

type Values = Record<string, string>;

async function answer(state: State, asked: string, values: Values): Promise<unknown> {
  const [method = "", path = ""] = asked.split(" ");
  if (path === "/version") return { version: state.version, release: "9.0", repoid: "deadbeef" };
  if (path === "/cluster/resources?type=vm") return machines(state);
  const rule = /^\/cluster\/ha\/rules(?:\/([^/]+))?$/.exec(path);
  if (rule && Number.parseInt(state.version) < 9) throw missing(asked);
  need(state, method === "GET" ? "Sys.Audit" : "Sys.Console");
  if (rule && method !== "GET") return await write(state, method, rule[1], values);
  switch (asked) {
    case "GET /cluster/status":
      return status(state);
    case "GET /cluster/ha/status/manager_status":
      return {
        manager_status: {
          master_node: "pve1",
          node_status: state.nodeStatus,
          ...(state.disarm && { disarm: state.disarm }),
        },
        lrm_status: state.lrm,
        quorum: { node: "pve1", quorate: `${state.quorate}` },
      };
    case "GET /cluster/ha/resources":
      return Object.entries(state.resources).map(([sid, requested]) => ({
        sid,
        type: sid.split(":")[0],
        state: requested,
        digest: "00",
      }));
    case "GET /cluster/ha/rules":
      return await rules(state);
  }
  throw missing(asked);
}

const missing = (asked: string) => new Fault(501, `Method '${asked}' not implemented`);

function need({ privileges }: State, privilege: string): void {
  if (!privileges.has(privilege)) throw new Fault(403, `Permission check failed (/, ${privilege})`);
}

function machines({ machines, privileges }: State): unknown {
  // Who may not see them gets none, and no error.
  if (!privileges.has("VM.Audit")) return [];
  return machines.map((one) => ({ id: `${one.type}/${one.vmid}`, mem: 1, ...one }));
}

function status({ cluster, quorate, nodes }: State): unknown {
  const all = Object.entries(nodes).map(([name, online]) => (
    { type: "node", id: `node/${name}`, name, online, local: 0, level: "" }
  ));
  if (cluster === undefined) return all;
  return [{ type: "cluster", id: "cluster", name: cluster, quorate, nodes: all.length }, ...all];
}

async function rules(state: State): Promise<unknown> {
  const digest = await digestOf(state);
  return Object.entries(state.rules).map(([rule, section], order) => {
    const wrong = feasibility(state.rules, rule, Object.keys(state.nodeStatus).length);
    return { rule, order, digest, ...section, ...(wrong && { errors: { resources: [wrong] } }) };
  });
}

async function digestOf({ rules }: State): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(rules));
  return new Uint8Array(await crypto.subtle.digest("SHA-1", text)).toHex();
}

async function write(
  state: State,
  method: string,
  name: string | undefined,
  values: Values,
): Promise<undefined> {
  const { rule = name, digest, delete: gone, ...section } = values;
  if (rule === undefined || !/^[a-z][a-z0-9_-]+$/i.test(rule)) {
    throw new Fault(400, "Parameter verification failed.", { rule: "invalid configuration ID" });
  }
  if (method === "DELETE") return void delete state.rules[rule];
  if (section["type"] !== "resource-affinity") {
    throw new Fault(400, "Parameter verification failed.", { type: "property is missing" });
  }
  const what = method === "POST" ? "create ha rule failed" : "update HA rules failed";
  if (digest !== undefined && digest !== await digestOf(state)) {
    const changed = "detected modified configuration - file changed by other user? Try again.";
    throw new Fault(500, `${what}: ${changed}`);
  }
  const old = state.rules[rule];
  if (method === "POST" && old) throw new Fault(500, `${what}: HA rule '${rule}' already defined`);
  if (method === "PUT" && !old) throw new Fault(500, `${what}: HA rule '${rule}' does not exist`);
  const next = { ...old, ...section } as unknown as Values;
  for (const key of gone?.split(",") ?? []) delete next[key];
  const strange = (next["resources"] ?? "").split(",").filter((sid) => !(sid in state.resources));
  if (strange.length > 0) {
    throw new Fault(500, `${what}: cannot use unmanaged resource(s) ${strange.join(", ")}.`);
  }
  const all = { ...state.rules, [rule]: next as unknown as FakeRule };
  const wrong = feasibility(all, rule, Object.keys(state.nodeStatus).length);
  if (wrong) throw new Fault(400, `Rule '${rule}' is invalid.`, { resources: wrong });
  state.rules = all;
}

/** Three of the checks of PVE::HA::Rules::ResourceAffinity. */
function feasibility(
  rules: Readonly<Record<string, FakeRule>>,
  name: string,
  nodes: number,
): string | undefined {
  const own = rules[name];
  if (own?.type !== "resource-affinity" || own.disable === "1") return undefined;
  const resources = new Set(own.resources?.split(","));
  if (resources.size < 2) return "rule is ineffective as there are less than two resources";
  if (own.affinity === "negative" && resources.size > nodes) {
    return "rule defines more resources than available nodes";
  }
  const other = own.affinity === "negative" ? "positive" : "negative";
  const clash = Object.values(rules).some((one) =>
    one.affinity === other && one.disable !== "1" &&
    resources.intersection(new Set(one.resources?.split(","))).size > 1
  );
  return clash
    ? `rule shares two or more resources with a ${other} resource affinity rule`
    : undefined;
}
