import { EXIT, InputError } from "../errors.ts";
import type { Diagnostic, Endpoint, Host, Secret } from "../model.ts";
import { secret } from "../secret.ts";
import type { Io } from "./io.ts";
import type { Loaded } from "./load.ts";

const ENTER = new Set(["\r", "\n"]);
const ERASE = new Set(["\x7f", "\b"]);
const [CTRL_C, CTRL_D] = ["\x03", "\x04"];

/** What sudo is given. */
export interface SudoPasswords {
  /** The password of one host; undefined: sudo must not ask there. */
  of(host: Host): Secret | undefined;
  /** All of them. */
  readonly all: readonly Secret[];
  /** What the user should know of those that the inventory names; it was shown. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * The passwords for the hosts of a run: one that was asked for wins over those that the inventory
 * names, which are fetched for no other host than these.
 * @throws {InputError} when one cannot be had
 */
export async function sudoPasswords(
  endpoints: readonly Endpoint[],
  loaded: Pick<Loaded, "credentials">,
  ask: boolean,
  io: Io,
): Promise<SudoPasswords> {
  const hosts = endpoints.flatMap(({ members, leaving = [] }) => [...members, ...leaving]).map((
    { host },
  ) => host);
  const { sudo: named, warnings } = await loaded.credentials(hosts, { sudo: !ask });
  const asked = ask ? await askPassword(io) : undefined;
  return {
    of: ({ name }) => asked ?? named.get(name),
    all: [...named.values(), ...(asked === undefined ? [] : [asked])],
    warnings,
  };
}

/**
 * Asks for the sudo password on the terminal without showing it; without a terminal, takes the
 * first line of standard input.
 * @throws {InputError} when there is none
 */
export async function askPassword(io: Io): Promise<Secret> {
  const terminal = Deno.stdin.isTerminal();
  if (terminal) io.err("BECOME password: ");
  const text = terminal ? await readHidden() : await readLine();
  if (terminal) io.err("\n");
  if (text === "") {
    const message = "Cannot use an empty sudo password: type it, or leave out -K";
    throw new InputError([{ severity: "error", code: "no-password", message }]);
  }
  return secret(text);
}

async function readHidden(): Promise<string> {
  Deno.stdin.setRaw(true);
  try {
    let text = "";
    for await (const char of characters()) {
      if (char === CTRL_C) Deno.exit(EXIT.interrupted);
      if (ENTER.has(char) || char === CTRL_D) break;
      text = ERASE.has(char) ? text.slice(0, -1) : text + char;
    }
    return text;
  } finally {
    Deno.stdin.setRaw(false);
  }
}

async function readLine(): Promise<string> {
  let text = "";
  for await (const char of characters()) {
    if (ENTER.has(char)) break;
    text += char;
  }
  return text;
}

async function* characters(): AsyncGenerator<string> {
  const buffer = new Uint8Array(256);
  const decoder = new TextDecoder();
  for (;;) {
    const size = await Deno.stdin.read(buffer);
    if (size === null) return;
    yield* decoder.decode(buffer.subarray(0, size), { stream: true });
  }
}
