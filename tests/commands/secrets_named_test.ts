import { assertEquals } from "@std/assert";
import { secretsNamed as everythingNamed } from "../../src/commands/secrets_named.ts";
import { withTempDir } from "../helpers.ts";

async function secretsNamed(path: string) {
  const { env, programs } = await everythingNamed(path);
  return { env, programs };
}

function inventory(authPass: string): string {
  return `all:
  children:
    lb:
      vars:
        endpoint: { address: 10.0.0.10, backends: [{ name: m1, address: 10.0.0.21 }], vrrp: { auth_pass: ${authPass} } }
      hosts: { lb1: { ansible_host: 10.0.0.11 } }
`;
}

Deno.test("secretsNamed() names variables and programs without reading a secret", () =>
  withTempDir(async (dir) => {
    const path = `${dir}/hosts.yaml`;
    await Deno.writeTextFile(path, inventory("{ env: KEEPALIVED_PW }"));
    assertEquals(await secretsNamed(path), { env: ["KEEPALIVED_PW"], programs: [] });
    await Deno.writeTextFile(path, inventory("{ command: [touch, /nonexistent/x] }"));
    assertEquals(await secretsNamed(path), { env: [], programs: ["touch"] });
  }));

Deno.test("secretsNamed() names what sudo's passwords come from, of every host", () =>
  withTempDir(async (dir) => {
    const path = `${dir}/hosts.yaml`;
    const sudo = "ansible_become: true, ansible_become_password:";
    await Deno.writeTextFile(
      path,
      inventory("{ env: KEEPALIVED_PW }").replace(
        "lb1: {",
        `lb0: { ansible_host: 10.0.0.9, ${sudo} { command: [pass, sudo] }, ansible_password: x },
        lb2: { ansible_host: 10.0.0.12, ${sudo} !vault x },
        lb1: { ${sudo} { env: SUDO_PW },`,
      ),
    );
    assertEquals(await secretsNamed(path), {
      env: ["KEEPALIVED_PW", "SUDO_PW"],
      programs: ["pass"],
    });
  }));

Deno.test("secretsNamed() leaves what is wrong with an inventory to the run itself", () =>
  withTempDir(async (dir) => {
    assertEquals(await secretsNamed(`${dir}/none.yaml`), { env: [], programs: [] });
  }));

Deno.test("secretsNamed() names an inventory that is a program, and does not start it", () =>
  withTempDir(async (dir) => {
    const path = `${dir}/hosts.sh`;
    await Deno.writeTextFile(path, `#!/bin/sh\ntouch '${dir}/started'\n`, { mode: 0o755 });
    await Deno.mkdir(`${dir}/group_vars`);
    const endpoint =
      "{ address: 10.0.0.10, backends: [{ name: m1, address: 10.0.0.21 }], vrrp: { auth_pass: { env: PW } } }";
    await Deno.writeTextFile(`${dir}/group_vars/lb.yml`, `endpoint: ${endpoint}\n`);
    // The program is named, and so is the secret of a group that has a file.
    assertEquals(await secretsNamed(path), { env: ["PW"], programs: [path] });
    assertEquals(await secretsNamed(dir), { env: ["PW"], programs: [path] });
    assertEquals((await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name).sort(), [
      "group_vars",
      "hosts.sh",
    ]);
  }));

Deno.test("secretsNamed() names what drills start and ask", () =>
  withTempDir(async (dir) => {
    const path = `${dir}/hosts.yaml`;
    const text = inventory("abc");
    await Deno.writeTextFile(path, text);
    assertEquals((await everythingNamed(path)).drills, {
      programs: [],
      addresses: ["10.0.0.10:8443"],
    });
    const dual = text.replace("address: 10.0.0.10", "address: [10.0.0.10, fd00::10]");
    await Deno.writeTextFile(path, dual);
    assertEquals((await everythingNamed(path)).drills?.addresses, [
      "10.0.0.10:8443",
      "[fd00::10]:8443",
    ]);
    const drill = "drill: { power_command: [ipmi, '{host}', '{action}'], " +
      "api_command: [ctl, '{server}', '{action}'], probe_from: lb1 }";
    const other = text.replace(
      "all:\n  children:",
      "all:\n  hosts: { far: { ansible_host: 10.0.0.99 } }\n  children:",
    );
    await Deno.writeTextFile(
      path,
      other.replace("vrrp:", `${drill.replace("lb1", "far")}, vrrp:`),
    );
    assertEquals((await everythingNamed(path)).drills, {
      programs: ["ipmi", "ctl"],
      addresses: ["127.0.0.1"],
    });
  }));

Deno.test("secretsNamed() names what asking a Proxmox VE needs, at its own port", () =>
  withTempDir(async (dir) => {
    const path = `${dir}/hosts.yaml`;
    const platforms = async (proxmox: string) => {
      const text = `all:
  vars:
    placement: { provider: proxmox, cluster_name: prod, groups: { all: { policy: spread } }, proxmox: { ${proxmox} } }
  hosts: { a: {} }
`;
      await Deno.writeTextFile(path, text);
      return (await everythingNamed(path)).platforms;
    };
    assertEquals(await platforms("server: pve.example.com"), [
      {
        env: ["PROXMOX_VE_API_TOKEN"],
        programs: [],
        address: "pve.example.com:8006",
        required: false,
      },
    ]);
    assertEquals(await platforms("server: '[fd00::1]:443', api_token: { command: [pass, pve] }"), [
      { env: [], programs: ["pass"], address: "[fd00::1]:443", required: false },
    ]);
  }));

Deno.test("secretsNamed() names what asking a platform needs, and that server alone", () =>
  withTempDir(async (dir) => {
    const path = `${dir}/hosts.yaml`;
    const platforms = async (vsphere: string, required = "false") => {
      const text = `all:
  vars:
    placement: { provider: vsphere, cluster_name: prod, required: ${required}, groups: { all: { policy: spread } }, vsphere: { ${vsphere} } }
  hosts: { a: {} }
`;
      await Deno.writeTextFile(path, text);
      const { env, programs, platforms } = await everythingNamed(path);
      // Who asks no platform gets nothing of it.
      assertEquals([env, programs], [[], []]);
      return platforms;
    };
    const usual = ["VSPHERE_USER", "VSPHERE_PASSWORD"];
    assertEquals(await platforms("server: vc.example.com"), [
      { env: usual, programs: [], address: "vc.example.com:443", required: false },
    ]);
    const command = "server: '[fd00::1]', user: me, password: { command: [pass, show, vc] }";
    assertEquals(await platforms(command, "true"), [
      { env: [], programs: ["pass"], address: "[fd00::1]:443", required: true },
    ]);
    const file = "server: '[fd00::1]:8443', user: { file: u }, password: { env: PW }";
    assertEquals(await platforms(file), [
      { env: ["PW"], programs: [], address: "[fd00::1]:8443", required: false },
    ]);
  }));
