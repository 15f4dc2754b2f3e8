/** A configuration of a daemon is told from an inventory, whatever its format. */
import { assertEquals } from "@std/assert";
import { daemonOf } from "../../src/inventory/daemon_file.ts";
import { ENDPOINT_SNIPPET } from "../../src/inventory/load.ts";
import { LINTS } from "../../src/lints/mod.ts";

Deno.test("daemonOf() knows the configurations of both daemons", () => {
  const texts = {
    haproxy: [
      "global\n    log /dev/log local0\n    daemon\n",
      "# ours\r\nglobal\r\n\r\n  # logs\r\n\tlog /dev/log local0\r\n",
      "defaults base # all\n    mode tcp\n",
      "defaults\n  timeout connect 5s\n",
      "frontend api from base\n    bind *:6443\n",
      "listen stats\n",
    ],
    keepalived: [
      "! Configuration File for keepalived\nglobal_defs {\n    router_id LB1\n}\n",
      "global_defs\n{\n}\n",
      'vrrp_script check {\n    script "/bin/true"\n}\n',
      "vrrp_instance VI_1 {\n    state MASTER\n",
      "virtual_server 10.0.0.10 443 {\n",
    ],
  } as const;
  for (const [daemon, all] of Object.entries(texts)) {
    for (const text of all) assertEquals(daemonOf(text), daemon, text);
  }
});

Deno.test("daemonOf() knows every file of the lints' examples that has a section", () => {
  let known = 0;
  for (const { err, ok } of LINTS) {
    for (const [file, text] of [err, ok].flatMap(({ files }) => Object.entries(files))) {
      const name = file.split("/").at(-1);
      const daemon = { "haproxy.cfg": "haproxy", "keepalived.conf": "keepalived" }[name ?? ""];
      const found = daemonOf(text);
      // Some are a part of a file, and none is one of the other daemon.
      if (found !== undefined) assertEquals(found, daemon, `${file}\n${text}`);
      if (found !== undefined) known++;
    }
  }
  assertEquals(known > LINTS.length, true, `${known}`);
});

Deno.test("daemonOf() takes no inventory for a configuration", () => {
  const inventories = [
    ENDPOINT_SNIPPET,
    "[haproxy]\nglobal ansible_host=10.0.0.11\ndefaults\n    lb2 ansible_host=10.0.0.12\n",
    "[lbs]\nglobal\nbackend\n  frontend\nlisten ansible_port=22\ncache\n",
    "all:\n  vars:\n    extra: |\n      global\n          log /dev/log local0\n      backend api\n",
    "backend:\n  hosts:\n    frontend: {}\nglobal:\n  vars: { a: b }\n",
    "vrrp_lbs:\n  hosts: { lb1: {} }\n",
    '{"global": {"hosts": ["backend"]}, "vrrp_lbs": {"vars": {}}}',
    "vrrp_lbs: {\n  hosts: { lb1: {} } }\n",
  ];
  for (const text of inventories) assertEquals(daemonOf(text), undefined, text);
});
