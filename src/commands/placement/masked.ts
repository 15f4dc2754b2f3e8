/**
 * Printing while passwords of platforms become known on the way.
 * @module
 */
import type { Loaded } from "../../inventory/load.ts";
import type { Secret } from "../../model.ts";
import { masker } from "../../secret.ts";
import type { Io } from "../io.ts";

/** What prints, and takes note of what it must not print. */
export interface MaskedIo {
  /** Prints; no password that was fetched comes through. */
  readonly io: Io;
  /** Fetches who asks a platform, so that its password is not printed from then on. */
  hiding(login: Loaded["login"]): Loaded["login"];
}

/** Prints through a mask of secrets that become known on the way. */
export function maskedIo(io: Io): MaskedIo {
  const secrets: Secret[] = [];
  let mask = masker(secrets);
  return {
    io: { out: (text) => io.out(mask(text)), err: (text) => io.err(mask(text)) },
    hiding: (login) => async (name) => {
      const found = await login(name);
      secrets.push(found.password);
      mask = masker(secrets);
      return found;
    },
  };
}
