/**
 * One question to every host of an inventory, and the answers of those that gave one.
 * @module
 */
import { pooledMap } from "@std/async/pool";
import { ConnectError } from "../errors.ts";
import type { Endpoint, ExecResult, Host, Session } from "../model.ts";
import { connector } from "../ssh/connect.ts";
import { printableLine } from "../terminal.ts";
import type { Io } from "./io.ts";
import type { SudoPasswords } from "./password.ts";

/** What hosts said. */
export interface Answers<T> {
  /** By host name, in the inventory's order. */
  readonly of: ReadonlyMap<string, T>;
  /** Hosts that gave none; why was said. */
  readonly silent: readonly string[];
}

/** The hosts of endpoints, each once; those that shall be none any more remember, too. */
export function hostsOf(endpoints: readonly Endpoint[]): readonly Host[] {
  const hosts = endpoints.flatMap(({ members, leaving = [] }) =>
    [...members, ...leaving].map(({ host }) => host)
  );
  return [...new Map(hosts.map((host) => [host.name, host])).values()];
}

/** Asks hosts side by side; who cannot be reached, and whose answer is an error, is said. */
export async function askHosts<T>(
  hosts: readonly Host[],
  question: (session: Session, host: Host) => Promise<T>,
  { io, sudo, forks }: { io: Io; sudo: SudoPasswords; forks: number },
): Promise<Answers<T>> {
  const connect = connector({ sudoPassword: sudo.of });
  const found = new Map<string, T>();
  for await (
    const [name, answer] of pooledMap(forks, hosts, async (host) => {
      try {
        await using session = await connect(host);
        return [host.name, await question(session, host)] as const;
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error;
        io.err(`${printableLine(error.message)}\n`);
        return [host.name, undefined] as const;
      }
    })
  ) {
    if (answer !== undefined) found.set(name, answer);
  }
  const silent = hosts.map(({ name }) => name).filter((name) => !found.has(name));
  return { of: new Map(hosts.flatMap(({ name }) => entry(name, found.get(name)))), silent };
}

function entry<T>(name: string, answer: T | undefined): [string, T][] {
  return answer === undefined ? [] : [[name, answer]];
}

/** The output of a script that may not fail. @throws {ConnectError} naming host and reason */
export function outputOf(host: Host, what: string, { code, stdout, stderr }: ExecResult): string {
  if (code === 0) return stdout;
  const why = stderr.trim().split("\n").at(-1) || `it ended with ${code}`;
  throw new ConnectError(host.name, `Cannot ${what} of "${host.name}": ${why}`);
}
