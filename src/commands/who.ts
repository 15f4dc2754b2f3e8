/**
 * Who runs this, for a lock on a host: `deploy@controller`, as far as it may be known here. Asks for
 * no permission of its own: the name of this machine is read where Linux keeps it.
 */
export async function whoWeAre(): Promise<string> {
  const home = variable("HOME")?.split("/").findLast((part) => part !== "");
  const user = variable("USER") ?? variable("LOGNAME") ?? home ?? "somebody";
  const machine = await Deno.readTextFile("/etc/hostname").catch(() => "");
  const name = machine.split("\n").map((line) => line.trim()).find((line) => /^[^#]/.test(line));
  return name === undefined ? user : `${user}@${name}`;
}

/** A variable that is set, not empty, and ours to read. */
function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name) || undefined;
  } catch {
    return undefined;
  }
}
