/**
 * Calls of the REST API of a Proxmox VE, over whatever carries them there and back: the one place
 * where its answers become data or errors. Pure but for what is passed in.
 * @module
 */
import type { z } from "zod";
import type { Secret } from "../../model.ts";
import type { Https, Message } from "../https/https.ts";
import { readAnswer } from "./answers.ts";
import { faultError } from "./faults.ts";

/** An API token: who may, and the value that proves it. */
export interface Token {
  /** `USER@REALM!TOKENID`. */
  readonly user: string;
  /** The value, a UUID. */
  readonly password: Secret;
}

/** Calls; `path` is below `/api2/json`. */
export interface Api {
  /** Reads. @throws {PlacementError} */
  read<T>(path: string, shape: z.ZodType<T>, doing: string): Promise<T>;
  /** Reads; undefined: this version has no such path. @throws {PlacementError} */
  readIfThere<T>(path: string, shape: z.ZodType<T>, doing: string): Promise<T | undefined>;
  /** Writes. @throws {PlacementError} */
  write(
    method: "POST" | "PUT" | "DELETE",
    path: string,
    values: Readonly<Record<string, string>>,
    doing: string,
  ): Promise<void>;
}

/** What the server answers for a path that it does not have. */
const NOT_IMPLEMENTED = 501;

/** Calls over `way`. */
export function apiOver(way: Pick<Https, "send">, token: Token): Api {
  // A method of its own, so that the value lies in no object that could be printed.
  const headers = () => ({
    authorization: `PVEAPIToken=${token.user}=${token.password.reveal()}`,
    accept: "application/json",
  });
  const call = async (message: Omit<Message, "headers">, doing: string, type = {}) => {
    const path = `/api2/json${message.path}`;
    const answer = await way.send({ ...message, path, headers: { ...headers(), ...type } });
    const { status, text } = answer;
    if (status === 200 || status === NOT_IMPLEMENTED) return { status, text };
    throw faultError(doing, status, text, token.user);
  };
  const readIfThere: Api["readIfThere"] = async (path, shape, doing) => {
    const { status, text } = await call({ method: "GET", path }, doing);
    return status === NOT_IMPLEMENTED ? undefined : readAnswer(path, text, shape);
  };
  return {
    readIfThere,
    async read(path, shape, doing) {
      const found = await readIfThere(path, shape, doing);
      if (found === undefined) throw faultError(doing, NOT_IMPLEMENTED, "", token.user);
      return found;
    },
    async write(method, path, values, doing) {
      // A body with DELETE is refused by the server.
      const body = method === "DELETE" ? {} : { body: new URLSearchParams(values).toString() };
      const type = { "content-type": "application/x-www-form-urlencoded" };
      const sent = { method, path, ...body };
      const { status, text } = await call(sent, doing, method === "DELETE" ? {} : type);
      if (status !== 200) throw faultError(doing, status, text, token.user);
    },
  };
}
