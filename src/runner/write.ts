/**
 * The shell text that puts files in place: staged beside their destination, checked, validated as
 * a set by the daemons themselves, and only then moved. Text only.
 * @module
 */
import { createHash } from "node:crypto";
import { toBytes } from "../bytes.ts";
import type { Change, FileSpec, Validation } from "../model.ts";
import { quote, raw, sh } from "../shell.ts";

type Write = Extract<Change, { kind: "write" }>;

/** Shell text of a write. `record` runs after validation and before the first file moves. */
export function writeScript(change: Write, record: string): string {
  const { files, validations, before } = change;
  return [
    PRELUDE,
    ...files.map((file, i) => precondition(file.path, before[file.path]) + "\n" + stage(file, i)),
    ...(validations.length === 0 ? [] : [validate(files, validations)]),
    // Files that move together do not stop half way because the controller has gone.
    "trap '' HUP INT TERM PIPE",
    record,
    ...files.map(({ path }, i) => move(path, i)),
  ].join("\n");
}

// A temporary file must not outlive the script, however it ends. A complaint over a lost link ends
// it too, by SIGPIPE. What a power cut or SIGKILL left has the number of a dead process in its name,
// and is swept by the next write.
const PRELUDE = sh`fail() { printf '%s\n' "$*" >&2; exit 1; }
made= shadow=
clean() {
  code=$?
  for name in $made; do eval "rm -f -- \"\$$name\""; done
  [ -z "$shadow" ] || rm -rf -- "$shadow"
  exit $code
}
trap clean EXIT
trap 'exit 143' HUP INT TERM PIPE
sweep() {
  for left in "$@"; do
    pid=\${left##*holdfast.} pid=\${pid%%.*}
    case $pid in ''|*[!0-9]*) continue ;; esac
    kill -0 "$pid" 2>/dev/null || rm -rf -- "$left"
  done
}
fingerprint() { if [ -L "$1" ]; then echo link; elif [ -e "$1" ]; then sha256sum < "$1"; else echo absent; fi; }`;

function fingerprint(content: string | undefined): string {
  if (content === undefined) return "absent";
  return `${createHash("sha256").update(toBytes(content)).digest("hex")}  -`;
}

// What was decided on must still be there: somebody else may have written in between.
function precondition(path: string, before: string | undefined): string {
  return sh`[ "$(fingerprint ${path})" = ${
    fingerprint(before)
  } ] || fail ${path}' has changed since it was looked at: apply again'`;
}

const folder = (path: string) => path.slice(0, path.lastIndexOf("/")) || "/";
const variable = (i: number) => raw(`staged_${i}`);

function stage({ path, content, mode, owner, group }: FileSpec, i: number): string {
  const dir = folder(path);
  const name = variable(i);
  const full =
    `cannot write ${path}: what arrived in ${dir} is not what was sent; is the disk full?`;
  return sh`[ -d ${dir} ] || ( umask 022; mkdir -p -- ${dir} ) || fail 'cannot create '${dir}
sweep ${dir}/.holdfast.[0-9]*
${name}=$(mktemp ${dir}/.holdfast.$$.XXXXXXXXXX) || fail 'cannot create a file in '${dir}
made="$made ${name}"
printf %s ${content} > "$${name}" && [ "$(fingerprint "$${name}")" = ${
    fingerprint(content)
  } ] || fail ${full}
chown -- ${`${owner}:${group}`} "$${name}" && chmod -- ${mode} "$${name}" || fail 'cannot give '${path}' its owner and mode'
if command -v restorecon >/dev/null 2>&1; then chcon --reference=${path} -- "$${name}" 2>/dev/null; fi
sync -- "$${name}" 2>/dev/null || sync`;
}

function move(path: string, i: number): string {
  const dir = folder(path);
  return sh`mv -f -T -- "$${variable(i)}" ${path} || fail 'cannot put '${path}' in place'
if command -v restorecon >/dev/null 2>&1; then restorecon -F -- ${path}; fi
sync -- ${dir} 2>/dev/null || sync`;
}

/**
 * The daemons see the set as it will be: copies of its directories with the staged files in them,
 * bound over the real ones in a private mount namespace. Where that cannot be had, they see the
 * copies where they are, with the paths inside them rewritten.
 */
function validate(files: readonly FileSpec[], validations: readonly Validation[]): string {
  const dirs = [...new Set(files.map(({ path }) => folder(path)))];
  const copies = dirs.map((dir) =>
    sh`mkdir -p -- "$shadow"${dir} && cp -a -- ${dir}/. "$shadow"${dir}/ && rm -f -- "$shadow"${dir}/.holdfast.* || fail 'cannot copy '${dir}' for validation'`
  );
  const staged = files.map(({ path }, i) =>
    sh`cp -p -- "$${variable(i)}" "$shadow"${path} || fail 'cannot copy '${path}' for validation'`
  );
  const binds = dirs.map((dir) => sh`mount --bind -- "$shadow"${dir} ${dir} || exit 97`);
  const tests = validations.map(({ name, script }) =>
    sh`answer=$( ( eval ${script} ) 2>&1 ) || { printf '%s\n' ${`${name} refuses it:`} "$answer" >&2; exit 1; }`
  ).join("\n");
  const bound = [`staged() { printf %s "$1"; }`, ...binds, tests].join("\n");
  return [
    "sweep /run/holdfast.[0-9]*",
    "shadow=$(mktemp -d /run/holdfast.$$.XXXXXXXXXX) || fail 'cannot create a directory in /run'",
    ...copies,
    ...staged,
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
