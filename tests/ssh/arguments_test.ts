import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Host } from "../../src/model.ts";
import {
  connectTimeout,
  forwardArguments,
  jumpHost,
  sshArguments,
} from "../../src/ssh/arguments.ts";
import { runSh } from "../helpers.ts";

const host: Host = {
  name: "lb1",
  address: "10.0.0.1",
  become: false,
  sshArgs: [],
  groups: [],
  vars: {},
};
const WORDS = { prompt: "holdfast-1", ready: "holdfast-2" };

Deno.test("sshArguments() ends with --, the address and one command", () => {
  const nasty = { ...host, address: "-oProxyCommand=touch /tmp/pwned" };
  assertEquals(sshArguments(nasty, 10).slice(-3), ["--", nasty.address, "exec /bin/sh"]);
});

Deno.test("sshArguments() is strict, silent and forwards nothing", () => {
  const args = sshArguments(host, 7).join(" ");
  for (
    const part of [
      "-T -a -x",
      "BatchMode=yes",
      "StrictHostKeyChecking=yes",
      "ConnectTimeout=7",
      "ClearAllForwardings=yes",
      "PermitLocalCommand=no",
      "RemoteCommand=none",
    ]
  ) assert(args.includes(part), part);
});

Deno.test("sshArguments() puts the inventory's own arguments first, where ssh heeds them", () => {
  const sshArgs = ["-o", "StrictHostKeyChecking=accept-new"];
  assertEquals(sshArguments({ ...host, sshArgs }, 10).slice(0, 2), sshArgs);
});

Deno.test("sshArguments() passes user, port and key, and the key alone", () => {
  const args = sshArguments({ ...host, user: "deploy", port: 2222, keyFile: "/k" }, 10);
  const after = (flag: string) => args[args.indexOf(flag) + 1];
  assertEquals([after("-l"), after("-p"), after("-i")], ["deploy", "2222", "/k"]);
  assert(args.includes("IdentitiesOnly=yes"));
});

Deno.test("sshArguments() leaves user, port and key to ssh when the inventory does", () => {
  const args = sshArguments(host, 10);
  assert(["-l", "-p", "-i", "IdentitiesOnly=yes"].every((flag) => !args.includes(flag)));
});

Deno.test("sshArguments() asks sudo not to ask, unless there is a password", () => {
  const become = { ...host, become: true };
  const last = (words?: typeof WORDS) => sshArguments(become, 10, words).at(-1) ?? "";
  assertMatch(last(), /^exec \/bin\/sh -c '[^']+' sudo -n -H -- \/bin\/sh$/);
  assertMatch(
    last(WORDS),
    /sudo -S -H -p holdfast-1 -- \/bin\/sh -c 'printf holdfast-2; exec \/bin\/sh'$/,
  );
});

for (const shell of [["sh"], ["bash"], ["zsh"], ["fish"], ["csh"], ["tcsh"], ["busybox", "sh"]]) {
  const here = await runSh(`${shell.join(" ")} -c : </dev/null`);
  Deno.test({
    name: `sshArguments() gives a command that ${
      shell.join(" ")
    } reads as meant, whatever its PATH`,
    ignore: here.code !== 0,
    fn: async () => {
      const command = sshArguments({ ...host, become: true }, 10, WORDS).at(-1) ?? "";
      // Said by the first program behind the login shell's own words, found by its name alone.
      const printed = command.replace(" sudo -S ", " env printf %s, -S ");
      const path = (await runSh(`command -v ${shell[0]}`)).stdout.trim();
      const { code, stdout, stderr } = await new Deno.Command(path, {
        args: [...shell.slice(1), "-c", printed],
        env: { PATH: "/nowhere", HOME: "/" },
        clearEnv: true,
      }).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      assertEquals([code, text(stderr)], [0, ""]);
      assertEquals(
        text(stdout),
        "-S,-H,-p,holdfast-1,--,/bin/sh,-c,printf holdfast-2; exec /bin/sh,",
      );
    },
  });
}

Deno.test("connectTimeout() reads what the inventory set", () => {
  assertEquals(connectTimeout(host, 10), 10);
  assertEquals(connectTimeout({ ...host, sshArgs: ["-oConnectTimeout=30"] }, 10), 30);
});

Deno.test("forwardArguments() is as strict, forwards one port, and shares no connection", () => {
  const sshArgs = ["-o", "ControlMaster=auto", "-o", "ControlPath=/tmp/x"];
  const nasty = { ...host, sshArgs, address: "-oProxyCommand=touch /tmp/pwned", port: 2222 };
  const args = forwardArguments(nasty, 7, "127.0.0.1:9:10.0.0.10:8443", "hello");
  assertEquals(args.slice(-3), ["--", nasty.address, "echo hello; exec cat"]);
  const line = args.join(" ");
  for (
    const part of [
      "-L 127.0.0.1:9:10.0.0.10:8443",
      "BatchMode=yes",
      "StrictHostKeyChecking=yes",
      "ExitOnForwardFailure=yes",
      "PermitLocalCommand=no",
      "-p 2222",
    ]
  ) assert(line.includes(part), part);
  // ssh keeps the first value it meets.
  assert(line.indexOf("ControlPath=none") < line.indexOf("ControlPath=/tmp/x"));
  assert(line.indexOf("ControlMaster=no") < line.indexOf("ControlMaster=auto"));
  assert(!line.includes("ClearAllForwardings"));
});

Deno.test("jumpHost() knows every way to name one, and no other program", () => {
  const of = (...sshArgs: string[]) => jumpHost({ sshArgs });
  assertEquals(of("-J", "bastion"), "bastion");
  assertEquals(of("-Jops@bastion:2222"), "ops@bastion:2222");
  assertEquals(of("-o", "ProxyJump=bastion"), "bastion");
  assertEquals(of("-oProxyJump bastion"), "bastion");
  assertEquals(of("-o", "proxycommand ssh -W %h:%p bastion"), "ssh -W %h:%p bastion");
  assertEquals(of("-o", "ProxyCommand=/usr/bin/ssh -W %h:%p b"), "/usr/bin/ssh -W %h:%p b");
  assertEquals(of("-o", "ProxyCommand=nc %h %p", "-J", "late"), undefined);
  assertEquals(of("-o", "User=x", "-i", "key"), undefined);
});
