/**
 * Starts, stops and switches the stand-in API servers.
 *
 * @module
 */
import { join } from "@std/path";
import { ownScript } from "../own_files.ts";
import { certificateFiles } from "./keys.ts";
import type { Lab, LabApiServer } from "./layout.ts";
import { namespaceFlag } from "./network.ts";
import { kill, living, readRecord, start, until } from "./process.ts";
import { lastLines } from "./run.ts";

/** Starts an API server in its namespace and waits until it answers. */
export async function startServer(lab: Lab, server: LabApiServer): Promise<void> {
  const pidFile = serverPidFile(lab, server);
  if (await living(pidFile) !== undefined) return;
  const logFile = join(lab.stateDir, "logs", `${server.name}.log`);
  const { cert, key } = certificateFiles(lab, server);
  const program = ownScript("src/lab/api_server.ts");
  const { name, address, port, namespace } = server;
  const files = [cert, key, statusFile(lab, server)];
  await Deno.mkdir(join(lab.stateDir, "api"), { recursive: true, mode: 0o700 });
  // nsenter, not `ip netns exec`: the latter copies the mount table, which pins other labs' disks.
  await start([
    ...[
      "nsenter",
      namespaceFlag(namespace),
      Deno.execPath(),
      "run",
      "--no-config",
      "--no-lock",
      "--no-prompt",
    ],
    ...[`--allow-net=${address}:${port}`, `--allow-read=${files.join(",")}`],
    ...[program.protocol === "file:" ? decodeURIComponent(program.pathname) : program.href],
    ...[name, address, `${port}`, ...files],
  ], { pidFile, logFile });
  const up = await until(async () => await statusOf(lab, server) !== undefined, 20_000, 50);
  if (up) return;
  const said = lastLines(await Deno.readTextFile(logFile).catch(() => ""), 8);
  throw new Error(
    `Cannot start API server "${name}": it does not answer after 20 s; its last words:\n${said}`,
  );
}

/** Stops an API server as a crash does; its namespace stays, so connections are refused. */
export async function stopServer(lab: Lab, server: LabApiServer): Promise<void> {
  const record = await readRecord(serverPidFile(lab, server));
  if (record !== undefined) await kill([record]);
  await Deno.remove(serverPidFile(lab, server)).catch(() => {});
}

/** Switches what an API server says about its health, from the next request on. */
export async function switchServer(
  lab: Lab,
  server: LabApiServer,
  status: 200 | 401 | 500,
): Promise<void> {
  const file = statusFile(lab, server);
  await Deno.writeTextFile(`${file}.new`, `${status}`);
  // A request must never find half a file.
  await Deno.rename(`${file}.new`, file);
}

/** The status of /readyz, over TLS that the lab's authority vouches for; nothing when there is no answer. */
export async function statusOf(lab: Lab, server: LabApiServer): Promise<number | undefined> {
  const caCerts = [await Deno.readTextFile(lab.caFile).catch(() => "")];
  using client = Deno.createHttpClient({ caCerts, poolMaxIdlePerHost: 0 });
  try {
    const signal = AbortSignal.timeout(2000);
    const response = await fetch(`https://${server.address}:${server.port}/readyz`, {
      client,
      signal,
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}

/** The file with the record of an API server. */
export function serverPidFile(lab: Lab, server: LabApiServer): string {
  return join(lab.stateDir, "pids", server.name);
}

function statusFile(lab: Lab, server: LabApiServer): string {
  return join(lab.stateDir, "api", `${server.name}.status`);
}
