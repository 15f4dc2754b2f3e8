import { assertEquals, assertStringIncludes } from "@std/assert";
import { load, memory, problems, shown } from "./helpers.ts";

const HOSTS = `
  children:
    masters: { hosts: { m1: { failure_domain: a }, m2: { vsphere_vm: k8s-2 } } }
    nobody: {}
`;

const PEM = `-----BEGIN CERTIFICATE-----
AAAA
-----END CERTIFICATE-----
`;

Deno.test("loadInventory() gives a placement what it says and what it leaves out", async () => {
  const { inventory } = await load(`
all:
  vars:
    placement: { groups: { masters: { policy: anti_affinity }, nobody: { policy: spread } } }
${HOSTS}`);
  assertEquals(inventory.placements, [{
    name: "all",
    provider: "inventory",
    required: false,
    groups: [
      { name: "masters", policy: "anti_affinity", hosts: ["m1", "m2"] },
      { name: "nobody", policy: "spread", hosts: [] },
    ],
  }]);
});

Deno.test("loadInventory() gives a placement its vCenter, and asks for no secret", async () => {
  const files = {
    "hosts.yaml": `
all:
  vars:
    placement:
      provider: vsphere
      cluster_name: prod
      groups: { masters: { policy: anti_affinity } }
      vsphere: { server: vcenter.example.com, ca_file: vmca.pem }
${HOSTS}`,
    "vmca.pem": `Certificate of the vCenter\n${PEM}`,
  };
  const never = () => {
    throw new Error("a secret was asked for");
  };
  const { inventory } = await load(files, {
    files: memory(files),
    secrets: { env: never, file: never, command: never },
  });
  assertEquals(inventory.placements[0]?.vsphere, {
    server: "vcenter.example.com",
    ca: PEM,
    mandatory: false,
    user: { env: "VSPHERE_USER" },
    password: { env: "VSPHERE_PASSWORD" },
  });
});

Deno.test("locate() knows the places of a placement", async () => {
  const { locate, written } = await load(`
all:
  vars:
    placement:
      groups:
        masters: { policy: anti_affinity }
${HOSTS}`);
  const place = (path: string[]) => locate({ placement: "all" }, path);
  assertEquals(place(["groups", "masters"])?.line, 6);
  assertEquals(place(["vsphere", "server"])?.line, 5);
  assertEquals(written({ placement: "all" }, ["vsphere"]), undefined);
  assertEquals(locate({ placement: "masters" }, []), undefined);
});

Deno.test("a placement of one group is that of no other, and both may stand", async () => {
  const { inventory } = await load(`
all:
  children:
    prod:
      vars: { placement: { groups: { masters: { policy: anti_affinity } } } }
      children: { masters: { hosts: { m1: {} } } }
    other:
      vars: { placement: { groups: { masters: { policy: spread } } } }
      hosts: { m1: {} }
`);
  assertEquals(inventory.placements.map(({ name }) => name), ["prod", "other"]);
});

Deno.test("a name that is almost placement is warned of, and the command line sets none", async () => {
  const { warnings } = await load("all: { vars: { placment: { groups: {} } }, hosts: { a: {} } }");
  assertEquals(warnings.map(({ code, hint }) => [code, hint]), [
    ["unread-variable", 'did you mean "placement"?'],
  ]);
  const text = await problems("all: { hosts: { a: {} } }", { extraVars: { placement: {} } });
  assertStringIncludes(text, 'Cannot set "placement" on the command line');
});

Deno.test("a plain password of a vCenter is refused, and never shown", async () => {
  const text = await problems(`
all:
  vars:
    placement:
      provider: vsphere
      cluster_name: prod
      groups: { masters: { policy: anti_affinity } }
      vsphere: { server: vcenter.example.com, password: hunter2hunter2 }
${HOSTS}`);
  assertStringIncludes(text, 'Cannot use "vsphere.password" of placement of group "all": expected');
  assertEquals(text.includes("hunter2"), false, text);
});

Deno.test("loadInventory() makes URIs of hypervisors, and hosts of the inventory tell how to reach them", async () => {
  const { inventory } = await load(`
all:
  vars:
    placement:
      provider: libvirt
      groups: { masters: { policy: anti_affinity } }
      libvirt:
        hypervisors: [kvm1, me@kvm2, "kvm3:2201", "kvm3:2202", "fd00::7", "[fd00::8]:22",
          "qemu+ssh://me@kvm1:24/session?keyfile=/k%20y", "xen+ssh://kvm9/system?keyfile=~/.ssh/x"]
  children:
    masters: { hosts: { m1: { libvirt_domain: k8s m1 } } }
    kvm:
      vars: { ansible_user: deploy, ansible_ssh_private_key_file: keys/k1 }
      hosts:
        kvm1: { ansible_host: 10.0.0.1, ansible_port: 23 }
        kvm2: { ansible_host: fd00::2, ansible_ssh_private_key_file: ~/k&2?#'s }
`);
  assertEquals(inventory.placements[0]?.libvirt?.hypervisors.map(({ name, uri }) => [name, uri]), [
    ["kvm1:23", "qemu+ssh://deploy@10.0.0.1:23/system?no_tty=1&keyfile=keys/k1"],
    ["kvm2", "qemu+ssh://me@[fd00::2]/system?no_tty=1&keyfile=~/k%262%3F%23%27s"],
    ["kvm3:2201", "qemu+ssh://kvm3:2201/system?no_tty=1"],
    ["kvm3:2202", "qemu+ssh://kvm3:2202/system?no_tty=1"],
    ["fd00::7", "qemu+ssh://[fd00::7]/system?no_tty=1"],
    ["fd00::8", "qemu+ssh://[fd00::8]:22/system?no_tty=1"],
    ["kvm1:24", "qemu+ssh://me@10.0.0.1:24/session?no_tty=1&keyfile=/k%20y"],
    ["kvm9", "xen+ssh://kvm9/system?no_tty=1&keyfile=~/.ssh/x"],
  ]);
});

const VCENTER = (more: string) => `
all:
  vars:
    placement:
      provider: vsphere
      cluster_name: prod
      groups: { masters: { policy: anti_affinity } }
      vsphere: { server: vcenter.example.com${more} }
${HOSTS}`;

Deno.test("login() fetches user and password of a placement when they are needed", async () => {
  const { login } = await load(VCENTER(", user: { env: VRRP_PASS }, password: { file: pass.txt }"));
  const { user, password } = await login("all");
  assertEquals([user, password.reveal(), `${password}`], ["s3cret", "fromfile", "[secret]"]);
  const plain = await load(VCENTER(", user: me, password: { command: [print, word] }"));
  const me = await plain.login("all");
  assertEquals([me.user, me.password.reveal()], ["me", "word"]);
});

Deno.test("login() says everything that cannot be had", async () => {
  const secrets = {
    env: (name: string) => name === "VSPHERE_PASSWORD" ? "" : undefined,
    file: () => Promise.resolve(""),
    command: () => Promise.resolve(""),
  };
  const text = VCENTER("");
  const said = await shown(load(text, { secrets }).then(({ login }) => login("all")));
  const of = 'of placement of group "all" from the environment variable';
  assertStringIncludes(said, `Cannot read vsphere.user ${of} "VSPHERE_USER": it is not set`);
  assertStringIncludes(said, `Cannot read vsphere.password ${of} "VSPHERE_PASSWORD": it is empty`);
});

Deno.test("variables that log in to a platform are hidden from every child, whoever reads them", async () => {
  const hidden: string[] = [];
  const never = () => {
    throw new Error("a secret was asked for");
  };
  const conceal = (name: string) => void hidden.push(name);
  await load(VCENTER(""), { secrets: { env: never, file: never, command: never, conceal } });
  assertEquals(hidden, ["VSPHERE_USER", "VSPHERE_PASSWORD"]);
});
