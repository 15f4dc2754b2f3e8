/** The guide profile against the seed document itself: golden/seed.md is an exact copy. */
import { assertEquals } from "@std/assert";
import { managedFiles } from "../../src/endpoint/files.ts";
import { endpoint, secret, TEMPLATES, world } from "./fixtures.ts";

const SEED = await Deno.readTextFile(new URL("golden/seed.md", import.meta.url));

const GUIDE = endpoint({
  profile: "guide",
  vrrp: { ...endpoint().vrrp, authPass: secret("s3cr3t") },
});

const VARIABLES: Readonly<Record<string, string>> = {
  STATE: "MASTER",
  INTERFACE: "eth0",
  ROUTER_ID: "10",
  PRIORITY: "101",
  AUTH_PASS: "s3cr3t",
  APISERVER_VIP: "10.88.0.10",
  APISERVER_DEST_PORT: "8443",
  APISERVER_SRC_PORT: "6443",
  HOST1_ID: "m1",
  HOST1_ADDRESS: "10.88.0.21",
};

/** Code blocks of the seed in order, filled in, with its `[...]` replaced by the other servers. */
const BLOCKS = [...SEED.matchAll(/^```\n(.*?)^```$/gms)].map(([, block = ""]) =>
  block.replaceAll(/\$\{(\w+)\}/g, (whole, name) => VARIABLES[name] ?? whole)
    .replace("# [...]", "server m2 10.88.0.22:6443 check\nserver m3 10.88.0.23:6443 check")
);

/** Words of every line that is not blank. */
function words(text: string): string[] {
  return text.split("\n").map((it) => it.trim().replaceAll(/\s+/g, " ")).filter((it) => it !== "");
}

Deno.test("managedFiles() of profile guide are the seed's files, word for word", () => {
  const files = managedFiles(GUIDE, GUIDE.members[0]!, TEMPLATES);
  const [keepalived, script, haproxy] = BLOCKS;
  const expected = {
    "/etc/haproxy/haproxy.cfg": haproxy,
    "/etc/keepalived/keepalived.conf": keepalived,
    "/etc/keepalived/check_apiserver.sh": script,
  };
  assertEquals(BLOCKS.length, 3);
  assertEquals(
    Object.fromEntries(files.map((it) => [it.path, words(it.content(world(GUIDE)))])),
    Object.fromEntries(Object.entries(expected).map(([path, text]) => [path, words(text ?? "")])),
  );
});

Deno.test("managedFiles() of profile guide keep the seed's line breaks inside the script", () => {
  const script = managedFiles(GUIDE, GUIDE.members[0]!, TEMPLATES).at(-1);
  assertEquals(script?.content(world(GUIDE)), BLOCKS[1]);
});

Deno.test("docs/seed.md maps every variable of the seed", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/seed.md", import.meta.url));
  const names = new Set([...SEED.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name ?? ""));
  assertEquals([...names].filter((name) => !page.includes(`\`${name}\``)), []);
});
