/** Provider `proxmox` in an inventory, and the token that its placement is asked with. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { load, memory, problems, shown } from "./helpers.ts";

const UUID = "b7e2c0de-5ec7-4e70-9a51-0c0ffee0beef";
const TOKEN = `holdfast@pve!deploy=${UUID}`;

const PROXMOX = (more = "") => `
all:
  vars:
    placement:
      provider: proxmox
      cluster_name: prod
      groups: { masters: { policy: anti_affinity } }
      proxmox: { server: pve.example.com${more} }
  children:
    masters: { hosts: { m1: {}, m2: { proxmox_vm: 102 } } }
`;

const never = () => {
  throw new Error("a secret was asked for");
};

Deno.test("loadInventory() gives a placement its Proxmox VE, and asks for no secret", async () => {
  const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const files = { "hosts.yaml": PROXMOX(", ca_file: root.pem"), "root.pem": pem };
  const secrets = { env: never, file: never, command: never };
  const { inventory } = await load(files, { files: memory(files), secrets });
  assertEquals(inventory.placements[0]?.proxmox, {
    server: "pve.example.com",
    ca: pem,
    apiToken: { env: "PROXMOX_VE_API_TOKEN" },
  });
});

Deno.test("a plain token is refused, and never shown", async () => {
  const text = await problems(PROXMOX(`, api_token: "${TOKEN}"`));
  assertStringIncludes(
    text,
    'Cannot use "proxmox.api_token" of placement of group "all": expected',
  );
  assertEquals(text.includes(UUID), false, text);
});

const given = (value: string | undefined) => ({
  secrets: { env: () => value, file: never, command: never },
});

Deno.test("login() takes a token apart: whose it is, and its value", async () => {
  const { login } = await load(PROXMOX(), given(TOKEN));
  const { user, password } = await login("all");
  assertEquals([user, password.reveal(), `${password}`], [
    "holdfast@pve!deploy",
    UUID,
    "[secret]",
  ]);
});

const UNUSABLE: readonly string[] = [
  UUID,
  `PVEAPIToken=${TOKEN}`,
  `holdfast!deploy=${UUID}`,
  `holdfast@pve=${UUID}`,
  `holdfast@pve!deploy=${UUID}0`,
  `holdfast@pve!deploy=${UUID}\r\nX: y`,
  `hold\u00e4st@pve!deploy=${UUID}`,
  // The server would read these as something else.
  `hold%41@pve!deploy=${UUID}`,
  `a;b@pve!deploy=${UUID}`,
];

Deno.test("login() refuses what is no token, and shows nothing of it", async () => {
  for (const value of UNUSABLE) {
    const said = await shown(load(PROXMOX(), given(value)).then(({ login }) => login("all")));
    assertStringIncludes(
      said,
      'Cannot use proxmox.api_token of placement of group "all" from the environment variable ' +
        '"PROXMOX_VE_API_TOKEN": expected USER@REALM!TOKENID=UUID [secret-unusable]',
    );
    assertEquals(said.includes(UUID), false, said);
  }
});

Deno.test("login() says that a token lacks or is empty", async () => {
  const of = 'Cannot read proxmox.api_token of placement of group "all" from the environment ' +
    'variable "PROXMOX_VE_API_TOKEN": ';
  for (const [value, why] of [[undefined, "it is not set"], ["", "it is empty"]] as const) {
    const said = await shown(load(PROXMOX(), given(value)).then(({ login }) => login("all")));
    assertStringIncludes(said, `${of}${why}`);
  }
});

Deno.test("the variable of a token is hidden from every child, whoever reads it", async () => {
  const hidden: string[] = [];
  const conceal = (name: string) => void hidden.push(name);
  await load(PROXMOX(), { secrets: { env: never, file: never, command: never, conceal } });
  assertEquals(hidden, ["PROXMOX_VE_API_TOKEN"]);
});
