import { assertEquals } from "@std/assert";
import { formatDiagnostics } from "../../src/diagnostics.ts";
import { load } from "./helpers.ts";

const text = async (files: string | Readonly<Record<string, string>>, extraVars = {}) =>
  formatDiagnostics((await load(files, { extraVars })).warnings);

Deno.test("a variable that is a slip away from one that is read is named, once, at its place", async () => {
  const files = {
    "hosts.yaml": `all:
  vars:
    ansible_usr: deploy
    failure_domian: r1
  hosts:
    lb1: { ansible_hots: 10.0.0.11, endpoint_hosts: { priority: 30 } }
    lb2: { ansible_hsot: 10.0.0.12, anisble_port: 22, ansible_ssh_private_key: k }
  children:
    lbs: { hosts: { lb1:, lb2: }, vars: { end_point: { address: 10.0.0.10 } } }
`,
    "group_vars/lbs.yaml": "ansible_becom: true\nansible_become_passwrd: { env: X }\n",
  };
  assertEquals(
    await text(files),
    `hosts.yaml:3:5: warning: "ansible_usr" of group "all" has no effect: Holdfast reads no variable of this name [unread-variable]
   hint: did you mean "ansible_user"?
hosts.yaml:4:5: warning: "failure_domian" of group "all" has no effect: Holdfast reads no variable of this name [unread-variable]
   hint: did you mean "failure_domain"?
hosts.yaml:6:12: warning: "ansible_hots" of host "lb1" has no effect: Holdfast reads no variable of this name [unread-variable]
   hint: did you mean "ansible_host"?
hosts.yaml:6:37: warning: "endpoint_hosts" of host "lb1" has no effect: Holdfast reads no variable of this name [unread-variable]
   hint: did you mean "endpoint_host"?
hosts.yaml:7:12: warning: "ansible_hsot" of host "lb2" has no effect: Holdfast reads no variable of this name [unread-variable]
   hint: did you mean "ansible_host"?
hosts.yaml:7:37: warning: "anisble_port" of host "lb2" has no effect: Holdfast reads no variable of this name [unread-variable]
   hint: did you mean "ansible_port"?
hosts.yaml:7:55: warning: "ansible_ssh_private_key" of host "lb2" has no effect: Holdfast reads no variable of this name [unread-variable]
   hint: did you mean "ansible_ssh_private_key_file"?
hosts.yaml:9:43: warning: "end_point" of group "lbs" has no effect: Holdfast reads no variable of this name [unread-variable]
   hint: did you mean "endpoint"?
group_vars/lbs.yaml:1:1: warning: "ansible_becom" of group "lbs" has no effect: Holdfast reads no variable of this name [unread-variable]
   hint: did you mean "ansible_become"?
group_vars/lbs.yaml:2:1: warning: "ansible_become_passwrd" of group "lbs" has no effect: Holdfast reads no variable of this name [unread-variable]
   hint: did you mean "ansible_become_password"?`,
  );
});

Deno.test("a slip on the command line is named, which has no place", async () => {
  assertEquals(
    await text("all: { hosts: { h1: } }", { ansible_prot: 22 }),
    `warning: "ansible_prot" of the command line has no effect: Holdfast reads no variable of this name [unread-variable]
   hint: did you mean "ansible_port"?`,
  );
});

Deno.test("variables of users, of Ansible, and those that look alike only are passed over", async () => {
  const own = [
    ..."hostname os env date facts become_exe become_flags become_pass ssh_pass ssh_args".split(
      " ",
    ),
    ..."ssh_password ssh_timeout ssh_retries ssh_executable ssh_pipelining remote_user".split(" "),
    ..."password python_interpreter shell_type shell_executable remote_tmp scp_extra_args".split(
      " ",
    ),
    ..."sftp_extra_args sudo_pass sudo_user su_pass su_user user_id user_shell host_key_checking"
      .split(" "),
    ..."ssh_host_key_rsa_public network_os local domain fqdn async_dir sftp_batch_mode timeout"
      .split(" "),
  ].map((name) => `ansible_${name}`);
  const lines = [...own, "host", "port", "user", "ansible", "rack", "failure_reason"]
    .map((name) => `    ${name}: x`);
  const yaml = `all:
  hosts: { h1: { ansible_host: 10.0.0.1, ansible_hosts: [a] } }
  vars:
${lines.join("\n")}
    endpoint_hosts: [a, b]
    endpoints: { web: "https://x.example.com" }
    failure_domains: [r1, r2]
`;
  assertEquals(await text(yaml), "");
});
