import { service } from "../../tasks/service.ts";
import { cases } from "./cases.ts";

const task = service({ name: "haproxy", enabled: true, running: true });

function seen(load: string, active: string, sub: string, enabled: string): string {
  return `LoadState=${load}\nActiveState=${active}\nSubState=${sub}\nUnitFileState=${enabled}\n`;
}

cases("service()", {
  "wants nothing of one that runs and starts at boot": {
    task,
    seen: seen("loaded", "active", "running", "enabled"),
    changes: [],
  },
  "takes one that is starting for running": {
    task,
    seen: seen("loaded", "activating", "start", "enabled"),
    changes: [],
  },
  "starts one that waits for its next restart": {
    task,
    seen: seen("loaded", "activating", "auto-restart", "enabled"),
    changes: ["start haproxy"],
  },
  "enables and starts": {
    task,
    seen: seen("loaded", "inactive", "dead", "disabled"),
    changes: ["enable and start haproxy"],
  },
  "stops and disables": {
    task: service({ name: "haproxy", enabled: false, running: false }),
    seen: seen("loaded", "active", "running", "enabled"),
    changes: ["disable and stop haproxy"],
  },
  "wants nothing of one that is not there and shall not run": {
    task: service({ name: "haproxy", enabled: false, running: false }),
    seen: seen("not-found", "inactive", "dead", ""),
    changes: [],
  },
  "wants nothing of one that is masked and shall not run": {
    task: service({ name: "haproxy", enabled: false, running: false }),
    seen: seen("masked", "inactive", "dead", "masked"),
    changes: [],
  },
  "stops one that waits for its next restart": {
    task: service({ name: "haproxy", enabled: false, running: false }),
    seen: seen("loaded", "activating", "auto-restart", "disabled"),
    changes: ["stop haproxy"],
  },
  "plans over a package that will be installed and held back": {
    task,
    seen: seen("not-found", "inactive", "dead", ""),
    predicted: { packages: ["haproxy"] },
    changes: ["enable and start haproxy"],
  },
  "says that there is no unit": {
    task,
    seen: seen("not-found", "inactive", "dead", ""),
    error: 'Cannot manage service "haproxy": there is no unit "haproxy.service"',
  },
  "says how to unmask": {
    task,
    seen: seen("masked", "inactive", "dead", "masked"),
    error: 'Cannot manage service "haproxy": its unit is masked; type "systemctl unmask haproxy"',
  },
  "says which service managers it knows": {
    task,
    seen: "LoadState=nobody\n",
    error:
      'Cannot manage service "haproxy": neither systemd nor OpenRC is running, and no other service manager is supported',
  },
});
