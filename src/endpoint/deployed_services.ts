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

/** The servers of the endpoint's own service. */
export function ownServers(haproxy: string): Servers {
  return serversOf(sectionsOf(haproxy).filter((it) => !FURTHER.test(it)).join(""));
}

/**
 * The further services. What such a file does not say of one is as the endpoint has it of the service
 * of the same name, where there is one: whose its addresses are, when every address leads to it.
 */
export function furtherServices(haproxy: string, endpoint: Endpoint): readonly FurtherService[] {
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
