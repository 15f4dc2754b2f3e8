/**
 * Rendered files of several addresses and of more than two members.
 * `HOLDFAST_UPDATE=1 deno test --allow-all tests/endpoint/golden_addresses_test.ts` writes them anew:
 * read the diff.
 */
import { assertEquals } from "@std/assert";
import { managedFiles } from "../../src/endpoint/files.ts";
import type { Endpoint, World } from "../../src/model.ts";
import { dual, endpoint, facts, member, RELEASES, TEMPLATES, world } from "./fixtures.ts";

const KEEPALIVED = "/etc/keepalived/keepalived.conf";
const UNIT = "/etc/systemd/system/keepalived.service.d/holdfast.conf";

async function assertGolden(name: string, text: string): Promise<void> {
  const file = new URL(`golden/${name}.txt`, import.meta.url);
  if (Deno.env.get("HOLDFAST_UPDATE") === "1") await Deno.writeTextFile(file, text);
  assertEquals(text, await Deno.readTextFile(file));
}

/** What depends on addresses: three files of one member, the first where no other is given. */
function listed(of: Endpoint, seen: World = world(of), index = 0): string {
  const own = { ...seen, host: of.members[index]!.host.name };
  const wanted = ["/etc/haproxy/haproxy.cfg", KEEPALIVED, UNIT];
  return managedFiles(of, of.members[index]!, TEMPLATES)
    .filter(({ path }) => wanted.includes(path))
    .map((it) => `==> ${it.path} ${it.mode} ${it.owner}:${it.group}\n${it.content(own)}`)
    .join("\n");
}

Deno.test("managedFiles() of addresses of both families equal golden/dual.txt on every release", async () => {
  await assertGolden("dual", listed(dual()));
  const keepalived = (text: string) => text.split("==> ").find((it) => it.startsWith(KEEPALIVED));
  for (const release of ["bullseye", "trixie"] satisfies (keyof typeof RELEASES)[]) {
    const other = listed(dual(), world(dual(), release));
    assertEquals(keepalived(other), keepalived(listed(dual())), release);
  }
});

Deno.test("managedFiles() of an IPv6 address alone equal golden/ipv6.txt", async () => {
  await assertGolden("ipv6", listed(endpoint({ address: "fd00:88::10" })));
});

Deno.test("managedFiles() of families on interfaces of their own equal golden/dual-interfaces.txt", async () => {
  const of = dual({ moreAddresses: ["fd00:88::10"] });
  const apart = (n: number) => ({
    ...facts([]),
    interfaces: [
      { name: "eth0", addresses: [`10.88.0.1${n}/24`] },
      { name: "eth1", addresses: [`fd00:88::1${n}/64`] },
    ],
  });
  const seen = { ...world(of), facts: new Map([["lb1", apart(1)], ["lb2", apart(2)]]) };
  await assertGolden("dual-interfaces", listed(of, seen));
});

for (const count of [3, 5]) {
  Deno.test(`keepalived.conf of each of ${count} members equals golden/members-${count}.txt`, async () => {
    const members = Array.from(
      { length: count },
      (_, i) => member(`lb${i + 1}`, `10.88.0.${11 + i}`),
    );
    const of = dual({ members });
    const all = members.map((_, i) =>
      listed(of, world(of), i).split("==> ").find((it) => it.startsWith(KEEPALIVED)) ?? ""
    );
    await assertGolden(`members-${count}`, all.join("==> "));
  });
}
