/**
 * One fresh TCP and TLS connection with one request on it, under one deadline.
 * @module
 */
import { readAnswer, requestText, statusKind } from "./http.ts";
import { open, type Way } from "./stream.ts";

/** One request, as it ended. Moments are the worker's monotonic milliseconds. */
export interface Sent {
  /** When it was sent. */
  readonly at: number;
  /** How long it took. */
  readonly ms: number;
  /** `ok`, or how it failed. */
  readonly kind: string;
}

/** What is asked, and how long it may take. */
export interface Question {
  /** Where. */
  readonly way: Way;
  /** Address that goes into the Host header. */
  readonly address: string;
  /** What is asked for. */
  readonly path: string;
  /** 401 and 403 are answers as good as any. @default {false} */
  readonly guarded?: boolean;
  /** Deadline, in milliseconds. */
  readonly timeoutMs: number;
}

// A deadline that fires this much late fired late because we stood still: the request has not had
// its time, and gets it again.
const LATE_MS = 50;

/** Asks once, and tells `done` once how it ended. */
export function request(question: Question, done: (sent: Sent) => void): void {
  const { way, address, path, guarded = false, timeoutMs } = question;
  const at = performance.now();
  let text = "";
  let timer: ReturnType<typeof setTimeout>;
  const finish = (kind: string) => {
    clearTimeout(timer);
    done({ at, ms: performance.now() - at, kind });
  };
  const close = open(way, {
    secure: (send) => send(requestText(address, path, "close")),
    data: (more) => {
      text += more;
      const { status, length, garbage } = readAnswer(text);
      if (!garbage && (status === undefined || length === undefined)) return;
      close();
      finish(garbage ? "not http" : statusKind(status ?? 0, guarded));
    },
    end: (kind) => {
      const { status, untilClose } = readAnswer(text);
      finish(
        untilClose && kind === "closed" && status !== undefined
          ? statusKind(status, guarded)
          : kind,
      );
    },
  });
  const wait = () => {
    const due = performance.now() + timeoutMs;
    timer = setTimeout(() => {
      if (performance.now() - due > LATE_MS) return wait();
      close();
      finish("timeout");
    }, timeoutMs);
  };
  wait();
}
