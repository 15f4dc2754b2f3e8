/**
 * The shell text that has daemons judge staged files before any of them moves. Text only.
 * @module
 */
import type { FileSpec, Validation } from "../model.ts";
import { folderOf } from "../obstacles.ts";
import { quote, raw, sh } from "../shell.ts";
import { staged } from "./stage.ts";

/**
 * The daemons see the set as it will be: copies of its directories with the staged files in them,
 * bound over the real ones in a private mount namespace. Where that cannot be had, they see the
 * copies where they are, with the paths inside them rewritten.
 */
export function validate(files: readonly FileSpec[], validations: readonly Validation[]): string {
  const dirs = [...new Set(files.map(({ path }) => folderOf(path)))];
  const copies = dirs.map((dir) =>
    sh`mkdir -p -- "$shadow"${dir} && cp -a -- ${dir}/. "$shadow"${dir}/ && rm -f -- "$shadow"${dir}/.holdfast.* || fail 'cannot copy '${dir}' for validation'`
  );
  const copied = files.map(({ path }, i) =>
    sh`cp -p -- "$${staged(i)}" "$shadow"${path} || fail 'cannot copy '${path}' for validation'`
  );
  const binds = dirs.map((dir) => sh`mount --bind -- "$shadow"${dir} ${dir} || exit 97`);
  const tests = validations.map(({ name, script }) =>
    sh`answer=$( ( eval ${script} ) 2>&1 ) || { printf '%s\n' ${`${name} refuses it:`} "$answer" >&2; exit 1; }`
  ).join("\n");
  const bound = [`staged() { printf %s "$1"; }`, ...binds, tests].join("\n");
  return [
    "shadow=$(mktemp -d /run/holdfast.$$.XXXXXXXXXX) || fail 'cannot create a directory in /run'",
    ...copies,
    ...copied,
    "export shadow",
    "code=97",
    `unshare -m true 2>/dev/null && { unshare -m /bin/sh -c ${
      quote("mount --make-rprivate / 2>/dev/null || exit 97\n" + bound)
    }; code=$?; }`,
    "case $code in 0) ;;",
    // 97: mounting is refused here. Anything else is the daemons' own verdict.
    `97) ${rewritten(dirs, tests)} ;;`,
    "*) exit 1 ;; esac",
  ].join("\n");
}

function rewritten(dirs: readonly string[], tests: string): string {
  const pattern = (dir: string) => dir.replaceAll(/[.#[\]*^$\\]/g, "\\$&").replaceAll("\n", "\\n");
  const rules = dirs.map((dir) => raw(sh`-e ${`s#${pattern(dir)}/#`}"$shadow"'&#g'`));
  return [
    sh`find "$shadow" -type f -exec sed -i ${rules} -- {} +`,
    `staged() { printf %s "$shadow$1"; }`,
    tests,
  ].join("\n");
}
