import { assert, assertEquals } from "@std/assert";
import { parse } from "yaml";
import { inventoryText, pairsOf, type Place } from "../../bench/inventory.ts";
import { JOB_FILES } from "../../bench/outcome.ts";
import { render } from "../../src/commands/render.ts";
import { withTempDir } from "../helpers.ts";

const ANSIBLE = new URL("../../bench/ansible/", import.meta.url);
const text = (path: string) => Deno.readTextFile(new URL(path, ANSIBLE));

const place: Place = {
  hosts: [11, 12, 13, 14].map((n, i) => ({ name: `lb${i + 1}`, address: `10.88.0.${n}` })),
  servers: [21, 22].map((n, i) => ({ name: `m${i + 1}`, address: `10.88.0.${n}` })),
  prefix: "10.88.0",
  user: "deploy",
  keyFile: "/keys/id",
  knownHostsFile: "/keys/known_hosts",
  caFile: "ca.crt",
};

/** What the templates ask for, of one host; nothing else may stand in them. */
function valuesOf(host: string): Readonly<Record<string, string | readonly string[]>> {
  const pair = pairsOf(place).find(({ hosts }) => hosts.some(({ name }) => name === host));
  assert(pair !== undefined);
  const names = pair.hosts.map(({ name }) => name);
  const own = pair.hosts.find(({ name }) => name === host);
  return {
    "endpoint_group": pair.name,
    "inventory_hostname": host,
    "ansible_host": own?.address ?? "",
    "vrrp_interface": "eth0",
    "endpoint.address": pair.address,
    "endpoint.address.split('.')[3]": pair.address.split(".")[3] ?? "",
    "endpoint.port": "8443",
    "endpoint.backend_port": "6443",
    "endpoint.haproxy.max_connections": "3900",
    "endpoint.haproxy.max_connections + 100": "4000",
    "250 - 10 * members.index(inventory_hostname)": String(250 - 10 * names.indexOf(host)),
    "groups[endpoint.backends]": place.servers.map(({ name }) => name),
    "members if host != inventory_hostname": names.filter((name) => name !== host),
  };
}

const addressOf = (name: string) =>
  [...place.hosts, ...place.servers].find((it) => it.name === name)?.address ?? "";

/** The part of Jinja that the templates are written in, as Ansible's template module reads it. */
function jinja(template: string, host: string): string {
  const values = valuesOf(host);
  const fill = (part: string, more: Readonly<Record<string, string>>) =>
    part.replaceAll(/\{\{ (.+?) \}\}/g, (_, expression: string) => {
      const value = more[expression] ?? values[expression];
      assert(typeof value === "string", `unknown: ${expression}`);
      return value;
    });
  const loops = /^\{% for host in (.+?) %\}\n([\s\S]*?)^\{% endfor %\}\n/gm;
  const unrolled = template.replaceAll(loops, (_, list: string, body: string) => {
    const names = values[list];
    assert(Array.isArray(names), `unknown: ${list}`);
    return names.map((name) =>
      fill(body, { host: name, "hostvars[host].ansible_host": addressOf(name) })
    ).join("");
  });
  assert(!unrolled.includes("{%"), "a tag that this does not know");
  return fill(unrolled, {});
}

/** Template of each file, as site.yml has it. */
const TEMPLATES: Readonly<Record<string, string>> = {
  "haproxy.cfg.j2": "/etc/haproxy/haproxy.cfg",
  "keepalived.conf.j2": "/etc/keepalived/keepalived.conf",
  "check_haproxy_alive.sh.j2": "/etc/keepalived/check_haproxy_alive.sh",
  "check_haproxy_ready.sh.j2": "/etc/keepalived/check_haproxy_ready.sh",
  "haproxy.service.conf.j2": "/etc/systemd/system/haproxy.service.d/holdfast.conf",
  "keepalived.service.conf.j2": "/etc/systemd/system/keepalived.service.d/holdfast.conf",
  "keepalived.addresses.conf.j2":
    "/etc/systemd/system/keepalived.service.d/holdfast-addresses.conf",
};

Deno.test("the playbook's templates make the same files as Holdfast, byte by byte", () =>
  withTempDir(async (dir) => {
    const inventory = `${dir}/hosts.yaml`;
    await Deno.writeTextFile(inventory, inventoryText(place, { maxConnections: 3900 }));
    const ca = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    await Deno.writeTextFile(`${dir}/ca.crt`, ca);
    const said: string[] = [];
    const io = { out: () => {}, err: (it: string) => said.push(it) };
    assertEquals(await render(inventory, { out: `${dir}/out` }, io), 0, said.join(""));
    for (const { name } of place.hosts) {
      const expected = Object.entries(TEMPLATES).map(async ([template, path]) => {
        const wanted = await Deno.readTextFile(`${dir}/out/${name}${path}`);
        assertEquals(jinja(await text(`templates/${template}`), name), wanted, path);
      });
      await Promise.all(expected);
      assertEquals(await Deno.readTextFile(`${dir}/out/${name}/etc/haproxy/kube-ca.crt`), ca);
    }
    const rendered = [...Object.values(TEMPLATES), "/etc/haproxy/kube-ca.crt"];
    const sysctl = "/etc/sysctl.d/60-holdfast-tcp-keepalive.conf";
    assertEquals([...rendered, sysctl].toSorted(), JOB_FILES.toSorted());
  }));

type PlaybookTask = Readonly<Record<string, unknown>>;

Deno.test("the playbook has every file, and modules of ansible-core alone", async () => {
  const [play] = parse(await text("site.yml")) as readonly {
    readonly tasks: readonly PlaybookTask[];
    readonly handlers: readonly PlaybookTask[];
  }[];
  assert(play !== undefined);
  const words = ["name", "loop", "notify", "register", "until", "retries", "delay"];
  const more = ["check_mode", "changed_when"];
  for (const task of [...play.tasks, ...play.handlers]) {
    const modules = Object.keys(task).filter((key) => ![...words, ...more].includes(key));
    assertEquals(modules.length, 1, String(task["name"]));
    assert(modules[0]?.startsWith("ansible.builtin."), modules[0]);
  }
  const whole = JSON.stringify(play.tasks);
  for (const [template, path] of Object.entries(TEMPLATES)) {
    // Those of a loop are named by their item.
    const [name, folder] = [template.replace(/\.j2$/, ""), path.replace(/[^/]+$/, "")];
    assert(whole.includes(template) || whole.includes(`"${name}"`), template);
    assert(whole.includes(path) || whole.includes(`${folder}{{ item }}`), path);
  }
  const notified = play.tasks.flatMap(({ notify }) => typeof notify === "string" ? [notify] : []);
  const names = play.handlers.map(({ name }) => name);
  assertEquals([...new Set(notified)].toSorted(), names.toSorted());
});

Deno.test("inventoryText() is one inventory for all tools, and its hosts' keys are checked", () => {
  const through = "/bin/relay %h %p /tmp/file";
  const inventory = parse(inventoryText(place, { maxConnections: 4000, through }));
  const { vars, children } = inventory.all;
  assertEquals(
    vars.ansible_ssh_common_args,
    "-o UserKnownHostsFile=/keys/known_hosts -o StrictHostKeyChecking=yes " +
      `-o 'ProxyCommand=${through}'`,
  );
  const pairs = Object.values<{ hosts: object; vars: { endpoint: { address: string } } }>(
    children.load_balancers.children,
  );
  assertEquals(pairs.map(({ hosts }) => Object.keys(hosts)), [["lb1", "lb2"], ["lb3", "lb4"]]);
  const addresses = pairs.map((it) => it.vars.endpoint.address);
  assertEquals(addresses, ["10.88.0.201", "10.88.0.202"]);
});

Deno.test("the settings of each kind of Ansible are what they are called", async () => {
  const [stock, tuned, mitogen] = await Promise.all(
    ["stock", "tuned", "mitogen"].map((name) => text(`${name}.cfg`)),
  );
  assertEquals(stock?.split("\n").filter((line) => !line.startsWith("#")).join(""), "");
  for (const word of ["pipelining = true", "ControlPersist", "forks = 50"]) {
    assert(tuned?.includes(word), word);
  }
  assert(mitogen?.includes("strategy = mitogen_linear"));
});
