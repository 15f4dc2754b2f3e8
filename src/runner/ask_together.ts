import type { ExecResult, Piece, Question } from "../model.ts";

/** What a look asks for all who want to know something. */
export interface Together {
  /** Shell texts; a question that several ask is one of them. */
  readonly probes: readonly string[];
  /** The answer of each, of one for each text. Pure. */
  answers(all: readonly ExecResult[]): ExecResult[];
}

/** A question with all that it is about. */
interface Shared {
  readonly items: unknown[];
  readonly at: number;
}

/** Puts together what is asked in the same words, in the place of the first who asks it. Pure. */
export function askTogether(wishes: readonly (readonly Piece[])[]): Together {
  const texts: (string | Question)[] = [];
  const shared = new Map<Question, Shared>();
  // Where each piece finds its answer: the text, and which item of it.
  const places = wishes.map((pieces) =>
    pieces.map((piece) => {
      if (typeof piece === "string") return { at: texts.push(piece) - 1, item: undefined };
      const { question, item } = piece;
      const known = shared.get(question) ?? { items: [], at: texts.push(question) - 1 };
      shared.set(question, known);
      return { at: known.at, item: known.items.push(item) - 1 };
    })
  );
  const itemsOf = (question: Question) => shared.get(question)?.items ?? [];
  return {
    probes: texts.map((text) => typeof text === "string" ? text : text.probe(itemsOf(text))),
    answers: (all) => {
      const each = texts.map((text, at) => {
        const answer = all[at] ?? MISSING;
        return typeof text === "string" ? [answer] : text.split(answer, itemsOf(text));
      });
      return places.map((own) =>
        joined(own.map(({ at, item = 0 }) => each[at]?.[item] ?? MISSING))
      );
    },
  };
}

const MISSING: ExecResult = { code: 1, stdout: "", stderr: "" };

function joined(answers: readonly ExecResult[]): ExecResult {
  const [first = MISSING, ...more] = answers;
  return more.reduce((sum, { code, stdout, stderr }) => ({
    ...sum,
    code: sum.code === 0 ? code : sum.code,
    stdout: sum.stdout + stdout,
    stderr: sum.stderr + stderr,
  }), first);
}
