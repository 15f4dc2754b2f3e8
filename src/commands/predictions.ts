/**
 * What `check` and `lint` say of failovers before any host is asked: how long each would take by the
 * settings, and where that is longer than the inventory promises.
 * @module
 */
import { quote } from "../diagnostics.ts";
import { brokenPromises, faultTimes, remedy, slowAdvertMs } from "../endpoint/promise.ts";
import type { Event, EventOf } from "../events.ts";
import type { Diagnostic, Endpoint } from "../model.ts";
import { duration, faultPhrase, readsAlike } from "../reporters/prediction.ts";
import { aloneWarnings } from "./alone.ts";
import type { Loaded } from "./load.ts";

/** What is predicted of some endpoints. */
export interface Predicted {
  /**
   * Endpoints with nobody to take over, and promises that the settings cannot keep, where the
   * inventory makes one.
   */
  readonly warnings: readonly Diagnostic[];
  /** How long the failovers of each would take, as events of this moment. */
  events(at: number): readonly EventOf<"prediction">[];
  /** Wraps what receives the events: predictions come right behind the start of a run. */
  reportTo(write: (event: Event) => void): (event: Event) => void;
}

/** Predicts every endpoint that has somebody to take over. */
export function predictions(
  endpoints: readonly Endpoint[],
  written: Loaded["written"],
): Predicted {
  const able = endpoints.filter(({ members }) => members.length > 1);
  const promise = ({ name }: Endpoint) => written({ endpoint: name }, ["slo", "failover"]);
  const events = (at: number) => able.map((it) => prediction(it, promise(it) !== undefined, at));
  return {
    events,
    warnings: [
      ...aloneWarnings(endpoints, written),
      ...able.flatMap((endpoint) => {
        const source = promise(endpoint);
        const broken = source === undefined ? [] : brokenPromises(endpoint);
        return broken.length === 0 ? [] : [warning(endpoint, broken, source)];
      }),
    ],
    reportTo: (write) => (event) => {
      write(event);
      if (event.type === "run-start") { for (const each of events(event.at)) write(each); }
    },
  };
}

function prediction(endpoint: Endpoint, sloWritten: boolean, at: number): EventOf<"prediction"> {
  const { name, slo } = endpoint;
  const faults = faultTimes(endpoint);
  return { type: "prediction", at, endpoint: name, sloMs: slo.failoverMs, sloWritten, faults };
}

function warning(
  endpoint: Endpoint,
  broken: ReturnType<typeof brokenPromises>,
  source: Diagnostic["source"],
): Diagnostic {
  const { name, profile, slo: { failoverMs } } = endpoint;
  const exactly = readsAlike(broken, failoverMs);
  const advert = slowAdvertMs(endpoint);
  const slow = advert === undefined
    ? ""
    : ` and "vrrp.advert_interval" of ${duration(advert, exactly)}`;
  const times = broken.map(({ fault, ms }) => `${duration(ms, exactly)} ${faultPhrase(fault)}`);
  return {
    severity: "warning",
    code: "slo-missed",
    message: `Cannot keep "slo.failover" of endpoint ${quote(name)}, ` +
      `${duration(failoverMs, exactly)}, with profile "${profile}"${slow}: clients would ` +
      "wait " +
      times.join(", "),
    ...(source === undefined ? {} : { source }),
    hint: remedy(endpoint),
  };
}
