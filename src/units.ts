/**
 * How services of systemd or OpenRC are: one question, whoever asks, because to start `systemctl`
 * takes longer than all its answers. Text only.
 * @module
 */
import type { Asked, ExecResult, Question } from "./model.ts";
import { SERVICE_WORDS } from "./openrc.ts";
import { sh } from "./shell.ts";

/** A service, and in which words it is told. */
interface Wanted {
  readonly name: string;
  readonly as: "properties" | "word";
}

const UNITS: Question<Wanted> = { probe, split };

/**
 * Asks for the properties of a service. The answer is `Manager=systemd` or `Manager=openrc`, then
 * `LoadState=`, `ActiveState=`, `SubState=` and `UnitFileState=`, a line each; where neither runs,
 * `LoadState=nobody` alone.
 */
export function askUnit(name: string): Asked {
  return { question: UNITS as Question, item: { name, as: "properties" } };
}

/** Asks whether a service runs. The answer is its name and the word of systemd: `haproxy active`. */
export function askActive(name: string): Asked {
  return { question: UNITS as Question, item: { name, as: "word" } };
}

const namesOf = (items: readonly Wanted[]) => [...new Set(items.map(({ name }) => name))];

function probe(items: readonly Wanted[]): string {
  const units = namesOf(items).map((name) => `${name}.service`);
  return sh`${SERVICE_WORDS}
if [ -d /run/systemd/system ]; then echo Manager=systemd; elif [ -d /run/openrc ]; then echo Manager=openrc; fi
if [ -d /run/systemd/system ] || [ -d /run/openrc ]; then
  systemctl show -p LoadState -p ActiveState -p SubState -p UnitFileState -- ${units}
else echo LoadState=nobody; fi`;
}

function split(answer: ExecResult, items: readonly Wanted[]): readonly ExecResult[] {
  const [, manager = "", rest = ""] = /^(Manager=.*\n)?([\s\S]*)$/.exec(answer.stdout) ?? [];
  const names = namesOf(items);
  const nobody = rest.startsWith("LoadState=nobody");
  const blocks = rest.trim().split("\n\n");
  const blockOf = (name: string) => {
    if (nobody) return rest.trim();
    // One that is missing would give another one's words.
    return blocks.length === names.length ? blocks[names.indexOf(name)] ?? "" : "";
  };
  return items.map(({ name, as }) => {
    const block = blockOf(name);
    const word = /^ActiveState=(.*)$/m.exec(block)?.[1] ?? "";
    const stdout = as === "word" ? `${name} ${word}\n` : `${manager}${block}\n`;
    return { ...answer, stdout };
  });
}
