/**
 * Bytes of one stream of the remote shell, taken apart into frames. Pure: no input or output here.
 *
 * A frame is `RS nonce " begin SEQ\n"`, the bytes as they are, `RS nonce " end SEQ CODE TIMED\n"`
 * (standard error: `end SEQ`). The nonce is random for each session and known to the shell alone,
 * so that no script can print a marker. What lies outside of frames is noise.
 * @module
 */

/** What one request wrote to one stream. */
export interface Frame {
  /** Number of the request. */
  readonly seq: number;
  /** Exit code; 0 on standard error, which does not carry it. */
  readonly code: number;
  /** The deadline on the host ended it. */
  readonly timedOut: boolean;
  /** The bytes, in pieces. Holds nothing past the limit. */
  readonly body: readonly Uint8Array[];
  /** How many bytes came, past the limit too. */
  readonly sizeBytes: number;
}

const RS = 0x1e;
const LF = 0x0a;
const MARK_BYTES = 80; // The longest marker has 32 hex digits and three numbers.
const NOISE_BYTES = 4096;

/** Takes one stream apart, piece by piece. */
export class Frames {
  readonly #head: Uint8Array;
  readonly #limit: number;
  #rest: Uint8Array = new Uint8Array(0);
  #open: { seq: number; body: Uint8Array[]; sizeBytes: number } | undefined;
  #noise: Uint8Array[] = [];
  #greeted = false;

  /** `limitBytes` is how much of one frame is kept. */
  constructor(nonce: string, limitBytes = Infinity) {
    this.#head = new TextEncoder().encode(`\x1e${nonce} `);
    this.#limit = limitBytes;
  }

  /** Whether the shell has said hello on this stream. */
  get greeted(): boolean {
    return this.#greeted;
  }

  /** The frame that has begun and not ended, with what has come of it. */
  get open(): { readonly seq: number; readonly sizeBytes: number } | undefined {
    return this.#open;
  }

  /** The last bytes outside of frames: login banners, and the last words of ssh. */
  get noise(): string {
    return new TextDecoder().decode(concat(this.#noise).subarray(-NOISE_BYTES));
  }

  /**
   * The last bytes of a stream that has ended: {@link noise}, and what came in a frame that never
   * ended. Where that is standard error, ssh has spoken into it.
   */
  get last(): string {
    const pieces = [...this.#noise, ...(this.#open?.body ?? [])];
    return new TextDecoder().decode(concat(pieces).subarray(-NOISE_BYTES));
  }

  /** Takes a piece of the stream, gives the frames that ended in it. */
  push(piece: Uint8Array): Frame[] {
    const bytes = this.#rest.length > 0 ? concat([this.#rest, piece]) : piece;
    const frames: Frame[] = [];
    let from = 0;
    for (let at = bytes.indexOf(RS); at >= 0; at = bytes.indexOf(RS, Math.max(at + 1, from))) {
      const end = this.#markEnd(bytes, at);
      if (end === "no") continue;
      this.#take(bytes.subarray(from, at));
      from = at;
      if (end === "cut") break;
      const frame = this.#mark(text(bytes.subarray(at + this.#head.length, end)));
      if (frame) frames.push(frame);
      from = end + 1;
    }
    // A marker may go on in the next piece; everything else is taken now.
    const tail = bytes.subarray(from);
    const cut = tail[0] === RS && this.#markEnd(tail, 0) === "cut";
    if (!cut) this.#take(tail);
    this.#rest = cut ? tail.slice() : new Uint8Array(0);
    return frames;
  }

  /** Ends the stream, and names the request whose frame it cut. */
  close(): number | undefined {
    this.#take(this.#rest);
    this.#rest = new Uint8Array(0);
    return this.#open?.seq;
  }

  /** Where the marker that starts at `at` has its newline, if it is one. */
  #markEnd(bytes: Uint8Array, at: number): number | "no" | "cut" {
    const known = Math.min(this.#head.length, bytes.length - at);
    for (let i = 0; i < known; i++) if (bytes[at + i] !== this.#head[i]) return "no";
    const end = bytes.indexOf(LF, at);
    if (end >= 0) return end - at <= MARK_BYTES ? end : "no";
    return bytes.length - at <= MARK_BYTES ? "cut" : "no";
  }

  #mark(words: string): Frame | undefined {
    const [kind, seq, code, timed] = words.split(" ");
    if (kind === "hello") this.#greeted = true;
    if (kind === "begin") this.#open = { seq: Number(seq), body: [], sizeBytes: 0 };
    if (kind !== "end" || this.#open === undefined) return undefined;
    const open = this.#open;
    this.#open = undefined;
    return { ...open, code: Number(code ?? 0), timedOut: timed === "1" };
  }

  #take(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const open = this.#open;
    if (open) {
      open.sizeBytes += bytes.length;
      if (open.sizeBytes <= this.#limit) open.body.push(bytes.slice());
      return;
    }
    this.#noise.push(bytes.slice(-NOISE_BYTES));
    // Joined now and then, so that neither the list nor the work grows with the noise.
    if (this.#noise.length > 64) this.#noise = [concat(this.#noise).slice(-NOISE_BYTES)];
  }
}

/** Joins pieces once. */
export function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
