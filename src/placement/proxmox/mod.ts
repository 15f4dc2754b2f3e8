/**
 * Proxmox VE: where machines and containers run, and the resource affinity rules of its HA, over its
 * REST API.
 * @module
 */
import { guard } from "../https/guard.ts";
import { https, type ServerOptions } from "../https/https.ts";
import type { Words } from "../https/words.ts";
import type { PlacementProvider } from "../model.ts";
import { VERSION } from "./answers.ts";
import { apiOver, type Token } from "./api.ts";
import { overApi } from "./provider.ts";

/** A node of the cluster, whichever, and the token that asks it. */
export type ProxmoxOptions = ServerOptions & Token;

/** Where the API of every node is. */
export const PORT = 8006;

const WORDS: Words = {
  name: "Proxmox VE",
  example: "pve.example.com",
  key: "token",
  rootHint: "/etc/pve/pve-root-ca.pem of any node has it",
};

/**
 * Asks a server for its version, with the token. To be disposed of, which closes the way there.
 *
 * @throws {PlacementError} when it cannot be reached, is not trusted, or does not know the token
 */
export async function proxmox(options: ProxmoxOptions): Promise<PlacementProvider> {
  const { user, password, ...to } = options;
  const guarded = guard(password);
  const all = { maxBytes: 16 << 20, ...to, port: PORT, words: WORDS };
  const way = await guarded(() => Promise.resolve(https(all)));
  try {
    const api = apiOver(way, { user, password });
    const { version } = await guarded(() =>
      api.read("/version", VERSION, `ask ${to.server} as ${user} for its version`)
    );
    const rules = overApi(api, version);
    return {
      canEnforce: rules.canEnforce,
      look: (names) => guarded(() => rules.look(names)),
      ensure: (rule, current) => guarded(() => rules.ensure(rule, current)),
      remove: (rule) => guarded(() => rules.remove(rule)),
      [Symbol.asyncDispose]: () => Promise.resolve(way[Symbol.dispose]()),
    };
  } catch (error) {
    way[Symbol.dispose]();
    throw error;
  }
}
