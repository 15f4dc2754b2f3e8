/**
 * One hypervisor as an inventory writes it: a host, or a URI of libvirt over ssh. What reaches
 * `virsh` is a URI that is put together here, of parts that were judged one by one. Pure.
 * @module
 */
import { isAddress, isIpv6, isPath, isPort, isUser } from "../connection/grammar.ts";

/** What is said of something that is neither. */
export const HYPERVISOR = "[USER@]HOST[:PORT], or a URI such as qemu+ssh://USER@HOST/system";

/** The same for readers of a JSON Schema. */
export const HYPERVISOR_PATTERN =
  "^([a-z][a-z0-9]*\\+ssh://)?([A-Za-z_][A-Za-z0-9_.-]*\\$?@)?([A-Za-z0-9][A-Za-z0-9._-]*|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*|\\[[0-9A-Fa-f:.]+\\])(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._/-]+(\\?keyfile=[^?&#\\s]+)?)?$";

/** The parts of a hypervisor. */
export interface HypervisorParts {
  /** Driver of libvirt. */
  readonly driver: string;
  /** Whom ssh logs in as. @default {ssh's own choice} */
  readonly user?: string;
  /** Name or address, without brackets. */
  readonly host: string;
  /** Port of sshd. @default {ssh's own choice} */
  readonly port?: number;
  /** Which of the driver's services: `/system`. */
  readonly path: string;
  /** Private key for ssh. @default {ssh's own choice} */
  readonly keyFile?: string;
}

/** Parts, or why there are none, after `expected`. */
export type Judged = { readonly parts: HypervisorParts } | { readonly expected: string };

const URI = /^([a-z][a-z0-9]{0,15})(?:\+([a-z0-9]+))?:\/\/([^/?#]*)([^?#]*)(?:\?(.*))?$/s;
const AUTHORITY = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:@[\]]*)(?::(\d{1,5}))?$/s;

/**
 * Takes a hypervisor apart.
 *
 * @example
 * ```ts
 * import { hypervisorParts } from "./hypervisor.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(hypervisorParts("root@kvm1:2222"), {
 *   parts: { driver: "qemu", user: "root", host: "kvm1", port: 2222, path: "/system" },
 * });
 * assertEquals("expected" in hypervisorParts("-oProxyCommand=x"), true);
 * ```
 */
export function hypervisorParts(text: string): Judged {
  if (!text.includes("://")) return withAuthority(text, "qemu", "/system");
  const [, driver = "", way, authority = "", path = "", query] = URI.exec(text) ?? [];
  if (driver === "") return { expected: HYPERVISOR };
  if (way !== "ssh") return { expected: `a URI over ssh, ${driver}+ssh://…: no other way is used` };
  if (!/^\/[A-Za-z0-9._/-]{1,200}$/.test(path)) {
    return { expected: "a path of letters, digits, dots, dashes and slashes, such as /system" };
  }
  const key = query === undefined ? {} : keyIn(query);
  return "expected" in key ? key : withAuthority(authority, driver, path, key);
}

function withAuthority(
  text: string,
  driver: string,
  path: string,
  key: { readonly keyFile?: string } = {},
): Judged {
  const parsed = isIpv6(text) ? [text, undefined, text] : AUTHORITY.exec(text);
  const [, user, bracketed = "", digits] = parsed ?? [];
  const host = bracketed.replace(/^\[(.*)\]$/s, "$1");
  const port = digits === undefined ? undefined : Number(digits);
  if (!isAddress(host) || (bracketed.startsWith("[") && !isIpv6(host))) {
    return { expected: HYPERVISOR };
  }
  if (user !== undefined && !isUser(user)) {
    return { expected: "a login name of letters, digits, dots, dashes and underscores before @" };
  }
  if (port !== undefined && !isPort(port)) return { expected: "a port from 1 to 65535" };
  const own = { ...(user !== undefined && { user }), host, ...(port !== undefined && { port }) };
  return { parts: { driver, ...own, path, ...key } };
}

/** Of the parameters of libvirt's URIs only a key does no harm: others start programs. */
function keyIn(query: string): { readonly keyFile?: string } | { readonly expected: string } {
  const [, value] = /^keyfile=([^&=?#]+)$/.exec(query) ?? [];
  if (value === undefined) {
    return {
      expected:
        "no parameter but keyfile=PATH: others start programs, or leave host keys unchecked",
    };
  }
  const path = decoded(value);
  if (path !== undefined && isPath(path) && /^(?:\/|~\/)/.test(path)) return { keyFile: path };
  return { expected: "an absolute path, or one that begins with ~/, as keyfile" };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Without a quote, too: the URI is shown as something to type. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll("'", "%27");
}

/** The URI for `virsh`. ssh is told that nobody is there to answer a question. */
export function hypervisorUri(
  { driver, user, host, port, path, keyFile }: HypervisorParts,
): string {
  const login = user === undefined ? "" : `${user}@`;
  const where = host.includes(":") ? `[${host}]` : host;
  const at = port === undefined ? "" : `:${port}`;
  const key = keyFile === undefined ? "" : `&keyfile=${keyFile.split("/").map(encoded).join("/")}`;
  return `${driver}+ssh://${login}${where}${at}${path}?no_tty=1${key}`;
}
