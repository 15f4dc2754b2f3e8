/** The prober against real TLS servers, in this process: its own worker is another thread. */
import { assert, assertEquals, assertGreater, assertMatch, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import type { ProbeRecord, ProbeTarget } from "../../src/drills/model.ts";
import { freePort } from "../../src/prober/free_port.ts";
import { probe } from "../../src/prober/mod.ts";
import { answering, type Behaviour, makePki, type Running, tcp, tls } from "./servers.ts";

const PKI = await makePki();
const OTHER = await makePki();
const SECONDS = 60_000;

function target(port: number, more: Partial<ProbeTarget> = {}): ProbeTarget {
  return {
    ...{ address: "127.0.0.1", port, path: "/readyz", ca: PKI.ca, intervalMs: 20, timeoutMs: 2000 },
    ...more,
  };
}

/** Probes until so many requests have ended. */
async function record(what: ProbeTarget, requests = 5): Promise<ProbeRecord> {
  const prober = await probe(what);
  const from = performance.now();
  while (prober.counts().requests < requests && performance.now() - from < SECONDS) await delay(10);
  return await prober.stop();
}

/** Kinds that were seen. */
function kinds({ requests }: ProbeRecord): string[] {
  return [...new Set(requests.map(({ kind }) => kind))].sort();
}

async function against(
  server: Promise<Running>,
  kind: string,
  more: Partial<ProbeTarget> = {},
): Promise<ProbeRecord> {
  await using running = await server;
  const seen = await record(target(running.port, more));
  assertEquals(kinds(seen), [kind]);
  return seen;
}

const afterData = (act: Behaviour): Behaviour => (socket) => socket.once("data", () => act(socket));
const healthy = answering(() => 200);

Deno.test("probe() has answers over fresh connections, each of its own time", async () => {
  await using server = await tls(PKI, healthy);
  const before = performance.now();
  const { requests, watch, stalls } = await record(target(server.port), 20);
  const after = performance.now();
  assertEquals(kinds({ requests, watch, stalls }), ["ok"]);
  // Each has a connection of its own, and one more stays open.
  assertEquals(server.seen(), requests.length + watch.length);
  assertEquals(watch.length, 1);
  assertEquals(watch[0]?.end, "open");
  for (const [i, { at, ms }] of requests.entries()) {
    assert(at >= (requests[i - 1]?.at ?? before), "moments of this thread's clock, in order");
    assert(at + ms <= after + 1, `${at} + ${ms} is after ${after}`);
  }
});

Deno.test("probe() sends about one request in each interval, and none more", async () => {
  await using server = await tls(PKI, healthy);
  const prober = await probe(target(server.port, { intervalMs: 25 }));
  await delay(2000);
  const { requests } = await prober.stop();
  const [first, last] = [requests[0], requests.at(-1)];
  assert(first && last);
  const slots = (last.at - first.at) / 25 + 1;
  assert(requests.length <= Math.ceil(slots) + 1, `${requests.length} in ${slots} intervals`);
  assertGreater(requests.length, slots / 4);
});

Deno.test("two probers side by side do not wait for each other", async () => {
  await using quick = await tls(PKI, healthy);
  await using silent = await tcp(() => {});
  const slow = await probe(target(silent.port, { timeoutMs: 300 }));
  const prober = await probe(target(quick.port));
  await delay(1500);
  const [of, other] = [await prober.stop(), await slow.stop()];
  assertEquals([kinds(of), kinds(other)], [["ok"], ["timeout"]]);
  // Both were asked at their own pace, and the answers of the one say nothing of the other.
  for (const { requests } of [of, other]) assertGreater(requests.length, 1500 / 20 / 4);
  const waits = of.requests.map(({ ms }) => ms).sort((a, b) => a - b);
  assert((waits[waits.length >> 1] ?? Infinity) < 300, `${waits}`);
});

Deno.test("probe() without a CA does not verify", async () => {
  await using server = await tls(OTHER, healthy);
  const { ca: _, ...open } = target(server.port);
  assertEquals(kinds(await record(open)), ["ok"]);
});

Deno.test("probe() verifies against the CA that it was given", async () => {
  await against(tls(OTHER, healthy), "tls");
});

Deno.test("probe() tells refused", async () => {
  assertEquals(kinds(await record(target(freePort()))), ["refused"]);
});

Deno.test("probe() tells a reset in the handshake from an end", async () => {
  await against(tcp(afterData((socket) => socket.resetAndDestroy())), "reset");
  await against(tcp(afterData((socket) => void socket.end())), "closed");
});

Deno.test("probe() tells an end in place of an answer", async () => {
  await against(tls(PKI, afterData((socket) => void socket.end())), "closed");
});

Deno.test("probe() tells a reset in place of an answer", async () => {
  await using server = await tls(PKI, () => {});
  await against(tcp(relay(server.port, 2)), "reset");
});

Deno.test("probe() tells silence before and after the handshake, at its deadline", async () => {
  for (const server of [tcp(() => {}), tls(PKI, () => {})]) {
    const { requests } = await against(server, "timeout", { timeoutMs: 200 });
    for (const { ms } of requests) assert(ms >= 199, `gave up after ${ms} ms`);
  }
});

Deno.test("probe() tells what is no TLS, what is no HTTP, and what is no 200", async () => {
  await against(tcp((socket) => void socket.end("SSH-2.0-none\r\n")), "tls");
  await against(tls(PKI, (socket) => void socket.end("SSH-2.0-none\r\n")), "not http");
  await against(tls(PKI, answering(() => 500)), "http 500");
});

Deno.test("probe() sends on while nothing is answered, and counts all of it", async () => {
  const prober = await probe(target(freePort(), { address: "127.0.0.1" }));
  while (prober.counts().failures < 10) await delay(10);
  const counted = prober.counts();
  const { requests, watch } = await prober.stop();
  assertEquals(counted.requests, counted.failures);
  assertGreater(requests.length + 1, counted.requests);
  assertEquals(watch, []);
});

Deno.test("probe() sees a server go away and come back, and its connection end", async () => {
  const first = await tls(PKI, healthy);
  const prober = await probe(target(first.port));
  const until = async (enough: () => boolean) => {
    while (!enough()) await delay(10);
  };
  await until(() => prober.counts().requests >= 10);
  const awayFrom = performance.now();
  await first[Symbol.asyncDispose]();
  const away = performance.now();
  const failed = prober.counts().failures;
  await until(() => prober.counts().failures >= failed + 20);
  await using second = await tls(PKI, healthy, first.port);
  const back = performance.now();
  await until(() => second.seen() >= 10);
  await delay(300);
  const { requests, watch } = await prober.stop();

  const between = requests.filter(({ at }) => at > away + 1 && at < back - 100);
  assertEquals(new Set(between.map(({ kind }) => kind)), new Set(["refused"]));
  assertEquals(requests.at(0)?.kind, "ok");
  assertEquals(requests.findLast(({ at }) => at > back)?.kind, "ok");
  assertEquals(watch.length, 2);
  assertMatch(watch[0]?.end ?? "", /^(closed|reset)$/);
  assert((watch[0]?.to ?? 0) >= awayFrom && (watch[1]?.from ?? 0) >= back - 1);
  assertEquals(watch[1]?.end, "open");
});

Deno.test("probe() gives up a connection that stays silent for 5 s", async () => {
  let asked = 0;
  const once: Behaviour = (socket) => {
    let mine = 0;
    socket.on("data", (bytes) => {
      if (bytes.toString().includes("keep-alive") && ++mine > 1) return;
      asked++;
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    });
  };
  await using server = await tls(PKI, once);
  const prober = await probe(target(server.port, { intervalMs: 500 }));
  const from = performance.now();
  let seen = server.seen();
  while (performance.now() - from < 6500) {
    await delay(100);
    seen = server.seen();
  }
  const { watch } = await prober.stop();
  assertGreater(asked, 0);
  assertGreater(seen, 2);
  assertEquals(watch[0]?.end, "silent");
  assert((watch[0]?.silentMs ?? 0) >= 4999);
});

Deno.test("probe() asks over IPv6", async () => {
  const listener = Deno.listenTls({ hostname: "::1", port: 0, cert: PKI.cert, key: PKI.key });
  const serving = (async () => {
    for await (const connection of listener) {
      connection.handshake().then(() => connection.close(), () => {});
    }
  })();
  const seen = await record(target(listener.addr.port, { address: "::1" }));
  listener.close();
  await serving;
  assertEquals(kinds(seen), ["closed"]);
});

Deno.test("probe() keeps asking while its own process is busy", async () => {
  await using server = await tcp(() => {});
  const prober = await probe(target(server.port, { intervalMs: 10, timeoutMs: 100 }));
  while (prober.counts().requests < 5) await delay(10);
  const from = performance.now();
  while (performance.now() - from < 1000) { /* Nothing else runs on this thread. */ }
  const to = performance.now();
  const { requests } = await prober.stop();
  assertGreater(requests.filter(({ at }) => at > from && at < to).length, 10);
});

Deno.test("probe() says what cannot be used as a CA", async () => {
  const bad = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const error = await assertRejects(() => probe(target(1, { ca: bad })), Error);
  assertMatch(error.message, /^Cannot verify the answers of 127\.0\.0\.1:1: the CA/);
});

Deno.test("stop() gives the same record twice", async () => {
  const prober = await probe(target(freePort()));
  const [first, second] = await Promise.all([prober.stop(), prober.stop()]);
  assertEquals(first, second);
});

/** Passes everything on, and resets instead of passing on the client's so manieth piece. */
function relay(port: number, resetAt: number): Behaviour {
  return (socket) => {
    const pieces: Promise<void>[] = [];
    const upstream = Deno.connect({ hostname: "127.0.0.1", port });
    let count = 0;
    socket.on("data", (bytes) => {
      if (++count >= resetAt) return void socket.resetAndDestroy();
      pieces.push(upstream.then(async (connection) => void await connection.write(bytes)));
    });
    socket.on("close", () => upstream.then((connection) => connection.close()).catch(() => {}));
    (async () => {
      for await (const bytes of (await upstream).readable) socket.write(bytes);
    })().catch(() => {});
  };
}
