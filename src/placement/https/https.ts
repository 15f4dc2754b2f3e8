/**
 * HTTPS to one server of a platform, and to nothing else: no redirect is followed, and no certificate
 * accepted that is not trusted. The rim: all that touches the world.
 * @module
 */
import { PlacementError } from "../errors.ts";
import { noCa, noServer, noTls, redirected, untrusted, type Words } from "./words.ts";

/** What is sent. */
export interface Message {
  /** Path, beginning with `/`, with what is behind a `?`. */
  readonly path: string;
  /** Method. */
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Headers, with what lets one in. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body. @default {none} */
  readonly body?: string;
}

/** What came back. */
export interface Answer {
  /** HTTP status; never that of a redirect. */
  readonly status: number;
  /** Its headers. */
  readonly headers: Headers;
  /** Its body, which is UTF-8. */
  readonly text: string;
}

/** A way to a server. */
export interface Https extends Disposable {
  /** Sends a message, and gives what came back. @throws {PlacementError} */
  send(message: Message): Promise<Answer>;
}

/** Where a way leads to, as the inventory says. */
export interface ServerOptions {
  /** Name or address, with the port where it is another one. */
  readonly server: string;
  /** PEM of the CA that signed its certificate. @default {those that Deno trusts} */
  readonly ca?: string;
  /** How long one answer may take, milliseconds. @default {60000} */
  readonly answerMs?: number;
  /** How long an answer may be, bytes. @default {67108864} */
  readonly maxBytes?: number;
}

/** Where a way leads to, and what is there. */
export interface HttpsOptions extends ServerOptions {
  /** The port where none is named. */
  readonly port: number;
  /** What the server is called. */
  readonly words: Words;
}

/** Opens nothing yet. @throws {PlacementError} when server or CA cannot be used */
export function https(options: HttpsOptions): Https {
  const { ca, answerMs = 60_000, maxBytes = 64 << 20, words } = options;
  const { server, origin } = placeOf(options);
  const client = clientOf(ca, words);
  return {
    async send({ path, method, headers, body }) {
      try {
        const answer = await fetch(`${origin}${path}`, {
          method,
          client,
          redirect: "manual",
          signal: AbortSignal.timeout(answerMs),
          headers,
          ...(body !== undefined && { body }),
        });
        if (answer.status >= 300 && answer.status < 400) {
          await answer.body?.cancel();
          throw redirected(server, words);
        }
        const text = await textOf(answer, server, maxBytes);
        return { status: answer.status, headers: answer.headers, text };
      } catch (error) {
        throw wrong(error, { ...options, answerMs });
      }
    },
    [Symbol.dispose]: () => client.close(),
  };
}

/** The server as it is called in messages, and the beginning of every URL. */
function placeOf({ server, port, words }: HttpsOptions): { server: string; origin: string } {
  const wanted = withPort(server, port);
  const parsed = /^[\w.:[\]-]+$/.test(server) ? URL.parse(`https://${wanted}/x`) : null;
  if (parsed?.pathname === "/x") return { server, origin: parsed.origin };
  throw noServer(server, words);
}

/** `pve.example.com:8006` for `pve.example.com`. */
function withPort(server: string, port: number): string {
  return /:\d+$/.test(server.replace(/^\[.*\]/, "")) ? server : `${server}:${port}`;
}

function clientOf(ca: string | undefined, words: Words): Deno.HttpClient {
  if (ca === undefined) return Deno.createHttpClient({});
  try {
    if (!ca.includes("-----BEGIN CERTIFICATE-----")) throw new TypeError("no certificate in it");
    return Deno.createHttpClient({ caCerts: [ca] });
  } catch {
    throw noCa(words);
  }
}

/** The body, which may be no longer than is allowed: no more than that is kept of it. */
async function textOf(answer: Response, server: string, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const parts: string[] = [];
  const add = (part?: Uint8Array<ArrayBuffer>) => {
    try {
      parts.push(decoder.decode(part, { stream: part !== undefined }));
    } catch {
      throw new PlacementError("answer", `Cannot read the answer of ${server}: it is no UTF-8`);
    }
  };
  let bytes = 0;
  for await (const part of answer.body ?? []) {
    bytes += part.length;
    if (bytes > maxBytes) {
      const limit = `${Math.round(maxBytes / (1 << 20))} MiB`;
      throw new PlacementError(
        "answer",
        `Cannot read the answer of ${server}: it is over ${limit}`,
      );
    }
    add(part);
  }
  add();
  return parts.join("");
}

/** What went wrong on the way. Keeps nothing of what was sent. */
function wrong(error: unknown, options: HttpsOptions & { readonly answerMs: number }): unknown {
  const { server, port, ca, answerMs, words } = options;
  if (error instanceof PlacementError) return error;
  if (error instanceof Deno.errors.NotCapable) {
    return new PlacementError(
      "setting",
      `Cannot connect to ${server}: this process may not`,
      `Allow it with --allow-net=${withPort(server, port)}`,
    );
  }
  if (error instanceof DOMException && error.name === "TimeoutError") {
    const why = `no answer within ${answerMs / 1000} s`;
    return new PlacementError("unreachable", `Cannot reach ${server}: ${why}`);
  }
  if (!(error instanceof Error)) return error;
  const why = reason(error);
  const certificate = /invalid peer certificate: ([^\n]+)/.exec(why)?.[1];
  if (certificate !== undefined) return untrusted(certificate, server, words, ca !== undefined);
  return why.includes("InvalidContentType") ? noTls(server, words) : broken(why, server);
}

function broken(why: string, server: string): PlacementError {
  return new PlacementError(
    "unreachable",
    `Cannot reach ${server}: ${why}`,
    "Look at the name, the port, and the way there",
  );
}

/** The reason without what stands around it: `error sending request for url (…): client error (…): `. */
function reason(error: Error): string {
  const inner = error.cause instanceof Error ? error.cause : error;
  return inner.message.replace(/^error sending request.*? for url \([^)]*\): /, "")
    .replace(/^client error \(\w+\): /, "");
}
