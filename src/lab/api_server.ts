/**
 * A stand-in Kubernetes API server: real TLS, real paths, and health that can be switched off.
 * It runs as a program of its own in its namespace and imports nothing of Holdfast.
 *
 * Arguments: name, address, port, certificate file, key file, file with the status to answer.
 *
 * @module
 */
import { createServer } from "node:https";

/** What the server answers to a path while its health status is this one. */
export function answer(name: string, path: string, status: number): Response {
  const check = /^\/(healthz|livez|readyz)(\/.*)?$/.exec(path)?.[1];
  if (check !== undefined) return health(name, check, status);
  if (path === "/version") return json(name, 200, version);
  const isKnown = /^\/(api|apis|openapi|metrics|logs)(\/|$)/.test(path);
  return isKnown ? failure(name, 401, "Unauthorized") : failure(name, 404, "NotFound");
}

const version = {
  major: "1",
  minor: "33",
  gitVersion: "v1.33.0-lab",
  platform: "linux/amd64",
};

function health(name: string, check: string, status: number): Response {
  const body = status === 200
    ? "ok"
    : `[-]lab failed: switched to ${status}\n${check} check failed\n`;
  return new Response(body, {
    status,
    headers: { ...whoAnswers(name), "content-type": "text/plain" },
  });
}

function failure(name: string, code: number, reason: string): Response {
  const body = {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: reason,
    reason,
    code,
  };
  return json(name, code, body);
}

function json(name: string, status: number, body: unknown): Response {
  return Response.json(body, { status, headers: whoAnswers(name) });
}

// Not in the real one: lets a test see which server a load balancer has chosen.
function whoAnswers(name: string): Record<string, string> {
  return { "x-lab-server": name };
}

if (import.meta.main) {
  const [name = "", hostname = "", port = "", certFile = "", keyFile = "", statusFile = ""] =
    Deno.args;
  const statusNow = async () => Number(await Deno.readTextFile(statusFile).catch(() => "200"));
  const [cert, key] = await Promise.all([Deno.readTextFile(certFile), Deno.readTextFile(keyFile)]);
  // As kube-apiserver does: without it an answer waits up to 40 ms for the acknowledgment of TLS's
  // session tickets, which would be measured as the load balancer's.
  const server = createServer({ cert, key, noDelay: true }, async (request, response) => {
    const path = new URL(request.url ?? "/", "https://localhost").pathname;
    const status = await statusNow();
    const said = answer(name, path, [401, 500].includes(status) ? status : 200);
    response.writeHead(said.status, Object.fromEntries(said.headers)).end(await said.text());
  });
  server.listen(Number(port), hostname);
}
