import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { parse } from "yaml";
import { inventoryJsonSchema, type JsonSchema } from "../../src/inventory/json_schema.ts";
import { violations } from "./json_schema.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const SCHEMA = inventoryJsonSchema();

async function violationsOf(file: string, schema = SCHEMA): Promise<string[]> {
  const text = await Deno.readTextFile(`${ROOT}${file}`);
  return violations(schema, parse(text, { merge: true, logLevel: "silent" }));
}

async function yamlIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(`${ROOT}${folder}`));
  return entries.filter((it) => it.name.endsWith(".yaml")).map((it) => `${folder}/${it.name}`)
    .sort();
}

Deno.test("schema/inventory.schema.json is what the command prints", async () => {
  const text = await Deno.readTextFile(`${ROOT}schema/inventory.schema.json`);
  assertEquals(JSON.parse(text), SCHEMA);
});

for (const file of await yamlIn("inventories")) {
  Deno.test(`${file} names the schema for editors, and keeps it`, async () => {
    const [first = ""] = (await Deno.readTextFile(`${ROOT}${file}`)).split("\n");
    const path = /^# yaml-language-server: \$schema=(\S+)$/.exec(first)?.[1] ?? "";
    const named = JSON.parse(await Deno.readTextFile(new URL(path, `file://${ROOT}${file}`)));
    assertEquals(await violationsOf(file, named), []);
  });
}

for (
  const file of [
    // One of them is INI under another name.
    ...(await yamlIn("tests/inventory/ok")).filter((file) => !file.includes("/ini_in_")),
    "tests/inventory/ok/kubespray/hosts.yaml",
  ]
) {
  Deno.test(`the schema takes ${file}`, async () => {
    assertEquals(await violationsOf(file), []);
  });
}

const VARS = ".all.children.lbs.vars.endpoint";
const MISTAKES: Readonly<Record<string, readonly string[]>> = {
  typo_key: [
    `${VARS}.vrrp.rooter_id: unknown`,
    `${VARS}.vrrp.port: unknown`,
    `${VARS}.haproxy.zzz: unknown`,
    `${VARS}.prot: unknown`,
    `${VARS}.backendport: unknown`,
    `${VARS}.router_id: unknown`,
  ],
  wrong_type: [
    `${VARS}.port: type`,
    `${VARS}.backend_port: maximum`,
    `${VARS}.profile: enum`,
    `${VARS}.interface: pattern`,
    `${VARS}.ca_file: type`,
    `${VARS}.vrrp.router_id: anyOf`,
    `${VARS}.vrrp.mode: enum`,
    `${VARS}.vrrp.advert_interval: anyOf`,
    `${VARS}.haproxy.balance: enum`,
    `${VARS}.haproxy.client_timeout: pattern`,
    `${VARS}.haproxy.stats: pattern`,
    `${VARS}.slo.failover: type`,
  ],
  drill: [
    `${VARS}.production: type`,
    `${VARS}.drill.power_comand: unknown`,
    `${VARS}.drill.power_command: allOf`,
    `${VARS}.drill.api_command: allOf`,
    ".all.children.others.vars.endpoint.drill.power_command: type",
    ".all.children.others.vars.endpoint.drill.api_command: allOf",
    ".all.children.others.vars.endpoint.drill.api_command.1: type",
    ".all.children.others.vars.endpoint.drill.probe_from: type",
    ".all.children.more.vars.endpoint.drill.power_command: allOf",
    ".all.children.more.vars.endpoint.drill.power_command: minItems",
    ".all.children.more.vars.endpoint.probe_from: unknown",
  ],
  missing_address: [`${VARS}.address: required`],
  endpoint_on_host: [".all.hosts.lb1.endpoint: not"],
  wrong_maps: [`${VARS}.vrrp: type`, `${VARS}.haproxy: type`, `${VARS}.slo: type`],
  address_cidr: [`${VARS}.address: anyOf`],
};

for (const [name, places] of Object.entries(MISTAKES)) {
  Deno.test(`the schema refuses tests/inventory/err/${name}.yaml where it is wrong`, async () => {
    assertEquals(
      (await violationsOf(`tests/inventory/err/${name}.yaml`)).sort(),
      [...places].sort(),
    );
  });
}

Deno.test("every key of the schema has a description and an example, and the examples fit", () => {
  const maps: JsonSchema[] = [];
  const gather = (at: unknown) => {
    if (typeof at !== "object" || at === null) return;
    if ("properties" in at) maps.push(at.properties as JsonSchema);
    Object.values(at).forEach(gather);
  };
  gather(SCHEMA);
  const defs = { $defs: SCHEMA["$defs"] };
  const keys = maps.flatMap((map) => Object.entries(map) as [string, JsonSchema][])
    // Ansible's own words, and references to what is described elsewhere.
    .filter(([key, it]) =>
      !("$ref" in it) && !("not" in it) && !["hosts", "children"].includes(key)
    );
  assert(keys.length > 25, `${keys.length} keys`);
  for (const [key, it] of keys) {
    assert(typeof it["description"] === "string", `${key} has no description`);
    const examples = it["examples"];
    assert(Array.isArray(examples) && examples.length > 0, `${key} has no example`);
    for (const value of [...examples, ...("default" in it ? [it["default"]] : [])]) {
      assertEquals(violations({ ...it, ...defs }, value), [], key);
    }
  }
});
