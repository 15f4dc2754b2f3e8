/**
 * What the services of one endpoint take from each other: an address and a port lead to one of them.
 * @module
 */
import { addressesOf } from "../../addresses.ts";
import { quote } from "../../diagnostics.ts";
import { type Service, servicesOf } from "../../services.ts";
import { errorAt, type Report } from "../problems.ts";
import { type Placed, placeOfService } from "./ports.ts";

/** Reports services that share an address and a port. */
export function reportSharedSockets(placed: Placed, label: string, report: Report): void {
  const services = servicesOf(placed.endpoint);
  services.forEach((service, i) => {
    const { address, other } = taken(service, services.slice(0, i)) ?? {};
    if (address === undefined || other === undefined) return;
    const { port } = service.endpoint;
    const message =
      `Cannot use service ${quote(service.name ?? "")} of ${label}: clients of port ` +
      `${port} at ${address} get ${
        other.name === undefined ? "the endpoint's own API servers" : `service ${quote(other.name)}`
      }`;
    const source = placeOfService(placed, i, ["port"], ["address"], ["name"]);
    report(errorAt(source, "shared-socket", message, "another port, or an address of its own"));
  });
}

function taken({ endpoint }: Service, others: readonly Service[]) {
  const same = others.filter((it) => it.endpoint.port === endpoint.port);
  for (const address of addressesOf(endpoint)) {
    const other = same.find((it) => addressesOf(it.endpoint).includes(address));
    if (other !== undefined) return { address, other };
  }
  return undefined;
}
