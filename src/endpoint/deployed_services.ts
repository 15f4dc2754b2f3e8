/**
 * What a deployed haproxy.cfg of ours stands in front of: its servers, and its further services.
 * Text only.
 * @module
 */
import type { Backend, Endpoint, FurtherService } from "../model.ts";

/** Servers of a backend, and the port of the first; 0 where there is none. */
export interface Servers {
  /** In the order of the file. */
  readonly backends: readonly Backend[];
  /** Port of the first. */
  readonly backendPort: number;
}

/** A backend of a further service; that of the endpoint's own has a name that none of them has. */
const FURTHER = /^backend (?!api_)([a-z0-9-]+)_servers\n/;

/** A certificate of which nothing is known but that one is shown. */
const SHOWN = { certificate: "", key: { secret: true, reveal: () => "" } } as const;

/** What the head of a file with such names says: in one of somebody else they mean nothing. */
const OURS = /^# Endpoint .*, profile (?:standard|fast)\.$/m;

/** The servers of the endpoint's own service; in a file that is not ours, all there are. */
export function ownServers(haproxy: string): Servers {
  const sections = sectionsOf(haproxy);
  return serversOf(sections.filter((it) => !OURS.test(haproxy) || !FURTHER.test(it)).join(""));
}

/**
 * The further services. What such a file does not say of one is as the endpoint has it of the service
 * of the same name, where there is one: whose its addresses are, when every address leads to it.
 */
export function furtherServices(haproxy: string, endpoint: Endpoint): readonly FurtherService[] {
  if (!OURS.test(haproxy)) return [];
  const sections = sectionsOf(haproxy);
  return sections.flatMap((backend): FurtherService[] => {
    const [, name = ""] = FURTHER.exec(backend) ?? [];
    const frontend = sections.find((it) => it.startsWith(`frontend ${name}\n`));
    if (name === "" || frontend === undefined) return [];
    const known = endpoint.also?.find((it) => it.name === name);
    const binds = [
      ...frontend.matchAll(/^\s+bind \[?([^\s\]]*?)\]?:(\d+)( transparent)?(?: v4v6)?$/gm),
    ];
    const own = binds.flatMap(([, address = "", , alone]) => alone === undefined ? [] : [address]);
    const checkPath = /^\s+option httpchk GET (\S+)/m.exec(backend)?.[1];
    const shows = /^\s+default-server crt /m.test(backend);
    return [{
      ...known,
      name,
      addresses: own.length > 0 ? own : known?.addresses ?? [],
      port: Number(binds[0]?.[2]),
      ...serversOf(backend),
      haproxy: {
        balance: "auto",
        ...(checkPath === undefined ? {} : { checkPath }),
        ...(shows ? { checkClient: SHOWN } : {}),
      },
    }];
  });
}

function sectionsOf(haproxy: string): readonly string[] {
  return haproxy.split(/^(?=\S)/m);
}

function serversOf(text: string): Servers {
  const servers = [...text.matchAll(/^\s+server (\S+) \[?([^\s\]]+)\]?:(\d+)/gm)];
  return {
    backends: servers.map(([, name = "", address = ""]) => ({ name, address })),
    backendPort: Number(servers[0]?.[3] ?? 0),
  };
}
