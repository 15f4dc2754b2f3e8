import { raw, sh, type ShellText } from "../shell.ts";

/**
 * Shell text that waits for the lock, and holds services of the same name as a package back until the
 * script ends. Debian starts what it installs, with whatever configuration lies there, and restarts
 * what it upgrades; packages of the others restart what they upgrade. Held back, services start when
 * the play says so, and one that runs goes on with its old program. The mask lies in /run, where a
 * power cut leaves nothing of it. OpenRC's packages start and restart nothing.
 */
export function heldBack(names: readonly string[], atEnd = ":"): ShellText {
  const units = names.map((name) => `${name}.service`);
  return raw(sh`await_lock
release() {
  ${raw(atEnd)}
  [ ! -d /run/systemd/system ] || systemctl -q unmask --runtime -- ${units}
}
trap release EXIT
[ ! -d /run/systemd/system ] || systemctl -q mask --runtime -- ${units}`);
}
