/**
 * What all load balancers of an endpoint say, judged together: who holds the addresses, what is wrong
 * on one of them, and which services answer. Pure.
 * @module
 */
import { addressesOf } from "../addresses.ts";
import type { Endpoint, ExecResult, Verdict } from "../model.ts";
import { servicesOf } from "../services.ts";
import { readAnswer } from "./answer.ts";
import { ailments, illnesses, names, type Said } from "./ailing.ts";
import { apart, heldBy, heldOf, holdingFaults } from "./holding.ts";
import { passagesOf, type View } from "./passage.ts";

/** Judges what the load balancers said. `strict`: that nothing answers yet is no excuse. */
export function judge(
  endpoint: Endpoint,
  hosts: readonly string[],
  answers: ReadonlyMap<string, ExecResult>,
  strict: boolean,
): Verdict {
  const every = hosts.flatMap((host): Said[] => {
    const answer = answers.get(host);
    return answer === undefined ? [] : [{ host, ...readAnswer(answer, endpoint) }];
  });
  const waiting = every.filter(({ waits }) => waits);
  const noKubelet = waiting.length === 0
    ? []
    : [`no kubelet runs on ${names(waiting)}, which starts the pods`];
  // Manifests lie there before a control plane is made, and nothing is wrong with that.
  const said = strict ? every : every.filter(({ waits }) => !waits);
  if (said.length === 0 && waiting.length === hosts.length) {
    const nobody = { last: [], able: [], partaking: [] };
    return { ok: true, message: noKubelet.join(), ...nobody, faults: startless(waiting) };
  }
  const silent = hosts.filter((host) => !answers.has(host));
  const held = addressesOf(endpoint).map((address) => heldOf(address, said, silent));
  const services = servicesOf(endpoint);
  const views = services.map((service, index) =>
    passagesOf({ service, index, several: services.length > 1 }, said, hosts.length === 1)
  );
  const ailed = ailments(said, services);
  const missing = strict ? views.flatMap(({ up, none }) => up === 0 ? [none] : []) : [];
  const wrong = [...views.flatMap((it) => it.wrong), ...missing];
  const facts = [
    heldBy(held, silent),
    ...(silent.length === 0 ? [] : [`no answer from ${silent.join(", ")}`]),
    ...noKubelet,
    ...ailed,
    ...views.map(({ counted }) => counted),
    ...wrong,
    ...views.flatMap(({ fine }) => fine),
  ];
  const misheld = [...held.flatMap(holdingFaults), ...apart(held)];
  return {
    ok: misheld.length + ailed.length + wrong.length === 0,
    message: facts.join(", "),
    last: hosts.filter((host) => held.some(({ holders }) => holders.includes(host))),
    able: said.filter(isAble).map(({ host }) => host),
    partaking: said.filter(({ keepalived }) => keepalived).map(({ host }) => host),
    faults: [
      ...misheld,
      ...silent.map((host) => `no answer from ${host}`),
      ...startless(waiting),
      ...said.flatMap((one) => illnesses(one, services).map((text) => `${text} ${one.host}`)),
      ...views.flatMap((it: View) => it.faults),
      ...missing,
    ],
  };
}

/** A further service may be one that no host has yet: who could carry the address can do so without. */
function isAble({ haproxy, keepalived, services: [own] }: Said): boolean {
  return haproxy && keepalived && own?.listens === true;
}

/** Excused where it was so before; where pods ran and have gone with their kubelet it is a new fault. */
const startless = (waiting: readonly Said[]) =>
  waiting.map(({ host }) => `no kubelet runs on ${host}`);
