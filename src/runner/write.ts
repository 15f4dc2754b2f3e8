/**
 * The shell text that puts files in place: staged beside their destination, checked, validated as
 * a set by the daemons themselves, and only then moved. Text only.
 * @module
 */
import { createHash } from "node:crypto";
import { toBytes } from "../bytes.ts";
import type { Change } from "../model.ts";
import {
  folderOf,
  refuseCovered,
  refuseLinked,
  refuseProtected,
  refuseUnwritable,
} from "../obstacles.ts";
import { sh } from "../shell.ts";
import { makeFolder, prelude, stage, staged } from "./stage.ts";
import { validate } from "./validate.ts";

type Write = Extract<Change, { kind: "write" }>;

/**
 * Shell text of a write. `record` runs after validation and before the first file moves; what it
 * finds at the paths is what was looked at. The folders that the write had to make are in the
 * lines of `made_folders`, the deepest first.
 */
export function writeScript(change: Write, record: string): string {
  const { files, validations, before } = change;
  const folders = [...new Set(files.map(({ path }) => folderOf(path)))];
  const isNew = (path: string) => before[path] === undefined;
  const added = files.map(({ path }) => path).filter(isNew);
  return [
    prelude(folders),
    `ready() {`,
    ":",
    ...files.map(({ path }) => ready(path, before[path])),
    "}",
    "ready",
    ...folders.map(makeFolder),
    ...files.map((file, i) => stage(file, i, fingerprint(file.content), isNew(file.path))),
    ...(validations.length === 0 ? [] : [validate(files, validations)]),
    // Somebody may have written while the daemons read.
    "ready",
    // Files that move together do not stop half way because the controller has gone.
    "trap '' HUP INT TERM PIPE",
    record,
    ...files.map(({ path }, i) => move(path, i, isNew(path))),
    ...folders.map((folder) => sh`sync -- ${folder} 2>/dev/null || sync`),
    ...(added.length === 0 ? [] : [
      sh`relabel ${added} || fail 'cannot give '${
        added.join(", ")
      }' the SELinux context of the policy'`,
    ]),
  ].join("\n");
}

function fingerprint(content: string | undefined): string {
  if (content === undefined) return "absent";
  return `${createHash("sha256").update(toBytes(content)).digest("hex")}  -`;
}

/**
 * What was decided on must still be there, because somebody else may have written in between; and
 * it must be something that can be replaced, before any file of the set is.
 */
function ready(path: string, before: string | undefined): string {
  const what = `cannot write ${path}`;
  const checks = [
    sh`[ "$(fingerprint ${path})" = ${
      fingerprint(before)
    } ] || fail ${path}' has changed since it was looked at: apply again'`,
    refuseProtected(folderOf(path), what, "folder"),
  ];
  if (before === undefined) return checks.join("\n");
  return [
    ...checks,
    refuseLinked(path, what),
    refuseCovered(path, what),
    refuseProtected(path, what, "file"),
    refuseUnwritable(path, what),
  ].join("\n");
}

function move(path: string, i: number, isNew: boolean): string {
  const what = `cannot put ${path} in place`;
  if (!isNew) return sh`mv -f -T -- "$${staged(i)}" ${path} || fail ${what}`;
  // Not even in the moment since the last look is something replaced that has appeared there. Old
  // versions of mv do not say by their exit code that they left it.
  return sh`mv -n -T -- "$${staged(i)}" ${path} && [ ! -e "$${
    staged(i)
  }" ] || fail ${`${what}: is there something else now?`}`;
}
