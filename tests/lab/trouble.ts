/** What the tests of preflights share: making trouble for a while, and what a check says then. */
import * as hf from "./holdfast.ts";

/** What a check of hosts on which nothing stands says: errors, then everything else, sorted. */
export async function checked(inventory: string, flags: readonly string[] = []) {
  const run = await hf.holdfast("check", inventory, { flags });
  const errors = hf.errorsOf(run).map(({ text }) => text.replace(/; to go on all the same.*/, ""));
  const said = run.events.flatMap((event) =>
    event.type === "diagnostic" ? [`${event.diagnostic.severity} ${event.diagnostic.message}`] : []
  );
  return { run, code: run.code, errors, said: said.toSorted(), found: hf.preflightOf(run).join() };
}

/** Makes trouble, looks, and takes the trouble away again. */
export async function during<T>(
  make: () => Promise<unknown>,
  end: () => Promise<unknown>,
  look: () => Promise<T>,
) {
  await make();
  try {
    return await look();
  } finally {
    await end();
  }
}
