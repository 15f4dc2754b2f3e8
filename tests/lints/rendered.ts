/** Load balancers with the files that the product renders, for lints. */
import { parseHaproxy } from "../../src/configs/haproxy.ts";
import { parseKeepalived } from "../../src/configs/keepalived.ts";
import { managedFiles } from "../../src/endpoint/files.ts";
import type { Node, SmallFile, Subject } from "../../src/lints/model.ts";
import type { Endpoint, Member } from "../../src/model.ts";
import { RELEASES, TEMPLATES, world } from "../endpoint/fixtures.ts";

/** The members of an endpoint as lints see them, with the versions of a release. */
export function rendered(endpoint: Endpoint, release: keyof typeof RELEASES): Subject {
  return { nodes: endpoint.members.map((it) => node(endpoint, it, release)), endpoint };
}

function node(endpoint: Endpoint, member: Member, release: keyof typeof RELEASES): Node {
  const { name, address } = member.host;
  const known = { ...world(endpoint, release), host: name };
  const files = managedFiles(endpoint, member, TEMPLATES).map(({ path, content }): SmallFile => ({
    path,
    file: `${name}/${path.split("/").slice(-2).join("/")}`,
    text: content(known),
  }));
  const one = (path: string) => {
    const found = files.find((it) => it.path === path);
    if (!found) throw new Error(`${path} is not rendered`);
    return found;
  };
  const [haproxy, keepalived] = [
    one("/etc/haproxy/haproxy.cfg"),
    one("/etc/keepalived/keepalived.conf"),
  ];
  return {
    name,
    addresses: [address],
    haproxy: parseHaproxy(haproxy.text, haproxy.file),
    keepalived: parseKeepalived(keepalived.text, keepalived.file),
    scripts: files.filter(({ path }) => path.endsWith(".sh")),
    units: files.filter(({ path }) => path.includes(".service.d/")),
    versions: {
      haproxy: RELEASES[release].haproxy,
      keepalived: RELEASES[release].keepalived.replace(/^\d+:/, ""),
    },
  };
}
