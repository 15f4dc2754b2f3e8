import {
  FINDERS,
  folderOf,
  refuseCovered,
  refuseProtected,
  refuseUnwritable,
} from "../obstacles.ts";
import { raw, sh } from "../shell.ts";

/**
 * Shell text that takes a file away. What keeps it from going is said first; `record` runs after
 * that and before the file goes. One that is gone already is as wished. Other names of the file
 * (hard links) keep it.
 */
export function removeScript(path: string, record: string): string {
  const what = `cannot remove ${path}`;
  const folder = folderOf(path);
  return [
    FINDERS,
    sh`if [ -L ${path} ] || [ -e ${path} ]; then`,
    sh`[ -L ${path} ] || [ ! -d ${path} ] || fail ${`${what}: it is a directory`}`,
    refuseProtected(folder, what, "folder"),
    refuseProtected(path, what, "file"),
    sh`[ -L ${path} ] || { ${raw(refuseUnwritable(path, what))}; }`,
    refuseCovered(path, what),
    "fi",
    "trap '' HUP INT TERM PIPE",
    record,
    sh`said=$(rm -f -- ${path} 2>&1) || fail ${`${what}: `}"\${said##*: }"
[ ! -d ${folder} ] || sync -- ${folder} 2>/dev/null || sync`,
  ].join("\n");
}
