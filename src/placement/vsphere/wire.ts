/**
 * HTTPS to one vCenter, and to nothing else: no redirect is followed, and no certificate accepted
 * that is not trusted. The rim: all that touches the world.
 * @module
 */
import { PlacementError } from "../errors.ts";
import type { Post } from "./client.ts";
import type { Clock } from "./task.ts";

/** A way to a vCenter. */
export interface Wire extends Disposable {
  /** Sends a message. */
  readonly post: Post;
}

/** What a way leads to. */
export interface WireOptions {
  /** Name or address, with the port where it is not 443. */
  readonly server: string;
  /** PEM of the CA that signed its certificate. @default {those that Deno trusts} */
  readonly ca?: string;
  /** How long one answer may take, milliseconds. @default {60000} */
  readonly answerMs?: number;
  /** How long an answer may be, bytes. @default {67108864} */
  readonly maxBytes?: number;
}

/** The version of the web service that is spoken: every later vCenter understands it, too. */
const ACTION = '"urn:vim25/6.5"';

/** The cookie that a session is known by. */
const COOKIE = /^vmware_soap_session=[^\s;,]+/;

/** The clock of this machine. */
export const CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (ms) => new Promise((done) => setTimeout(done, ms)),
};

/** Opens nothing yet. @throws {PlacementError} when server or CA cannot be used */
export function wire(options: WireOptions): Wire {
  const { server, ca, answerMs = 60_000, maxBytes = 64 << 20 } = options;
  const url = urlOf(server);
  const client = clientOf(ca);
  let cookie: string | undefined;
  const post: Post = async (message) => {
    try {
      const answer = await fetch(url, {
        method: "POST",
        client,
        body: message,
        redirect: "manual",
        signal: AbortSignal.timeout(answerMs),
        headers: {
          "content-type": "text/xml; charset=utf-8",
          "soapaction": ACTION,
          ...(cookie !== undefined && { cookie }),
        },
      });
      const { status, headers } = answer;
      if (status >= 300 && status < 400) {
        await answer.body?.cancel();
        throw redirected(server);
      }
      cookie = headers.getSetCookie().map((set) => COOKIE.exec(set)?.[0]).find(Boolean) ?? cookie;
      return { status, text: await textOf(answer, server, maxBytes) };
    } catch (error) {
      throw wrong(error, server, answerMs);
    }
  };
  return { post, [Symbol.dispose]: () => client.close() };
}

function urlOf(server: string): string {
  const parsed = /^[\w.:[\]-]+$/.test(server) ? URL.parse(`https://${server}/sdk`) : null;
  if (parsed?.pathname === "/sdk") return parsed.href;
  throw new PlacementError(
    "setting",
    `Cannot use ${JSON.stringify(server)} as the server of a vCenter`,
    "Write its name, as in vcenter.example.com, or vcenter.example.com:8443",
  );
}

function clientOf(ca: string | undefined): Deno.HttpClient {
  if (ca === undefined) return Deno.createHttpClient({});
  try {
    if (!ca.includes("-----BEGIN CERTIFICATE-----")) throw new TypeError("no certificate in it");
    return Deno.createHttpClient({ caCerts: [ca] });
  } catch {
    throw new PlacementError(
      "setting",
      "Cannot use the CA file of the vCenter: it holds no certificate that can be read",
      "Give the root certificate as PEM: https://SERVER/certs/download.zip has it",
    );
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

function redirected(server: string): PlacementError {
  return new PlacementError(
    "answer",
    `Cannot ask ${server}: it sends elsewhere, and a password goes nowhere but where it was meant for`,
    "Give the name of the vCenter itself as server",
  );
}

/** What went wrong on the way. Keeps nothing of what was sent. */
function wrong(error: unknown, server: string, answerMs: number): unknown {
  if (error instanceof PlacementError) return error;
  if (error instanceof Deno.errors.NotCapable) {
    return new PlacementError(
      "setting",
      `Cannot connect to ${server}: this process may not`,
      `Allow it with --allow-net=${server.includes(":") ? server : `${server}:443`}`,
    );
  }
  if (error instanceof DOMException && error.name === "TimeoutError") {
    const why = `no answer within ${answerMs / 1000} s`;
    return new PlacementError("unreachable", `Cannot reach ${server}: ${why}`);
  }
  if (!(error instanceof Error)) return error;
  const why = reason(error);
  const certificate = /invalid peer certificate: ([^\n]+)/.exec(why)?.[1];
  return certificate === undefined ? broken(why, server) : untrusted(certificate, server);
}

function untrusted(why: string, server: string): PlacementError {
  const unknown = why.startsWith("UnknownIssuer");
  return new PlacementError(
    "untrusted",
    `Cannot trust the certificate of ${server}: ${unknown ? "who signed it is not known" : why}`,
    unknown
      ? "ca_file takes the root certificate of this vCenter: https://SERVER/certs/download.zip has it"
      : "Give the name that stands in its certificate as server, or renew the certificate",
  );
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
