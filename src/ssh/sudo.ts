/**
 * Gives sudo its password, once, and only after sudo has asked for it.
 * @module
 */
import type { Secret } from "../model.ts";
import type { SudoWords } from "./arguments.ts";
import type { Gate } from "./link.ts";

/** What a gate says when sudo asks a second time. */
export const WRONG_PASSWORD = "sudo did not take the password";

const KEPT = 4096;

/** Stands between ssh and the shell that sudo opens. */
export class SudoGate implements Gate {
  readonly #opened = Promise.withResolvers<void>();
  /** Resolves when the shell listens. */
  readonly opened: Promise<void> = this.#opened.promise;
  readonly #words: SudoWords;
  readonly #password: Secret;
  #heard = "";
  #asked = "";
  #given = false;

  /** The words are random: a banner that looks like a prompt gets nothing. */
  constructor(words: SudoWords, password: Secret) {
    this.#words = words;
    this.#password = password;
  }

  /** Looks for the shell's first word. */
  stdout(bytes: Uint8Array): void {
    this.#heard = (this.#heard + new TextDecoder().decode(bytes)).slice(-KEPT);
    if (this.#heard.includes(this.#words.ready)) this.#opened.resolve();
  }

  /** Answers the first prompt; a second one means that the answer was wrong. */
  stderr(bytes: Uint8Array): string | undefined {
    this.#asked = (this.#asked + new TextDecoder().decode(bytes)).slice(-KEPT);
    const at = this.#asked.indexOf(this.#words.prompt);
    if (at < 0) return undefined;
    this.#asked = this.#asked.slice(at + this.#words.prompt.length);
    if (this.#given) this.#opened.reject(new Error(WRONG_PASSWORD));
    if (this.#given) return undefined;
    this.#given = true;
    return `${this.#password.reveal()}\n`;
  }
}
