/**
 * Whether something listens where clients of a service connect to: shell text over the kernel's tables.
 * @module
 */
import { addressesOf, isSix } from "../addresses.ts";
import type { Service } from "../services.ts";
import { raw, sh } from "../shell.ts";

/**
 * Says `listens`, with the name of a further service behind it. `six`: a socket of IPv6 takes
 * connections of both families on every address, one of IPv4 its own alone.
 */
export function listening({ name, endpoint, bound }: Service, six: boolean): string {
  const word = name === undefined ? "listens" : `listens ${name}`;
  const port = `:${endpoint.port.toString(16).toUpperCase().padStart(4, "0")}`;
  const each = bound
    ? addressesOf(endpoint).map((it) => at(it, port, name === undefined))
    : [sh`grep -q ${`${port} ${LISTENS}`} ${six ? SIX : BOTH} 2>/dev/null`];
  return sh`if ${raw(each.join(" && "))}; then echo ${word}; fi`;
}

const SIX = ["/proc/net/tcp6"];
const BOTH = ["/proc/net/tcp", "/proc/net/tcp6"];

/** From anywhere, in state 0A. */
const LISTENS = "[0-9A-F]*:0000 0A";

/**
 * Who listens on every address answers there too: as the endpoint's own service, which is all that
 * there is before a further one takes a part of its port.
 */
function at(address: string, port: string, everywhere: boolean): string {
  const hosts = [...inMemory(address), ...(everywhere ? ["00*"] : [])];
  const patterns = hosts.flatMap((host) => ["-e", ` ${host}${port} ${LISTENS}`]);
  return sh`grep -q ${patterns} ${everywhere ? BOTH : isSix(address) ? SIX : BOTH} 2>/dev/null`;
}

/** An address as the kernel prints it: words of four bytes, by the order of bytes of the machine. */
function inMemory(address: string): readonly string[] {
  const bytes = isSix(address) ? sixteen(address) : address.split(".").map(Number);
  const words = Array.from({ length: bytes.length / 4 }, (_, i) => bytes.slice(4 * i, 4 * i + 4));
  const hex = (all: readonly (readonly number[])[]) =>
    all.flat().map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join("");
  return [hex(words.map((word) => word.toReversed())), hex(words)];
}

/** The bytes of an address of IPv6, as the inventory spells it: hexadecimal, `::` for zeros. */
function sixteen(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const groups = (text: string) => text === "" ? [] : text.split(":").map((it) => parseInt(it, 16));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = Array<number>(Math.max(0, 8 - before.length - after.length)).fill(0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}
