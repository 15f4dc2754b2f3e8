/**
 * The shape of an item of `endpoint.also`: a further service of the same load balancers.
 * @module
 */
import * as z from "zod";
import { balance, checkClient, checkPath, verifyHost } from "./haproxy_schema.ts";
import { addresses, backends, mapping, path, port, text } from "./values.ts";

/** Names of sections of a haproxy.cfg that are there already, and one whose backend would be. */
const TAKEN = "api|apiserver|health|metrics";

/** An item of `endpoint.also`. */
export const alsoSchema = z.strictObject({
  name: text(
    new RegExp(`^(?!(?:${TAKEN})$)[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$`),
    "a name of lower-case letters, digits and dashes that begins with a letter, other than api, " +
      "apiserver, health and metrics",
  ).meta({ description: "Name of the service", examples: ["staging"] }),
  address: addresses().optional().meta({
    description: "Its own virtual IP, or a list. Default: those of the endpoint, and then it has " +
      "another port",
    examples: ["10.0.0.11"],
  }),
  port: port().optional()
    .meta({
      description: "Port that its clients connect to. Default: the endpoint's",
      examples: [6443],
    }),
  backends: backends(),
  backend_port: port().default(6443)
    .meta({ description: "Port of its API servers", examples: [6443] }),
  ca_file: path("a path").optional().meta({
    description: "PEM file of the CA that signed its API servers' certificates, relative to the " +
      "inventory's folder; without it checks do not verify",
    examples: ["staging-ca.crt"],
  }),
  balance: balance(),
  check_path: checkPath(),
  check_client: checkClient.optional().meta({
    description: "Client certificate that its checks show",
    examples: [{ cert_file: "staging-check.crt", key_file: "staging-check.key" }],
  }),
  verify_host: verifyHost(),
}, mapping);

/** What an item holds after defaults. */
export type AlsoMap = z.output<typeof alsoSchema>;

/** Keys of an item, for suggestions. */
export const ALSO_KEYS: readonly string[] = Object.keys(alsoSchema.shape);
