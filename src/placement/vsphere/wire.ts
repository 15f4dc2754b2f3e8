/**
 * Messages of the vim25 web service over HTTPS, and the cookie that a session is known by. The rim:
 * the clock of this machine.
 * @module
 */
import { https, type ServerOptions } from "../https/https.ts";
import type { Words } from "../https/words.ts";
import type { Post } from "./client.ts";
import type { Clock } from "./task.ts";

/** A way to a vCenter. */
export interface Wire extends Disposable {
  /** Sends a message. */
  readonly post: Post;
}

/** What a way leads to; the port is 443 where none is named. */
export type WireOptions = ServerOptions;

const WORDS: Words = {
  name: "vCenter",
  example: "vcenter.example.com",
  key: "password",
  rootHint: "https://SERVER/certs/download.zip has it",
};

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
  const way = https({ ...options, port: 443, words: WORDS });
  let cookie: string | undefined;
  const post: Post = async (message) => {
    const { status, headers, text } = await way.send({
      path: "/sdk",
      method: "POST",
      body: message,
      headers: {
        "content-type": "text/xml; charset=utf-8",
        "soapaction": ACTION,
        ...(cookie !== undefined && { cookie }),
      },
    });
    cookie = headers.getSetCookie().map((set) => COOKIE.exec(set)?.[0]).find(Boolean) ?? cookie;
    return { status, text };
  };
  return { post, [Symbol.dispose]: () => way[Symbol.dispose]() };
}
