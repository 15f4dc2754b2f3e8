import { defineTask, type TaskOptions } from "../src/define.ts";
import { askFiles, type FileState, parseFiles } from "../src/file_state.ts";
import type { FormerMember, Task, TaskPlan } from "../src/model.ts";

/** Arguments of {@link memberRecord}. */
export interface MemberRecordArgs {
  /** Where the record is kept. */
  readonly path: string;
  /** What its members carry: name of the endpoint and its address. */
  readonly endpoint: { readonly name: string; readonly address: string };
  /** Who its members are. */
  readonly members: readonly FormerMember[];
  /** Names of those that are being taken out: they need no record any more. */
  readonly leaving: readonly string[];
}

const task = defineTask<MemberRecordArgs, FileState>({
  kind: "members",
  title: ({ endpoint }) => `members of ${endpoint.name}`,
  probe: ({ path }) => [askFiles({ paths: [path] })],
  parse: ({ stdout }, { path }) => parseFiles(stdout).get(path) ?? { kind: "absent" },
  plan: ({ content }, args): TaskPlan => {
    const { path, endpoint, members } = args;
    const known = [...members, ...formerIn(content, args)];
    const wanted = [
      `endpoint ${endpoint.name} ${endpoint.address}`,
      ...known.map(({ name, address }) => `member ${name} ${address}`),
    ].map((line) => `${line}\n`).join("");
    if (content === wanted) return { changes: [] };
    return {
      changes: [{
        kind: "write",
        summary: `write ${path}`,
        files: [{ path, content: wanted, mode: "0600", owner: "root", group: "root" }],
        validations: [],
        before: content === undefined ? {} : { [path]: content },
      }],
    };
  },
});

/**
 * A record on a host of who the members of its endpoint are. A machine that the inventory forgets
 * may go on and hold the address: who was a member stays in it until he has been taken out.
 */
export function memberRecord(args: MemberRecordArgs, options: TaskOptions = {}): Task {
  return {
    ...task(args, options),
    former: ({ stdout }) => formerIn(parseFiles(stdout).get(args.path)?.content, args),
  };
}

/** Who a record of this endpoint names, and nobody else does. */
function formerIn(
  content: string | undefined,
  { endpoint, members, leaving }: MemberRecordArgs,
): readonly FormerMember[] {
  const rows = (content ?? "").split("\n").map((line) => line.split(" "));
  const [, name, address] = rows.find(([kind]) => kind === "endpoint") ?? [];
  // A host may have come here from another endpoint: the record of that one is not about us.
  if (name !== endpoint.name && address !== endpoint.address) return [];
  const known = new Set([...members.map((it) => it.name), ...leaving]);
  return rows.filter(([kind, name = ""]) => kind === "member" && name !== "" && !known.has(name))
    .map(([, name = "", address = ""]) => ({ name, address }));
}
