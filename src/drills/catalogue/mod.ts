/**
 * Every drill that Holdfast brings, one file each. Descriptions: nothing here runs.
 * @module
 */
import type { Drill } from "../model.ts";
import { addressRemoved } from "./address_removed.ts";
import { apiServerDead } from "./api_server_dead.ts";
import { apiServerUnhealthy } from "./api_server_unhealthy.ts";
import { apiServersAllDead } from "./api_servers_all_dead.ts";
import { applyChange } from "./apply_change.ts";
import { applyRestart } from "./apply_restart.ts";
import { haproxyReload, keepalivedReload } from "./daemon_reload.ts";
import { haproxyHung } from "./haproxy_hung.ts";
import { haproxyKilled } from "./haproxy_killed.ts";
import { haproxyStopped } from "./haproxy_stopped.ts";
import { keepalivedFrozen } from "./keepalived_frozen.ts";
import { keepalivedKilled } from "./keepalived_killed.ts";
import { keepalivedStopped } from "./keepalived_stopped.ts";
import { linkDown } from "./link_down.ts";
import { powerOff } from "./power_off.ts";
import { preferredReturns } from "./preferred_returns.ts";
import { reboot } from "./reboot.ts";
import { vrrpBlocked } from "./vrrp_blocked.ts";

/** All drills, in the order in which they run: the quick suite first, then from small to large. */
export const CATALOGUE: readonly Drill[] = [
  keepalivedStopped,
  haproxyKilled,
  haproxyHung,
  linkDown,
  haproxyReload,
  apiServerDead,
  keepalivedReload,
  preferredReturns,
  applyChange,
  applyRestart,
  addressRemoved,
  haproxyStopped,
  keepalivedKilled,
  keepalivedFrozen,
  vrrpBlocked,
  apiServerUnhealthy,
  apiServersAllDead,
  reboot,
  powerOff,
];
