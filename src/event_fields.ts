/**
 * The fields that events of all kinds are described with.
 * @module
 */
import * as z from "zod";

/** What an object does with a field that nobody described: leaves it out, or refuses it. */
export type Shape = typeof z.object | typeof z.strictObject;

/** A text, and what it says. */
export const text = (what: string) => z.string().describe(what);

/** A whole number from 0, and what it counts. */
export const count = (what: string) => z.number().int().nonnegative().describe(what);

/** When an event happened. */
export const at = z.number().int().describe("When, in milliseconds since 1970-01-01T00:00:00Z.");

/** How long what an event ends took. */
export const ms = z.number().int().nonnegative().describe("How long it took, in milliseconds.");

/** Name of an endpoint. */
export const endpoint = text("Name of the endpoint: the inventory group that carries its map.");
