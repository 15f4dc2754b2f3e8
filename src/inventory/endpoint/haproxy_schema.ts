/**
 * The shape of `endpoint.haproxy`. Charsets are strict: these values end up in haproxy.cfg.
 * @module
 */
import * as z from "zod";
import { choice, duration, mapping, path, socket, text, whole } from "./values.ts";

/** What checks identify themselves with. */
export const checkClient = z.strictObject({
  cert_file: path("a path").meta({
    description: "PEM file of the client certificate, relative to the inventory's folder",
    examples: ["check.crt"],
  }),
  key_file: path("a path").meta({
    description: "PEM file of its key, without a passphrase and its owner's alone (chmod 600)",
    examples: ["check.key"],
  }),
}, mapping);

/** How connections are shared out. */
export const balance = () =>
  choice("auto", "roundrobin", "leastconn", "source", "first", "random", "static-rr")
    .default("auto")
    .meta({ description: "Balance algorithm; auto goes by profile", examples: ["leastconn"] });

/** What the checks ask for. */
export const checkPath = () =>
  text(/^\/[A-Za-z0-9._/-]{0,255}$/, "a path such as /readyz").default("/readyz")
    .meta({
      description: "What the checks ask API servers for; 200 is well. Not for profile guide",
      examples: ["/healthz"],
    });

/** A name that certificates must hold. */
export const verifyHost = () =>
  text(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, "a host name").optional()
    .meta({
      description: "Name that every API server's certificate must hold; needs ca_file. Not for " +
        "profile guide",
      examples: ["kubernetes"],
    });

/** YAML 1.1 reads off as false, and passes it on so. */
const accessLog = z.union([choice("tcp", "errors", "off"), z.literal(false)], {
  error: "expected tcp, errors or off",
});

/** The `haproxy` map of an endpoint. */
export const haproxySchema = z.strictObject({
  balance: balance(),
  // Below the kernel's highest limit of descriptors (1,048,576), with two for each.
  max_connections: whole(10, 500_000).default(4000).meta({
    description:
      "Connections of clients at once on each load balancer, for each service; not for " +
      "profile guide",
    examples: [20000],
  }),
  client_timeout: duration().default("1h")
    .meta({ description: "How long an idle connection may live", examples: ["30m", "4h"] }),
  connect_timeout: duration().optional().meta({
    description: "Longest wait for an API server to accept a connection, before another one is " +
      "tried; not for profile guide. Default: by profile",
    examples: ["2s"],
  }),
  queue_timeout: duration().default("10s").meta({
    description: "How long a connection may wait for an API server; not for profile guide",
    examples: ["5s"],
  }),
  stats: socket().default("127.0.0.1:8404")
    .meta({ description: "IP:PORT of health and metrics", examples: ["127.0.0.1:9000"] }),
  metrics: socket().optional().meta({
    description: "IP:PORT of a listener for /metrics alone, without a login: the address must be " +
      "one that every load balancer has, such as 0.0.0.0; not for profile guide",
    examples: ["0.0.0.0:8405"],
  }),
  access_log: accessLog.default("tcp").meta({
    description: "What is logged of clients' connections: all of them, those that failed, or " +
      "nothing; not for profile guide",
    examples: ["errors"],
  }),
  check_path: checkPath(),
  check_client: checkClient.optional().meta({
    description: "Client certificate that the checks show, for API servers without anonymous " +
      "access; not for profile guide",
    examples: [{ cert_file: "check.crt", key_file: "check.key" }],
  }),
  verify_host: verifyHost(),
}, mapping);

/** Keys of the map, for suggestions. */
export const HAPROXY_KEYS: readonly string[] = Object.keys(haproxySchema.shape);

/** Keys of `check_client`, for suggestions. */
export const CHECK_CLIENT_KEYS: readonly string[] = Object.keys(checkClient.shape);
