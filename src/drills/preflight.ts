/**
 * Before anything is broken: every member is well, none is still being healed, and what a drill may
 * touch is remembered.
 * @module
 */
import { addressesOf } from "../addresses.ts";
import { ConnectError } from "../errors.ts";
import type { ExecResult, Facts, GroupCheck, Verdict } from "../model.ts";
import { HELD, heldMessage, parseHeld } from "../runner/lock.ts";
import { factsScript, parseFacts } from "../runner/facts.ts";
import { compose, takeApart } from "../runner/look.ts";
import { lockText } from "./locks.ts";
import type { Scene } from "./model.ts";
import { armedProbe, disarmScript, healScript, parseArmed } from "./remote/arm.ts";
import { UNDO_DIR } from "./remote/places.ts";
import { snapshotScript } from "./remote/snapshot.ts";
import { sceneOf } from "./scene.ts";
import { listed, type Occasion } from "./trial.ts";

/** How long the address may take to come back to the member that it belongs to. */
const RETURN_MS = 30_000;

/** How long the undo of an earlier drill may take. */
const HEAL_MS = 90_000;

/** Between two looks. */
const INTERVAL_MS = 500;

/** What was found, or why nothing may be broken. */
export type Preflight =
  | { readonly scene: Scene; readonly before: ReadonlyMap<string, string> }
  | { readonly refused: string };

/** What one host says of itself. */
interface Look {
  readonly lock: ExecResult;
  readonly check: ExecResult;
  readonly facts: Facts;
  readonly armed: ReturnType<typeof parseArmed>;
  readonly snapshot: ExecResult;
}

/** What every member says. */
type Looks = ReadonlyMap<string, Look>;

/**
 * Looks at every member, once when all is well. An address that was left on another member goes
 * back by itself, and hosts that an earlier drill has left come to themselves, so that is waited
 * for; anything else that is wrong refuses the drill.
 */
export async function preflight(occasion: Occasion): Promise<Preflight> {
  const { endpoint, effects } = occasion;
  const check = effects.check(endpoint);
  let looks = await undone(occasion, check);
  const until = effects.clock() + RETURN_MS;
  for (;;) {
    if (typeof looks === "string") return { refused: looks };
    const found = judged(occasion, check, looks);
    if ("scene" in found) {
      const left = await clearLeftovers(occasion, looks);
      return left === undefined ? found : { refused: left };
    }
    const late = effects.clock() >= until || effects.signal.aborted;
    if (late || !found.passes) return found;
    await effects.sleep(INTERVAL_MS);
    looks = await lookAtAll(occasion, check);
  }
}

/** The scene when all is well, else why not, and whether that passes by itself. */
function judged(
  occasion: Occasion,
  check: GroupCheck,
  looks: Looks,
): Preflight & { readonly passes?: boolean } {
  const verdict = check.judge(new Map([...looks].map(([host, look]) => [host, look.check])), true);
  const refused = notLocked(occasion, looks) ?? refusal(verdict, looks);
  const recovers = [...looks.values()].some(({ armed: { nonce } }) => nonce !== undefined);
  if (refused !== undefined) return { refused, passes: recovers };
  const facts = new Map([...looks].map(([host, look]) => [host, look.facts]));
  const scene = sceneOf(occasion.endpoint, verdict.last?.[0] ?? "", facts);
  if (scene.holder !== scene.preferred) return { refused: awayFrom(scene), passes: true };
  const before = [...looks].map(([host, { snapshot }]) => [host, snapshot.stdout] as const);
  return { scene, before: new Map(before) };
}

/** Looks at every member, and sees that nothing is left armed there; gives why it cannot. */
async function undone(occasion: Occasion, check: GroupCheck): Promise<Looks | string> {
  const looks = await lookAtAll(occasion, check);
  const stuck = notLocked(occasion, looks) ?? await healLeftovers(occasion, looks);
  if (stuck !== undefined) return stuck;
  const armed = [...looks.values()].some(({ armed }) => armed.armed);
  return armed ? await lookAtAll(occasion, check) : looks;
}

/** The verdict of the strict check over fresh answers of every member. */
export async function strictly({ endpoint, fleet, effects }: Occasion): Promise<Verdict> {
  const check = effects.check(endpoint);
  const answers = await fleet.askAll((host) => check.probe(host), { timeoutMs: 20_000 });
  return check.judge(answers, true);
}

async function lookAtAll(
  { endpoint, fleet, effects, lock }: Occasion,
  check: GroupCheck,
): Promise<Looks> {
  const mark = effects.nonce();
  // A session that is a new one has lost the lock with the old one.
  const take = lockText(lock, effects.now());
  const asked = (host: string) => [
    take,
    check.probe(host),
    factsScript([]),
    armedProbe(),
    snapshotScript(addressesOf(endpoint)),
  ];
  const answers = await fleet.askAll((host) => compose(asked(host), mark));
  const looks = [...answers].flatMap(([host, answer]) => {
    const look = parseLook(answer, mark);
    return look === undefined ? [] : [[host, look] as const];
  });
  return new Map(looks);
}

function parseLook(answer: ExecResult, mark: string): Look | undefined {
  try {
    const [lock, check, facts, armed, snapshot] = takeApart(answer, 5, mark);
    if (!lock || !check || !facts || !armed || !snapshot) return undefined;
    return {
      lock,
      check,
      facts: parseFacts(facts.stdout),
      armed: parseArmed(armed.stdout),
      snapshot,
    };
  } catch (error) {
    // A look that was cut short is no answer, which the check says of the host.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function notLocked({ fleet }: Occasion, looks: Looks): string | undefined {
  const silent = fleet.names.filter((host) => !looks.has(host));
  if (silent.length > 0) return `${listed(silent)} gave no answer`;
  for (const [host, { lock: { code, stdout, stderr } }] of looks) {
    if (code === HELD) return heldMessage(host, parseHeld(stdout));
    if (code !== 0) return `${host} cannot be locked: ${stderr.trim()}`;
  }
  return undefined;
}

function refusal(verdict: Verdict, looks: Looks): string | undefined {
  const blind = [...looks].filter(([, { snapshot }]) => snapshot.code !== 0);
  if (blind.length > 0) {
    const [host, { snapshot }] = blind[0] ?? ["", { snapshot: { stderr: "" } }];
    return `what a drill may touch cannot be read on ${host}: ${snapshot.stderr.trim()}`;
  }
  return verdict.ok ? undefined : verdict.message;
}

function awayFrom({ holder, preferred }: Scene): string {
  return `${holder} holds the address, and it belongs to ${preferred}, which has the highest priority`;
}

/**
 * Undoes what an earlier drill broke and no host has undone. Nobody else is at work: the lock is
 * ours. So its controller is dead, and the host about to heal itself, or it has tried in vain.
 */
async function healLeftovers(
  { fleet, effects }: Occasion,
  looks: Looks,
): Promise<string | undefined> {
  const armed = [...looks].flatMap(([host, { armed }]) =>
    armed.armed && armed.nonce !== undefined ? [{ host, nonce: armed.nonce }] : []
  );
  const failed = await Promise.all(armed.map(async ({ host, nonce }) => {
    const until = effects.clock() + RETURN_MS;
    const options = { timeoutMs: HEAL_MS };
    const answer = await fleet.reach(host, healScript(nonce), until, options);
    if (answer instanceof ConnectError) return [answer.message];
    if (answer.code === 0) return [];
    const why = answer.stderr.trim() || `its undo ended with ${answer.code}`;
    return [
      `an earlier drill is not undone on ${host}: ${why}; undo by hand there what ` +
      `${UNDO_DIR}/undo undoes, then remove ${UNDO_DIR}/armed`,
    ];
  }));
  return failed.flat().join("; ") || undefined;
}

/** What a dead controller left behind was healed by the host itself; its traces go now. */
async function clearLeftovers(
  { fleet, effects, endpoint }: Occasion,
  looks: Looks,
): Promise<string | undefined> {
  for (const [host, { armed }] of looks) {
    if (armed.nonce === undefined || armed.healedBy === undefined) continue;
    const until = effects.clock() + RETURN_MS;
    const answer = await fleet.reach(host, disarmScript(armed.nonce), until);
    if (answer instanceof ConnectError) return answer.message;
    if (answer.code !== 0) return `${host}: ${answer.stderr.trim()}`;
    const message =
      `"${host}" of ${endpoint.name} was left broken by an earlier drill and healed itself ` +
      `(${armed.healedBy}); its traces were removed`;
    const diagnostic = { severity: "warning", code: "drill-left", message } as const;
    effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  }
  return undefined;
}
