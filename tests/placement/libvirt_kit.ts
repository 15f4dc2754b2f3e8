/** Hypervisors that answer as a test says, without a program. */
import { PlacementError, PlacementErrors } from "../../src/placement/errors.ts";
import { libvirt } from "../../src/placement/libvirt/mod.ts";
import type { PlacementProvider } from "../../src/placement/model.ts";

/** UUIDs that differ by one digit. */
export const uuid = (n: number) => `4d1a86d2-87a0-9c1b-2e5a-5f5a9f3f6b0${n}`;

/** What virsh prints of domains: `{ m1: 1 }` is a name and the number of its UUID. */
export function printed(
  all: Readonly<Record<string, number>>,
  active: Readonly<Record<string, number>> = all,
): string {
  const list = (domains: Readonly<Record<string, number>>) =>
    Object.entries(domains).map(([name, n]) => `${uuid(n)} ${name}\n`).join("");
  return `${list(all)}\nactive\n${list(active)}\n`;
}

/** A provider over answers by name: what virsh prints, or how it fails. */
export function over(
  answers: Readonly<Record<string, string | PlacementError | { readonly stderr: string }>>,
  atOnce?: number,
): PlacementProvider {
  const hypervisors = Object.keys(answers).map((name) => ({
    name,
    uri: `qemu+ssh://${name}/system`,
  }));
  return libvirt({
    hypervisors,
    ...(atOnce !== undefined && { atOnce }),
    virsh: async (name) => {
      await Promise.resolve();
      const answer = answers[name] ?? "";
      if (answer instanceof PlacementError) throw answer;
      const [code, out, stderr] = typeof answer === "string"
        ? [0, answer, ""]
        : [1, "", answer.stderr];
      return { code, stdout: new TextEncoder().encode(out), stderr };
    },
  });
}

/** Everything that was in the way: obstacle and message of each. */
export async function refusals(look: Promise<unknown>): Promise<(readonly [string, string])[]> {
  try {
    await look;
    return [];
  } catch (error) {
    if (!(error instanceof PlacementError)) throw error;
    const all = error instanceof PlacementErrors ? error.all : [error];
    return all.map(({ obstacle, message }) => [obstacle, message] as const);
  }
}
