/**
 * Rendered files of every profile for the versions of three Debian releases.
 * `HOLDFAST_UPDATE=1 deno test --allow-all tests/endpoint/golden_test.ts` writes them anew: read the diff.
 */
import { assertEquals } from "@std/assert";
import { managedFiles } from "../../src/endpoint/files.ts";
import type { Endpoint, World } from "../../src/model.ts";
import { dual, endpoint, facts, member, RELEASES, secret, TEMPLATES, world } from "./fixtures.ts";

const CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

const ENDPOINTS: Readonly<Record<Endpoint["profile"], Endpoint>> = {
  guide: endpoint({
    profile: "guide",
    vrrp: { ...endpoint().vrrp, authPass: secret("s3cr3t") },
  }),
  standard: endpoint({ ca: CA }),
  fast: endpoint({ profile: "fast" }),
};

/** All files of a member, the first where no other is given, in one text, as they would be listed. */
function rendered(
  of: Endpoint,
  release: keyof typeof RELEASES,
  { index = 0, seen = world(of, release) }: { index?: number; seen?: World } = {},
): string {
  return managedFiles(of, of.members[index]!, TEMPLATES)
    .map((it) =>
      `==> ${it.path} ${it.mode} ${it.owner}:${it.group}\n${
        it.content({ ...seen, host: of.members[index]!.host.name })
      }`
    )
    .join("\n");
}

async function assertGolden(name: string, text: string): Promise<void> {
  const file = new URL(`golden/${name}.txt`, import.meta.url);
  if (Deno.env.get("HOLDFAST_UPDATE") === "1") await Deno.writeTextFile(file, text);
  assertEquals(text, await Deno.readTextFile(file));
}

for (const profile of ["guide", "standard", "fast"] as const) {
  for (const release of Object.keys(RELEASES) as (keyof typeof RELEASES)[]) {
    Deno.test(`managedFiles() equals golden/${profile}-${release}.txt`, async () => {
      await assertGolden(`${profile}-${release}`, rendered(ENDPOINTS[profile], release));
    });
  }
}

/** Members 1 to `count`, with the addresses of API servers when they run on the same machines. */
function members(count: number, last: (n: number) => number) {
  return Array.from({ length: count }, (_, i) => member(`lb${i + 1}`, `10.88.0.${last(i + 1)}`));
}

/** The part of a listing that is one file. */
function fileOf(listing: string, path: string): string {
  return listing.split("==> ").find((it) => it.startsWith(`${path} `)) ?? "";
}

Deno.test("managedFiles() of addresses of both families equal golden/dual-RELEASE.txt", async () => {
  for (const release of Object.keys(RELEASES) as (keyof typeof RELEASES)[]) {
    await assertGolden(`dual-${release}`, rendered(dual(), release));
  }
});

Deno.test("managedFiles() of an IPv6 address alone equal golden/ipv6-bookworm.txt", async () => {
  const six = endpoint({ address: "fd00:88::10" });
  await assertGolden("ipv6-bookworm", rendered(six, "bookworm"));
});

Deno.test("keepalived.conf of families on interfaces of their own equals golden/dual-interfaces.txt", async () => {
  const of = dual({ moreAddresses: ["fd00:88::10"] });
  const seen = world(of);
  const split = (n: number) => ({
    ...facts([]),
    interfaces: [
      { name: "eth0", addresses: [`10.88.0.1${n}/24`] },
      { name: "eth1", addresses: [`fd00:88::1${n}/64`] },
    ],
  });
  const apart = { ...seen, facts: new Map([["lb1", split(1)], ["lb2", split(2)]]) };
  const text = rendered(of, "bookworm", { seen: apart });
  const files = ["keepalived/keepalived.conf", "systemd/system/keepalived.service.d/holdfast.conf"];
  await assertGolden("dual-interfaces", files.map((it) => fileOf(text, `/etc/${it}`)).join("==> "));
});

for (const count of [3, 5]) {
  Deno.test(`keepalived.conf of each of ${count} members equals golden/members-${count}.txt`, async () => {
    const of = dual({ members: members(count, (n) => 10 + n) });
    const all = of.members.map((_, index) =>
      fileOf(rendered(of, "bookworm", { index }), "/etc/keepalived/keepalived.conf")
    );
    await assertGolden(`members-${count}`, all.join("==> "));
  });
}
