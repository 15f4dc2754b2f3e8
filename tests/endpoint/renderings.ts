/** What is rendered for the golden files, and shown to real daemons: every profile, every setting. */
import { type ManagedFile, managedFiles } from "../../src/endpoint/files.ts";
import type { Endpoint, FurtherService, HaproxySettings, World } from "../../src/model.ts";
import { endpoint, RELEASES, secret, TEMPLATES, world } from "./fixtures.ts";

/** Texts of certificates; daemons want real ones. */
export interface Certificates {
  /** CA of the API servers. */
  readonly ca: string;
  /** Certificate of the checks. */
  readonly certificate: string;
  /** Its key. */
  readonly key: string;
}

const pem = (kind: string) => `-----BEGIN ${kind}-----\nMIIB\n-----END ${kind}-----\n`;

/** Texts that only look like certificates. */
export const PAPER: Certificates = {
  ca: pem("CERTIFICATE"),
  certificate: pem("CERTIFICATE"),
  key: pem("PRIVATE KEY"),
};

/** Words that would mean something to a shell or to Keepalived, were they not quoted. */
export const NOTIFY = ["/usr/bin/logger", "-t", "it's", '{host} is {state}; $(id) `id` "!#', ""];

/** The endpoints that are rendered, by name: the profiles, and with every setting there is. */
export function endpoints({ ca, certificate, key }: Certificates): Readonly<
  Record<
    "guide" | "standard" | "standard-all" | "standard-also" | "fast" | "fast-all",
    Endpoint
  >
> {
  const plain = endpoint();
  const all: HaproxySettings = {
    ...plain.haproxy,
    balance: "roundrobin",
    stats: "127.0.0.1:9001",
    maxConnections: 20_000,
    connectTimeout: "1500ms",
    queueTimeout: "4s",
    clientTimeout: "30m",
    metrics: "0.0.0.0:9101",
    accessLog: "errors",
    checkPath: "/livez",
    verifyHost: "kubernetes",
    checkClient: { certificate, key: secret(key) },
  };
  const vrrp = { ...plain.vrrp, routerId: 77, advertInterval: 0.5, notify: NOTIFY };
  return {
    guide: endpoint({ profile: "guide", vrrp: { ...plain.vrrp, authPass: secret("s3cr3t") } }),
    standard: endpoint({ ca }),
    "standard-all": endpoint({ ca, haproxy: all, vrrp, oomScoreAdjust: -500 }),
    "standard-also": endpoint({
      ca,
      haproxy: { ...plain.haproxy, maxConnections: 2000 },
      also: further(ca, { certificate, key: secret(key) }),
    }),
    fast: endpoint({ profile: "fast" }),
    "fast-all": endpoint({
      ca,
      profile: "fast",
      haproxy: { ...all, accessLog: "off", metrics: "[::]:9101" },
      vrrp: { ...vrrp, mode: "multicast" },
    }),
  };
}

/** Two further services: on the same port with addresses of its own, and the other way round. */
function further(
  ca: string,
  checkClient: NonNullable<HaproxySettings["checkClient"]>,
): readonly FurtherService[] {
  const backends = [1, 2].map((i) => ({ name: `m${i}`, address: `10.88.0.3${i}` }));
  return [
    {
      name: "staging",
      addresses: ["10.88.0.9", "fd00:88::9"],
      port: 8443,
      backends,
      backendPort: 7443,
      ca,
      haproxy: { balance: "first", checkPath: "/livez", verifyHost: "kubernetes", checkClient },
    },
    {
      name: "edge-1",
      addresses: [],
      port: 8444,
      backends: backends.slice(0, 1),
      backendPort: 6443,
      haproxy: { balance: "auto" },
    },
  ];
}

/** The same endpoint with its daemons in static pods. */
export function inPods(of: Endpoint): Endpoint {
  return {
    ...of,
    pods: {
      images: {
        haproxy: "haproxy:2.8.10",
        keepalived: `images.example.org:5000/net/keepalived:2.2.8@sha256:${"0123".repeat(16)}`,
      },
    },
  };
}

/** Name of an endpoint that is rendered. */
export type RenderingName = keyof ReturnType<typeof endpoints>;

/** The files of the first member with their whole content. */
export function filesOf(
  of: Endpoint,
  release: keyof typeof RELEASES | World,
): readonly (Omit<ManagedFile, "content"> & { readonly content: string })[] {
  const known = typeof release === "string" ? world(of, release) : release;
  return managedFiles(of, of.members[0]!, TEMPLATES)
    .map((file) => ({ ...file, content: file.content(known) }));
}

/** All of them in one text, as they would be listed. */
export function listed(of: Endpoint, release: keyof typeof RELEASES): string {
  return filesOf(of, release)
    .map((it) => `==> ${it.path} ${it.mode} ${it.owner}:${it.group}\n${it.content}`).join("\n");
}
