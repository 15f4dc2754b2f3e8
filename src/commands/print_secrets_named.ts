/**
 * A program of its own, so that it may read and nothing else: prints what the secrets of an inventory
 * need, as JSON.
 * @module
 */
import { secretsNamed } from "./secrets_named.ts";

console.log(JSON.stringify(await secretsNamed(Deno.args[0] ?? "")));
