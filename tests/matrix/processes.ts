/** Processes of the hosts of a room, read from this machine's /proc. */

/** Children of a process, its threads' included. */
export function childrenOf(pid: number): number[] {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/task`)].flatMap(({ name }) =>
      Deno.readTextFileSync(`/proc/${pid}/task/${name}/children`).trim().split(" ")
    ).filter((word) => word !== "").map(Number);
  } catch {
    return [];
  }
}

/** The first process of the host that this launcher started: there, its number is 1. */
export function belowHost(launcher: number): number {
  let found = [launcher];
  for (let depth = 0; depth < 4; depth += 1) {
    found = found.flatMap(childrenOf);
    // Two numbers more than the launcher's own: one in the room, one on the host.
    const first = found.find((pid) => /\s1$/.test(lineOf(pid, "NSpid")));
    if (first !== undefined) return first;
  }
  throw new RangeError(`Cannot find a host below process ${launcher}`);
}

function lineOf(pid: number, name: string): string {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    return new RegExp(`^${name}:.*$`, "m").exec(status)?.[0] ?? "";
  } catch {
    return "";
  }
}

function namespaceOf(pid: number): string {
  try {
    return Deno.readLinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return "";
  }
}

/** Programs that a host is made of, as their command lines name them. */
const OWN = /\/usr\/local\/lib\/machine\//;

/**
 * Command lines of what runs on a host beside its boot and its daemons: of its shells, of steps, of
 * guards. The pauses of its own programs are theirs.
 */
export function foreign(first: number): string[] {
  const space = namespaceOf(first);
  const all = [...Deno.readDirSync("/proc")].map(({ name }) => Number(name))
    .filter((pid) => pid > 0 && namespaceOf(pid) === space && space !== "");
  const lines = new Map(all.map((pid) => [pid, commandOf(pid)]));
  const dogs = new Set(all.filter((pid) => isDog(pid, lines)));
  return all.filter((pid) => {
    const line = lines.get(pid) ?? "";
    if (line === "" || pid === first) return false;
    if (isOwn(line)) return false;
    const parent = Number(lineOf(pid, "PPid").split(/\s+/)[1]);
    if (dogs.has(pid) || dogs.has(parent)) return false;
    const pause = /^sleep \d/.test(line);
    return !(pause && (parent === first || isOwn(lines.get(parent) ?? "")));
  }).map((pid) => (lines.get(pid) ?? "").slice(0, 120));
}

// `service` runs what is not the host's own: a guard is one of these.
function isOwn(line: string): boolean {
  // Somebody else who installs packages is no part of a run.
  if (line === "unattended-upgr") return true;
  return OWN.test(line) && !/\/machine\/(service|unpack|locked) /.test(line);
}

function commandOf(pid: number): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0").join(" ").trim();
  } catch {
    return "";
  }
}

/**
 * What counts the time of a step: a bare shell with one long pause below it. It outlives a shell that
 * was killed, and has nothing to end any more.
 */
function isDog(pid: number, lines: ReadonlyMap<number, string>): boolean {
  const [only, ...more] = childrenOf(pid);
  return lines.get(pid) === "/bin/sh" && only !== undefined && more.length === 0 &&
    /^sleep \d{2,}$/.test(lines.get(only) ?? "");
}
