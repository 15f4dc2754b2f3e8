/** Real servers on 127.0.0.1 that do to a client what servers do. */
import { type AddressInfo, createServer as createTcp, type Server, type Socket } from "node:net";
import { createServer as createTls } from "node:tls";

/** Certificates of a CA of the test's own. */
export interface Pki {
  /** PEM of the CA. */
  readonly ca: string;
  /** PEM of a server's certificate; it names no address at all. */
  readonly cert: string;
  /** Its key. */
  readonly key: string;
}

/** Makes a CA and a certificate. */
export async function makePki(): Promise<Pki> {
  const dir = await Deno.makeTempDir();
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const read = (name: string) => Deno.readTextFile(`${dir}/${name}`);
  try {
    await openssl(dir, [
      "req",
      "-x509",
      ...ec,
      "-keyout",
      "ca.key",
      "-out",
      "ca.crt",
      ...named("ca"),
    ]);
    await openssl(dir, ["req", ...ec, "-keyout", "s.key", "-out", "s.csr", ...named("server")]);
    await Deno.writeTextFile(`${dir}/ext`, "subjectAltName=DNS:kubernetes.default\n");
    const by = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "ext"];
    await openssl(dir, ["x509", "-req", "-in", "s.csr", "-days", "2", "-out", "s.crt", ...by]);
    return { ca: await read("ca.crt"), cert: await read("s.crt"), key: await read("s.key") };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function named(name: string): string[] {
  return ["-subj", `/CN=holdfast-test-${name}`];
}

async function openssl(cwd: string, args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("openssl", { args, cwd }).output();
  if (code !== 0) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

/** A server at work; its connections end with it. */
export interface Running extends AsyncDisposable {
  /** Its port. */
  readonly port: number;
  /** Connections that it has seen. */
  readonly seen: () => number;
}

/** What a server does with a connection, TLS or not. */
export type Behaviour = (socket: Socket) => void;

/** Serves plain TCP. */
export function tcp(behaviour: Behaviour, port = 0): Promise<Running> {
  return running(createTcp({}), "connection", behaviour, port);
}

/** Serves TLS; what is done is done to a connection whose handshake is over. */
export function tls({ cert, key }: Pki, behaviour: Behaviour, port = 0): Promise<Running> {
  return running(createTls({ cert, key }), "secureConnection", behaviour, port);
}

/** Answers each request on a connection: closes it when it was asked to. */
export function answering(status: () => number, body = "ok"): Behaviour {
  return (socket) => {
    socket.on("data", (bytes) => {
      const close = bytes.toString().includes("Connection: close");
      const head = `HTTP/1.1 ${status()} Whatever\r\nContent-Length: ${body.length}\r\n`;
      socket.write(`${head}Connection: ${close ? "close" : "keep-alive"}\r\n\r\n${body}`);
      if (close) socket.end();
    });
  };
}

async function running(
  server: Server,
  event: string,
  behaviour: Behaviour,
  port: number,
): Promise<Running> {
  let seen = 0;
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  server.on(event, (socket: Socket) => {
    seen++;
    socket.on("error", () => {});
    behaviour(socket);
  });
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", () => done()));
  const { port: own } = server.address() as AddressInfo;
  return {
    port: own,
    seen: () => seen,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((done) => server.close(done));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
