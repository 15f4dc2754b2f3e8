/**
 * TLS over a TCP connection whose errors are kept as the kernel gave them.
 *
 * `node:tls` on a socket of its own calls everything that happens before the handshake is done
 * ECONNRESET, and shows a reset after it as an orderly end. Over a stream of ours the first error of
 * TCP is known.
 * @module
 */
import { type Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import { connect, type SecureContext, type TLSSocket } from "node:tls";
import { tcpKind, tlsKind } from "./kinds.ts";

/** Where a connection leads, and how it is secured. */
export interface Way {
  /** IP address. */
  readonly hostname: string;
  /** Port. */
  readonly port: number;
  /** Made once, of the CA. */
  readonly secure: SecureContext;
  /** Whether the chain of the certificate is verified. */
  readonly verify: boolean;
}

/** What happens on a connection; `end` comes once, last. */
export interface Listener {
  /** TLS stands. */
  secure(send: (text: string) => void): void;
  /** Something came, one character for each byte. */
  data(text: string): void;
  /** It is over: `closed`, `reset`, `refused`, … */
  end(kind: string): void;
}

/** Opens a connection, and gives what gives it up; `end` is not told then. */
export function open(way: Way, listener: Listener): () => void {
  const giveUp = new AbortController();
  let over = false;
  let socket: TLSSocket | undefined;
  const close = () => {
    over = true;
    giveUp.abort();
    socket?.destroy();
  };
  const end = (kind: string) => {
    if (over) return;
    close();
    listener.end(kind);
  };
  Deno.connect({ hostname: way.hostname, port: way.port, signal: giveUp.signal })
    .then((tcp) => {
      if (over) return tcp.close();
      try {
        socket = secured(tcp, way, listener, end);
      } catch (error) {
        tcp.close();
        end(tcpKind(error));
      }
    })
    .catch((error) => end(tcpKind(error)));
  return close;
}

function secured(tcp: Deno.TcpConn, way: Way, listener: Listener, end: (kind: string) => void) {
  // A request that waits for the acknowledgement of the handshake would seem slow by 40 ms.
  tcp.setNoDelay(true);
  tcp.setKeepAlive(true);
  const { duplex, firstError } = streamOf(tcp);
  const socket = connect({
    socket: duplex,
    secureContext: way.secure,
    rejectUnauthorized: way.verify,
    // Certificates of API servers need not name the virtual address: the chain is what counts.
    checkServerIdentity: () => undefined,
  });
  const kindOf = (error?: unknown) => {
    const below = firstError();
    if (below !== undefined) return tcpKind(below);
    return error === undefined ? "closed" : tlsKind(error);
  };
  socket.on("secureConnect", () => listener.secure((text) => void socket.write(text, "latin1")));
  socket.on("data", (bytes: Buffer) => listener.data(bytes.toString("latin1")));
  socket.on("error", (error) => end(kindOf(error)));
  socket.on("end", () => end(kindOf()));
  socket.on("close", () => end(kindOf()));
  return socket;
}

/** A TCP connection as a stream, which remembers its first error. */
function streamOf(tcp: Deno.TcpConn): { duplex: Duplex; firstError: () => unknown } {
  const buffer = new Uint8Array(16_384);
  let first: unknown;
  let closed = false;
  const failed = (error: unknown) => {
    // What fails because we closed it is no news.
    if (!closed) first ??= error;
    return error instanceof Error ? error : new Error(String(error));
  };
  const duplex = new Duplex({
    read() {
      tcp.read(buffer).then(
        (count) => void this.push(count === null ? null : buffer.slice(0, count)),
        (error) => void this.destroy(failed(error)),
      );
    },
    write(chunk: Uint8Array, _encoding, done) {
      writeAll(tcp, chunk).then(() => done(), (error) => done(failed(error)));
    },
    final(done) {
      tcp.closeWrite().then(() => done(), () => done());
    },
    destroy(error, done) {
      if (!closed) tcp.close();
      closed = true;
      done(error);
    },
  });
  return { duplex, firstError: () => first };
}

async function writeAll(tcp: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await tcp.write(bytes.subarray(at));
}
