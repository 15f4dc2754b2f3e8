import { defineDrill } from "../../define.ts";
import type { Endpoint } from "../../model.ts";
import { configKept, configRestored } from "./config.ts";
import { isGuide, onHost, overlapMs } from "./scene.ts";

/** How long requests go on after the change, in milliseconds. */
const AFTER_MS = 3000;

/**
 * `apply` changes a setting of HAProxy on every member while requests run. Each member keeps a copy
 * of the file before, so that it can undo the change when there is no controller any more.
 */
export const applyChange = defineDrill({
  name: "apply-change",
  title: "apply changes a setting of haproxy",
  about: "A change as people make it: another setting in the inventory, rolled out by apply, one " +
    "member after the other. Not one request may fail.",
  suite: "full",
  plan: (scene) => {
    const { endpoint } = scene;
    const hosts = endpoint.members.map(({ host }) => host.name);
    return {
      targets: hosts,
      prepare: hosts.map((host) =>
        onHost(host, {
          what: "keep a copy of haproxy.cfg",
          script: configKept(),
          undo: configRestored(),
        })
      ),
      breaks: [{
        kind: "apply",
        what: `apply ${isGuide(scene) ? "another balance" : "another client_timeout"}`,
        endpoint: changed(endpoint),
        undo: new Map(hosts.map((host) => [host, configRestored()])),
      }],
      holdMs: AFTER_MS,
      predictedMs: 0,
      expect: { address: "any", twoHoldersMs: overlapMs(scene), failures: 0 },
    };
  },
});

/** The endpoint with one setting that changes haproxy.cfg and nothing that clients can see. */
function changed(endpoint: Endpoint): Endpoint {
  const { balance, clientTimeout } = endpoint.haproxy;
  const haproxy = endpoint.profile === "guide"
    // The seed document's timeouts are fixed.
    ? { ...endpoint.haproxy, balance: balance === "leastconn" ? "roundrobin" : "leastconn" }
    : { ...endpoint.haproxy, clientTimeout: clientTimeout === "61m" ? "62m" : "61m" };
  return { ...endpoint, haproxy };
}
