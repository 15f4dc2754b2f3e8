/**
 * What is at a path: the shell text that asks and the parser of the answer. Text only.
 * @module
 */
import { TaskError } from "./errors.ts";
import { sh } from "./shell.ts";

/** What was seen at a path. */
export interface FileState {
  /** What kind of thing it is. */
  readonly kind: "absent" | "file" | "directory" | "link" | "other";
  /** Octal mode with four digits, `0644`. */
  readonly mode?: string;
  /** Owner's name. */
  readonly owner?: string;
  /** Group's name. */
  readonly group?: string;
  /** Content of a file; bytes that are not UTF-8 become U+FFFD. */
  readonly content?: string;
  /** Where a symbolic link points. */
  readonly target?: string;
}

/**
 * Shell text that describes paths. Content travels as base64, so that no content can be taken for
 * the frame around it and every byte is compared.
 */
export function probeFiles(paths: readonly string[]): string {
  return sh`for path in ${paths}; do
  printf 'path %s\n' "$path"
  if [ -L "$path" ]; then printf 'link %s\n' "$(readlink -- "$path")"
  elif [ -f "$path" ]; then stat -c 'file %a %U %G' -- "$path" && base64 -- "$path"
  elif [ -d "$path" ]; then stat -c 'directory %a %U %G' -- "$path"
  elif [ -e "$path" ]; then echo other
  else echo absent; fi
  echo .
done`;
}

/** Reads the answer to {@link probeFiles}. @throws {TaskError} when it is cut short */
export function parseFiles(answer: string): ReadonlyMap<string, FileState> {
  const files = new Map<string, FileState>();
  for (const block of answer.split(/^\.$\n?/m).filter((text) => text.trim() !== "")) {
    const [first = "", second = "", ...rest] = block.trimEnd().split("\n");
    if (!first.startsWith("path ") || second === "") {
      throw new TaskError(
        `Cannot read what the host says about its files: "${first.slice(0, 80)}"`,
      );
    }
    files.set(first.slice("path ".length), parseOne(second, rest.join("")));
  }
  return files;
}

function parseOne(line: string, base64: string): FileState {
  const [kind = "", mode = "", owner = "", group = ""] = line.split(" ");
  switch (kind) {
    case "link":
      return { kind, target: line.slice("link ".length) };
    case "directory":
      return { kind, mode: mode.padStart(4, "0"), owner, group };
    case "file": {
      const bytes = Uint8Array.fromBase64(base64);
      return {
        kind,
        mode: mode.padStart(4, "0"),
        owner,
        group,
        content: new TextDecoder().decode(bytes),
      };
    }
    case "absent":
    case "other":
      return { kind };
    default:
      throw new TaskError(`Cannot read what the host says about its files: "${line.slice(0, 80)}"`);
  }
}
