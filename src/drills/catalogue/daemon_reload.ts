import { defineDrill } from "../../define.ts";
import type { Drill } from "../model.ts";
import { holdFor, onHost, overlapMs } from "./scene.ts";
import { callOff, type Daemon, reloads, together, whole } from "./units.ts";

/** Reloads after the first one, a second apart. */
const MORE = 3;

function reloadDrill(daemon: Daemon, suite: Drill["suite"], about: string): Drill {
  return defineDrill({
    name: `${daemon}-reload`,
    title: `${daemon} of the holder is reloaded, ${MORE + 1} times`,
    about,
    suite,
    plan: (scene) => ({
      targets: [scene.holder],
      breaks: [onHost(scene.holder, {
        what: `reload ${daemon}`,
        script: reloads(daemon, MORE),
        undo: together(callOff(), whole(daemon)),
      })],
      holdMs: holdFor(MORE * 1000),
      predictedMs: 0,
      expect: { address: "stays", twoHoldersMs: overlapMs(scene), failures: 0 },
    }),
  });
}

/** HAProxy of the holder reads its configuration anew while requests run. */
export const haproxyReload = reloadDrill(
  "haproxy",
  "quick",
  "What every change of its configuration does. New processes take over the open port from the old " +
    "ones, so not one request may fail.",
);

/** Keepalived of the holder reads its configuration anew while requests run. */
export const keepalivedReload = reloadDrill(
  "keepalived",
  "full",
  "What every change of its configuration does. The address must stay where it is, and not one " +
    "request may fail.",
);
