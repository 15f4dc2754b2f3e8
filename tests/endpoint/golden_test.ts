/**
 * Rendered files of every profile for the versions of three Debian releases.
 * `UPDATE_GOLDEN=1 deno test --allow-all tests/endpoint/golden_test.ts` writes them anew: read the diff.
 */
import { assertEquals } from "@std/assert";
import { managedFiles } from "../../src/endpoint/files.ts";
import type { Endpoint } from "../../src/model.ts";
import { endpoint, RELEASES, secret, TEMPLATES, world } from "./fixtures.ts";

const CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

const ENDPOINTS: Readonly<Record<Endpoint["profile"], Endpoint>> = {
  guide: endpoint({
    profile: "guide",
    vrrp: { ...endpoint().vrrp, authPass: secret("s3cr3t") },
  }),
  standard: endpoint({ ca: CA }),
  fast: endpoint({ profile: "fast" }),
};

/** All files of the first member in one text, as they would be listed. */
function rendered(of: Endpoint, release: keyof typeof RELEASES): string {
  return managedFiles(of, of.members[0]!, TEMPLATES)
    .map((it) =>
      `==> ${it.path} ${it.mode} ${it.owner}:${it.group}\n${it.content(world(of, release))}`
    )
    .join("\n");
}

for (const profile of ["guide", "standard", "fast"] as const) {
  for (const release of Object.keys(RELEASES) as (keyof typeof RELEASES)[]) {
    Deno.test(`managedFiles() equals golden/${profile}-${release}.txt`, async () => {
      const file = new URL(`golden/${profile}-${release}.txt`, import.meta.url);
      const text = rendered(ENDPOINTS[profile], release);
      if (Deno.env.get("UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, text);
      assertEquals(text, await Deno.readTextFile(file));
    });
  }
}
