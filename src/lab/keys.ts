/**
 * The lab's own keys: ssh for the controller and the hosts, a certificate authority for the API servers.
 *
 * @module
 */
import { join } from "@std/path";
import type { Lab, Member } from "./layout.ts";
import { run } from "./run.ts";

/** Makes the controller's key pair, every host's key and the exact known_hosts that follows from them. */
export async function makeSshKeys(lab: Lab): Promise<void> {
  await makeKey(lab.keyFile, `holdfast-lab-${lab.name}`);
  const lines = await Promise.all(lab.hosts.map(async (host) => {
    await makeKey(hostKeyFile(lab, host), host.name);
    const [type, key] = (await Deno.readTextFile(`${hostKeyFile(lab, host)}.pub`)).split(" ");
    return `${host.address} ${type} ${key}\n`;
  }));
  await Deno.writeTextFile(lab.knownHostsFile, lines.join(""), { mode: 0o600 });
}

/** The private key by which a host is known. */
export function hostKeyFile(lab: Lab, host: Member): string {
  return join(lab.stateDir, "hostkeys", host.name);
}

/** Makes the certificate authority and a certificate for every API server. */
export async function makeCertificates(lab: Lab): Promise<void> {
  const to = `create the certificates of lab "${lab.name}"`;
  const dir = join(lab.stateDir, "pki");
  await Deno.mkdir(dir, { recursive: true, mode: 0o700 });
  const caKey = join(dir, "ca.key");
  const made = ["openssl", "req", "-x509", "-new", "-nodes", ...ec, "-days", "3650"];
  const subject = ["-subj", `/CN=holdfast-lab-${lab.name}`];
  await run([...made, "-keyout", caKey, "-out", lab.caFile, ...subject], { to });
  await Promise.all(lab.apiServers.map((server) => makeCertificate(lab, server, to)));
}

/** The certificate and the key of an API server. */
export function certificateFiles(lab: Lab, server: Member): { cert: string; key: string } {
  const base = join(lab.stateDir, "pki", server.name);
  return { cert: `${base}.crt`, key: `${base}.key` };
}

const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

async function makeCertificate(lab: Lab, server: Member, to: string): Promise<void> {
  const { cert, key } = certificateFiles(lab, server);
  const request = `${cert}.csr`;
  const extensions = `${cert}.ext`;
  // As kubeadm does: a client that comes through the virtual IP must find that address in here too.
  const own = [server.address, lab.vip, server.address6, lab.vip6];
  // It may be moved onto a load balancer.
  const addresses = [...own, ...lab.hosts.map(({ address }) => address)].map((it) => `IP:${it}`);
  const names = `subjectAltName=DNS:${server.name},DNS:kubernetes,${addresses.join(",")}`;
  await Deno.writeTextFile(
    extensions,
    `${names}\nextendedKeyUsage=serverAuth\nbasicConstraints=CA:FALSE\n`,
  );
  const subject = ["-subj", `/CN=${server.name}`];
  await run([
    "openssl",
    "req",
    "-new",
    "-nodes",
    ...ec,
    "-keyout",
    key,
    "-out",
    request,
    ...subject,
  ], { to });
  const signed = ["openssl", "x509", "-req", "-in", request, "-out", cert, "-days", "3650"];
  const serial = ["-set_serial", `0x${crypto.randomUUID().replaceAll("-", "")}`];
  const authority = ["-CA", lab.caFile, "-CAkey", join(lab.stateDir, "pki", "ca.key")];
  await run([...signed, ...authority, ...serial, "-extfile", extensions], { to });
}

async function makeKey(path: string, comment: string): Promise<void> {
  await Deno.mkdir(join(path, ".."), { recursive: true, mode: 0o700 });
  const argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path];
  await run(argv, { to: `create ssh key "${path}"` });
}
