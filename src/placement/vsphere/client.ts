/**
 * Calls of a vCenter over whatever carries text there and back: the one place where its answers
 * become errors. Neither a message nor a password gets into one. Pure but for what is passed in.
 * @module
 */
import type { Secret } from "../../model.ts";
import { masker } from "../../secret.ts";
import { printableLine } from "../../terminal.ts";
import { PlacementError } from "../errors.ts";
import { isFault, readAnswer } from "./answers.ts";
import { faultError } from "./faults.ts";
import { envelope, type Request } from "./requests.ts";
import { type Element, XmlError } from "./xml.ts";

/** Sends a message, and gives what came back. @throws {PlacementError} */
export type Post = (message: string) => Promise<{ readonly status: number; readonly text: string }>;

/** Calls a method. @throws {PlacementError} */
export type Call = (request: Request, doing: string) => Promise<Element>;

/**
 * Calls over `post`. What errors say is masked and made printable.
 *
 * @param password is taken out of everything that the server says
 */
export function caller(post: Post, password: Secret): Call {
  const mask = masker([password]);
  const clean = (text: string) =>
    text.split("\n").map((line) => printableLine(mask(line))).join("\n");
  return async (request, doing) => {
    try {
      return await call(post, request, doing);
    } catch (error) {
      if (!(error instanceof PlacementError)) throw error;
      const hint = error.hint === undefined ? undefined : clean(error.hint);
      // A new one without a cause: a cause could hold what was sent.
      throw new PlacementError(error.obstacle, clean(error.message), hint);
    }
  };
}

async function call(post: Post, request: Request, doing: string): Promise<Element> {
  const { status, text } = await post(message(request, doing));
  // A fault comes with 500; anything else did not come from the service.
  if (status !== 200 && status !== 500) throw strange(doing, status);
  const answer = readAnswer(request.method, text);
  if (isFault(answer)) throw faultError(doing, answer);
  return answer;
}

function message(request: Request, doing: string): string {
  try {
    return envelope(request);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new PlacementError(
      "setting",
      `Cannot ${doing}: a value holds a character that XML has not`,
    );
  }
}

function strange(doing: string, status: number): PlacementError {
  const hint = status === 503
    ? "Its services may still be starting: try again in a few minutes"
    : "Look whether the server is a vCenter, and whether a proxy stands between it and this machine";
  return new PlacementError(
    "answer",
    `Cannot ${doing}: the server answers with HTTP ${status}`,
    hint,
  );
}
