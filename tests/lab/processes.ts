/** Processes of this machine, for tests that must end one and no other. */

/** Every process below another one, children before their own. */
export function below(pid: number): number[] {
  const parents = new Map<number, number>();
  for (const { name } of Deno.readDirSync("/proc")) {
    try {
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      parents.set(Number(name), Number(/\) \S+ (\d+)/.exec(stat)?.[1]));
    } catch { /* Not a process, or not any more. */ }
  }
  const found = [pid];
  for (const one of found) for (const [child, of] of parents) if (of === one) found.push(child);
  return found.slice(1);
}

/** The first process of a machine that runs below a process: there, its number is 1. */
export function firstBelow(pid: number): number {
  const first = below(pid).find((one) => {
    try {
      return /^NSpid:\s+\d+\s+1$/m.test(Deno.readTextFileSync(`/proc/${one}/status`));
    } catch {
      return false;
    }
  });
  if (first === undefined) throw new RangeError(`Cannot find a machine below process ${pid}`);
  return first;
}
