/**
 * What can be wrong on a single load balancer. Pure.
 * @module
 */
import type { Service } from "../services.ts";
import type { Answer } from "./answer.ts";

/** What one load balancer says of itself, and its name. */
export type Said = Answer & { readonly host: string };

/** Hosts in one text. */
export const names = (list: readonly Said[]): string => list.map(({ host }) => host).join(", ");

/** What is wrong on members, each with all that it is so on. */
export function ailments(said: readonly Said[], services: readonly Service[]): string[] {
  return ailing(services).map(({ text, is }) => ({ text, on: said.filter(is) }))
    .filter(({ on }) => on.length > 0).map(({ text, on }) => `${text} ${names(on)}`);
}

/** What is wrong on one member. Seeing no API server excuses itself: it was so before, or it was not. */
export function illnesses(one: Said, services: readonly Service[]): string[] {
  const found = ailing(services).filter(({ is }) => is(one)).map(({ text }) => text);
  const blind = services.filter((_, i) => (one.services[i]?.backends ?? 0) === 0);
  return [...found, ...blind.map(noServer)];
}

/** That none of the API servers of a service answers, in words that name no host. */
export function noServer({ name }: Service): string {
  return name === undefined ? "no API server answers" : `no API server of ${name} answers`;
}

/** What can be wrong on a single member: a standby that could not take over is a fault now. */
function ailing(services: readonly Service[]) {
  const counts = (one: Said, i: number) => one.services[i]?.backends !== undefined;
  return [
    { text: "haproxy is not running on", is: ({ haproxy }: Said) => !haproxy },
    { text: "keepalived is not running on", is: ({ keepalived }: Said) => !keepalived },
    ...services.map(({ name, endpoint: { port } }, i) => ({
      text: name === undefined
        ? `nothing listens on port ${port} of`
        : `nothing listens for ${name}, port ${port}, on`,
      is: (one: Said) => one.haproxy && one.services[i]?.listens !== true,
    })),
    ...services.map(({ name }, i) => ({
      text: name === undefined ? "haproxy does not answer on" : `haproxy does not know ${name} on`,
      // One that does not answer at all has been said.
      is: (one: Said) => one.haproxy && !counts(one, i) && (i === 0 || counts(one, 0)),
    })),
  ];
}
