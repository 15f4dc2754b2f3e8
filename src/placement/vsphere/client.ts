/**
 * Calls of a vCenter over whatever carries text there and back: the one place where its answers
 * become errors. Pure but for what is passed in.
 * @module
 */
import type { Secret } from "../../model.ts";
import { PlacementError } from "../errors.ts";
import { type Guard, guard } from "../https/guard.ts";
import { isFault, readAnswer } from "./answers.ts";
import { faultError } from "./faults.ts";
import { envelope, type Request } from "./requests.ts";
import { type Element, XmlError } from "./xml.ts";

/** Sends a message, and gives what came back. @throws {PlacementError} */
export type Post = (message: string) => Promise<{ readonly status: number; readonly text: string }>;

/**
 * Calls a method, and gives the element that it answers with.
 *
 * @param doing what it is for, after `Cannot`: `log in to vcenter.example.com`
 * @throws {PlacementError}
 */
export type Call = (request: Request, doing: string) => Promise<Element>;

/** Calls over `post`. */
export function caller(post: Post): Call {
  return async (request, doing) => {
    const { status, text } = await post(envelope(request));
    // A fault comes with 500; anything else did not come from the service.
    if (status !== 200 && status !== 500) throw strange(doing, status);
    const answer = readAnswer(request.method, text);
    if (isFault(answer)) throw faultError(doing, answer);
    return answer;
  };
}

/** Guards the password, and says what is the matter with a value that XML cannot hold. */
export function guarding(password: Secret): Guard {
  return guard(password, (error) => error instanceof XmlError ? unwritable() : error);
}

/** What was to be sent cannot be written at all. */
function unwritable(): PlacementError {
  return new PlacementError(
    "setting",
    "Cannot ask the vCenter: a value holds a character that XML does not have",
    "Look for control characters in the user, the password and the names",
  );
}

function strange(doing: string, status: number): PlacementError {
  const hint = status === 503
    ? "Its services may still be starting: try again in a few minutes"
    : "Look whether the server is a vCenter, and whether a proxy stands between it and this machine";
  return new PlacementError("answer", `Cannot ${doing}: the server answers HTTP ${status}`, hint);
}
