import type { ExecResult, Question, Task } from "../model.ts";

/** What a look asks for tasks. */
export interface Together {
  /** Shell texts; fewer than tasks, where several ask the same question. */
  readonly probes: readonly string[];
  /** One answer for each task, of one for each text. Pure. */
  answers(all: readonly ExecResult[]): ExecResult[];
}

interface Part {
  readonly question?: Question;
  /** Which tasks it is for. */
  readonly tasks: number[];
}

/** Puts together what tasks ask in the same words: in the place of the first of them. Pure. */
export function askTogether(tasks: readonly Task[]): Together {
  const parts: Part[] = [];
  const shared = new Map<Question, Part>();
  tasks.forEach(({ asked }, at) => {
    const known = asked && shared.get(asked.question);
    if (known !== undefined) return void known.tasks.push(at);
    const part = { ...(asked === undefined ? {} : { question: asked.question }), tasks: [at] };
    parts.push(part);
    if (asked !== undefined) shared.set(asked.question, part);
  });
  const items = (part: Part) => part.tasks.map((at) => tasks[at]?.asked?.item);
  return {
    probes: parts.map((part) =>
      part.question?.probe(items(part)) ?? part.tasks.map((at) => tasks[at]?.probe ?? "").join("")
    ),
    answers: (all) => {
      const answers: ExecResult[] = [];
      parts.forEach((part, i) => {
        const answer = all[i];
        if (answer === undefined) return;
        const each = part.question?.split(answer, items(part)) ?? [answer];
        part.tasks.forEach((at, nth) => answers[at] = each[nth] ?? answer);
      });
      return answers;
    },
  };
}
