/** `placement check`, and `check` and `apply`, over machines of a fake Proxmox VE. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { fakeProxmox, USER, usual, VALUE } from "../../placement/fake_proxmox.ts";
import { certs } from "../../placement/proxmox_kit.ts";
import { cli, type CliResult, DEAD_END } from "../cli.ts";
import { inFolder, inventoryOf, placement } from "./proxmox_site.ts";

Deno.test("what is in the way of asking is said at its place, with an exit code of its own", async () => {
  await using pve = fakeProxmox(certs);
  const lost = await placement("check", inventoryOf("127.0.0.1:1"));
  assertEquals([lost.code, lost.out], [4, ""]);
  assertStringIncludes(lost.err, "hosts.yaml:7:26: Cannot reach 127.0.0.1:1");
  const unknown = await placement(
    "check",
    inventoryOf(pve.server, { groups: { masters: ["m1", "nobody", 999] } }),
  );
  assertEquals(unknown.code, 1);
  assertStringIncludes(unknown.err, "Cannot find the machine nobody");
  assertStringIncludes(unknown.err, "Cannot find the machine 999");
  const noToken = await placement("check", inventoryOf(pve.server), {}, { token: VALUE });
  assertEquals(noToken.code, 1);
  assertStringIncludes(noToken.err, "expected USER@REALM!TOKENID=UUID [secret-unusable]");
});

Deno.test("what is in the way is in the document, too, whatever it is", async () => {
  await using pve = fakeProxmox(certs);
  const good = inventoryOf(pve.server);
  const cases = [
    [inventoryOf("127.0.0.1:1"), {}, 4, "platform-unreachable"],
    [good, { token: VALUE }, 1, "secret-unusable"],
    [good.replace("anti_affinity", "anti"), {}, 1, "wrong-value"],
    ["all: { hosts: { a: {} } }", {}, 1, "no-placement"],
  ] as const;
  for (const word of ["check", "apply"] as const) {
    for (const [text, more, code, wrong] of cases) {
      const found = await placement(word, text, { json: true }, more);
      const { format, placements, errors, written, after } = JSON.parse(found.out);
      assertEquals([found.code, format, placements], [code, 1, []]);
      assertEquals(errors.map((it: { code: string }) => it.code), [wrong]);
      assertStringIncludes(found.err, errors[0].message.split("\n")[0]);
      assertEquals([written, after], word === "apply" ? [[], []] : [undefined, undefined]);
    }
    const { out } = await placement(word, good, { json: true });
    assertEquals(JSON.parse(out).errors, []);
  }
});

Deno.test("what a Proxmox VE calls its cluster moves no cursor", async () => {
  await using pve = fakeProxmox(certs, { cluster: "a\x1b[2J\nb" });
  const { out, err } = await placement("check", inventoryOf(pve.server));
  assert(!/\p{Cc}/u.test(`${out}${err}`.replaceAll("\n", "")), out);
  assertEquals(out.split("\n").length, 5, out);
});

Deno.test("an answer that is garbled, elsewhere or too much is a failure, and says so", async () => {
  for (
    const [reply, says] of [
      [() => new Response("<html>"), "No JSON document"],
      [() => Response.redirect("https://127.0.0.1:1/"), "it sends elsewhere"],
      [() => new Response(" ".repeat(17 << 20)), "it is over 16 MiB"],
    ] as const
  ) {
    const hook = (asked: string) => asked.includes("/cluster/status") ? reply() : undefined;
    await using pve = fakeProxmox(certs, {}, hook);
    const { err, code } = await placement("apply", inventoryOf(pve.server));
    assertEquals(code, 3);
    assertStringIncludes(err, says);
    assertEquals(pve.writes, []);
  }
});

Deno.test("the permission to connect to the server is enough, another one is not", async () => {
  await using pve = fakeProxmox(certs);
  const text = inventoryOf(pve.server).replace("{ file: token }", "{ env: PVE_TOKEN }");
  await inFolder(text, async (file) => {
    const started = (net: string) =>
      cli(["placement", "check", file], {
        flags: [
          ...["--no-prompt", "--allow-read", `--allow-net=${net}`],
          "--allow-env=HOME,TERM,NO_COLOR,FORCE_COLOR,CI,PVE_TOKEN",
          "--ignore-env",
        ],
        env: { PVE_TOKEN: `${USER}=${VALUE}` },
      });
    const allowed = await started(pve.server);
    assertEquals([allowed.code, allowed.err], [2, ""]);
    const other = await started("127.0.0.1:1");
    assertEquals(other.code, 1, other.err);
    assertStringIncludes(other.err, `--allow-net=${pve.server}`);
  });
});

/** Two load balancers at a port where nobody listens, that are machines m1 and m2. */
const inventory = (server: string, more = "") =>
  DEAD_END.replace(
    "ansible_port: 1",
    `ansible_port: 1
    placement:
      provider: proxmox
      cluster_name: prod${more}
      proxmox: { server: '${server}', ca_file: ca.pem }
      groups: { load_balancers: { policy: anti_affinity } }`,
  ).replace(/lb1: \{ ?/, "lb1: { proxmox_vm: m1, ").replace(
    /lb2: \{ ?/,
    "lb2: { proxmox_vm: 102, ",
  );

async function run(
  command: "check" | "apply",
  text: string,
  env: Readonly<Record<string, string>> = { PROXMOX_VE_API_TOKEN: `${USER}=${VALUE}` },
): Promise<CliResult> {
  let result: CliResult = { code: -1, out: "", err: "" };
  await inFolder(text, async (file) => {
    result = await cli([command, file], { env });
  });
  assert(!`${result.out}${result.err}`.includes(VALUE));
  return result;
}

for (const command of ["check", "apply"] as const) {
  Deno.test(`${command} says who shares a node, where it knows who asks or has to`, async () => {
    const machines = usual().machines.map((it) => ({ ...it, node: "pve1" }));
    await using pve = fakeProxmox(certs, { machines });
    const shared = 'Members of group "load_balancers" share host "pve1": "lb1" and "lb2"';
    const warned = await run(command, inventory(pve.server));
    assertEquals(warned.code, 4, warned.err);
    assertStringIncludes(warned.err, `warning: ${shared}`);
    const unasked = await run(command, inventory(pve.server), {});
    assertEquals([unasked.code, unasked.err.includes("placement")], [4, false]);
    const required = inventory(pve.server, "\n      required: true");
    const refused = await run(command, required);
    assertEquals([refused.code, refused.err.includes("Cannot connect")], [1, false]);
    assertStringIncludes(refused.err, shared);
    const blind = await run(command, required, {});
    assertEquals(blind.code, 1);
    assertStringIncludes(blind.err, '"PROXMOX_VE_API_TOKEN": it is not set');
    assertEquals(pve.writes, []);
  });
}

Deno.test("a machine that is off is a warning, and an error where all must be known", async () => {
  const machines = usual().machines.map((it) =>
    it.vmid === 102 ? { ...it, status: "stopped" } : it
  );
  await using pve = fakeProxmox(certs, { machines });
  const unknown =
    'It is not known where "lb2" of group "load_balancers" will be: no host runs it ' +
    "now [place-unknown]";
  const warned = await run("check", inventory(pve.server));
  assertEquals(warned.code, 4);
  assertStringIncludes(warned.err, `warning: ${unknown}`);
  const refused = await run("check", inventory(pve.server, "\n      required: true"));
  assertEquals([refused.code, refused.err.includes("Cannot connect")], [1, false]);
  assertStringIncludes(refused.err, `: ${unknown}`);
  assertStringIncludes(refused.err, "hint: start it, or required: false");
});

for (
  const [what, made, says] of [
    ["garbage", { text: "garbage", mode: 0o600 }, 'from "token": expected USER@REALM!TOKENID=UUID'],
    ["readable by others", { text: `${USER}=${VALUE}`, mode: 0o644 }, "others may read it (mode"],
    ["not there", undefined, 'from "token": there is no such file'],
  ] as const
) {
  Deno.test(`a token that is ${what} is a warning where nobody requires it`, async () => {
    await using pve = fakeProxmox(certs);
    const text = inventory(pve.server).replace(
      "ca_file: ca.pem }",
      "ca_file: ca.pem, api_token: { file: token } }",
    );
    await inFolder(text, async (file, dir) => {
      const token = join(dir, "token");
      await Deno.remove(token);
      if (made !== undefined) await Deno.writeTextFile(token, made.text);
      if (made !== undefined) await Deno.chmod(token, made.mode);
      const { code, err } = await cli(["check", file]);
      assertEquals(code, 4);
      assertStringIncludes(err, "warning: Cannot ");
      assertStringIncludes(err, says);
      assertStringIncludes(
        err,
        'warning: Placement of group "all" was not looked at: provider proxmox could not be asked ' +
          "where its machines are [placement-unseen]",
      );
      assert(!err.includes(VALUE), err);
    });
    assertEquals(pve.asked, []);
  });
}
