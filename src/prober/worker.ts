/**
 * The thread of a prober: an event loop of its own, so that nothing the run does delays a request.
 * @module
 */
import { Asker } from "./asker.ts";
import type { Order, Report } from "./protocol.ts";

/** What a worker has beside everything else; the types of a page do not know it. */
interface Scope {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(report: Report): void;
}

const scope = self as unknown as Scope;
let asker: Asker | undefined;

scope.onmessage = ({ data: order }) => {
  switch (order.type) {
    case "time":
      return scope.postMessage({ type: "time", now: performance.now() });
    case "start":
      return void start(order.target, order.counts);
    case "stop":
      return void stop();
  }
};

async function start(...order: Parameters<typeof Asker.start>): Promise<void> {
  try {
    asker = await Asker.start(...order);
    scope.postMessage({ type: "ready" });
  } catch (error) {
    scope.postMessage({
      type: "failed",
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

async function stop(): Promise<void> {
  if (asker !== undefined) scope.postMessage({ type: "done", record: await asker.stop() });
}
