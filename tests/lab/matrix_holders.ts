/** Who holds the address of a lab, sampled from outside of its hosts, also while they boot. */
import type { Lab } from "../../src/lab/mod.ts";

/** Begins to watch; the function that it gives ends it and tells over how many samples in a row two hosts held the address. */
export function watchHolders(lab: Lab): () => Promise<number> {
  const show = lab.hosts.map(({ namespace }) =>
    `ip -n ${namespace} -o addr show to ${lab.vip}/32 2>/dev/null | head -n 1`
  ).join("; ");
  const child = new Deno.Command("sh", {
    args: ["-c", `while :; do { ${show}; } | wc -l; sleep 0.1; done`],
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const text = new Response(child.stdout).text();
  return async () => {
    child.kill("SIGTERM");
    await child.status;
    return longestTwo(await text);
  };
}

/** The longest run of samples of two holders, from a number of holders a line. */
export function longestTwo(samples: string): number {
  const runs = samples.replaceAll(/\s/g, "").split(/[01]+/).map((run) => run.length);
  return Math.max(0, ...runs);
}
