/** What Holdfast renders has none of the traps, and the seed document those that belong to it. */
import { assert, assertEquals } from "@std/assert";
import { parseHaproxy } from "../../src/configs/haproxy.ts";
import { parseKeepalived } from "../../src/configs/keepalived.ts";
import { formatDiagnostics } from "../../src/diagnostics.ts";
import { managedFiles } from "../../src/endpoint/files.ts";
import { PATHS } from "../../src/endpoint/paths.ts";
import { KEEPALIVED_LINTS } from "../../src/lints/mod.ts";
import type { Node } from "../../src/lints/model.ts";
import { lint } from "../../src/lints/run.ts";
import { SEED_FAULTS } from "../../src/lints/seed.ts";
import type { Endpoint } from "../../src/model.ts";
import { endpoint, member, RELEASES, secret, TEMPLATES, world } from "../endpoint/fixtures.ts";

type Release = keyof typeof RELEASES;

/** The load balancers of an endpoint with all that is rendered for them. */
function rendered(of: Endpoint, release: Release): readonly Node[] {
  const seen = world(of, release);
  return of.members.map((it): Node => {
    const { name, address = "" } = it.host;
    const files = managedFiles(of, it, TEMPLATES).filter(({ part }) => part !== "systemd");
    const text = (path: string) =>
      files.find((file) => file.path === path)?.content({ ...seen, host: name }) ?? "";
    return {
      name,
      addresses: [`${address}/24`],
      keepalived: parseKeepalived(text(PATHS.keepalived), `${name}/keepalived.conf`, name),
      haproxy: parseHaproxy(text(PATHS.haproxy), `${name}/haproxy.cfg`),
      scripts: files.filter(({ path }) => path.endsWith(".sh"))
        .map(({ path }) => ({ path, file: path, text: text(path) })),
      versions: { keepalived: RELEASES[release].keepalived.replace(/^1:|-.*/g, "") },
    };
  });
}

const MEMBERS = [1, 2, 3, 4, 5].map((i) => member(`lb${i}`, `10.88.0.1${i}`));

function* endpoints(profile: Endpoint["profile"]): Generator<Endpoint> {
  for (const mode of ["unicast", "multicast"] as const) {
    for (const count of [1, 2, 3, 5]) {
      const vrrp = { ...endpoint().vrrp, mode, authPass: secret("s3cr3t") };
      yield endpoint({ profile, vrrp, members: MEMBERS.slice(0, count) });
    }
  }
}

for (const profile of ["standard", "fast"] as const) {
  for (const release of Object.keys(RELEASES) as Release[]) {
    Deno.test(`profile ${profile} on ${release} has no trap of Keepalived`, () => {
      for (const of of endpoints(profile)) {
        const nodes = rendered(of, release);
        assertEquals(formatDiagnostics(lint({ nodes, endpoint: of }, KEEPALIVED_LINTS)), "");
        // The same files, as if somebody had written them by hand.
        assertEquals(formatDiagnostics(lint({ nodes }, KEEPALIVED_LINTS)), "");
      }
    });
  }
}

Deno.test("profile guide on three hosts has a weight that does not reach the third", () => {
  const [, , of] = [...endpoints("guide")];
  assert(of);
  const found = lint({ nodes: rendered(of, "bookworm"), endpoint: of }, KEEPALIVED_LINTS)
    .filter(({ code }) => code.startsWith("weight-"));
  assertEquals(found.map(({ code, severity }) => [code, severity]), [
    ["weight-below-spread", "warning"],
  ]);
});

Deno.test("profile guide has the traps of the seed document, and they are warnings", () => {
  const [, of] = [...endpoints("guide")];
  assert(of);
  const found = lint({ nodes: rendered(of, "bookworm"), endpoint: of }, KEEPALIVED_LINTS);
  assertEquals(found.filter(({ code }) => !SEED_FAULTS.has(code)), []);
  assertEquals(found.filter(({ severity }) => severity === "error"), []);
  assertEquals(
    [...new Set(found.map(({ code }) => code))].toSorted(),
    ["script-security", "shared-name", "slow-adverts", "slow-detection"],
  );
});
