/**
 * Before anything is broken: every member is well, none is still being healed, and what a drill may
 * touch is remembered.
 * @module
 */
import type { ExecResult, Facts, GroupCheck, Verdict } from "../model.ts";
import { HELD, heldMessage, parseHeld } from "../runner/lock.ts";
import { factsScript, parseFacts } from "../runner/facts.ts";
import { compose, takeApart } from "../runner/look.ts";
import { lockText } from "./locks.ts";
import type { Scene } from "./model.ts";
import { armedProbe, disarmScript, parseArmed } from "./remote/arm.ts";
import { snapshotScript } from "./remote/snapshot.ts";
import { sceneOf } from "./scene.ts";
import { listed, type Occasion } from "./trial.ts";

/** How long the address may take to come back to the member that it belongs to. */
const RETURN_MS = 30_000;

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

/**
 * Looks at every member, once when all is well. An address that was left on another member goes
 * back by itself, so that is waited for; anything else that is wrong refuses the drill.
 */
export async function preflight(occasion: Occasion): Promise<Preflight> {
  const { endpoint, effects } = occasion;
  const check = effects.check(endpoint);
  const until = effects.clock() + RETURN_MS;
  for (;;) {
    const looks = await lookAtAll(occasion, check);
    const answers = new Map([...looks].map(([host, look]) => [host, look.check]));
    const verdict = check.judge(answers, true);
    const refused = refusal(occasion, verdict, looks);
    if (refused !== undefined) return { refused };
    const facts = new Map([...looks].map(([host, look]) => [host, look.facts]));
    const scene = sceneOf(endpoint, verdict.last?.[0] ?? "", facts);
    const late = effects.clock() >= until || effects.signal.aborted;
    if (scene.holder === scene.preferred) {
      await clearLeftovers(occasion, looks);
      const before = [...looks].map(([host, { snapshot }]) => [host, snapshot.stdout] as const);
      return { scene, before: new Map(before) };
    }
    if (late) return { refused: awayFrom(scene) };
    await effects.sleep(INTERVAL_MS);
  }
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
): Promise<ReadonlyMap<string, Look>> {
  const mark = effects.nonce();
  // A session that is a new one has lost the lock with the old one.
  const take = lockText(lock, effects.now());
  const asked = (host: string) => [
    take,
    check.probe(host),
    factsScript([]),
    armedProbe(),
    snapshotScript(endpoint.address),
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

function refusal(
  { fleet }: Occasion,
  verdict: Verdict,
  looks: ReadonlyMap<string, Look>,
): string | undefined {
  const silent = fleet.names.filter((host) => !looks.has(host));
  if (silent.length > 0) return `${listed(silent)} gave no answer`;
  for (const [host, { lock: { code, stdout, stderr } }] of looks) {
    if (code === HELD) return heldMessage(host, parseHeld(stdout));
    if (code !== 0) return `${host} cannot be locked: ${stderr.trim()}`;
  }
  const busy = [...looks].filter(([, { armed }]) => armed.armed && armed.healedBy === undefined);
  if (busy.length > 0) {
    const hosts = listed(busy.map(([host]) => host));
    return `an earlier drill is not undone yet on ${hosts}; a host heals itself, so wait a minute`;
  }
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

/** What a dead controller left behind was healed by the host itself; its traces go now. */
async function clearLeftovers(
  { fleet, effects, endpoint }: Occasion,
  looks: ReadonlyMap<string, Look>,
): Promise<void> {
  for (const [host, { armed }] of looks) {
    if (armed.nonce === undefined || armed.healedBy === undefined) continue;
    await fleet.run(host, disarmScript(armed.nonce));
    const message =
      `"${host}" of ${endpoint.name} was left broken by an earlier drill and healed itself ` +
      `(${armed.healedBy}); its traces were removed`;
    const diagnostic = { severity: "warning", code: "drill-left", message } as const;
    effects.emit({ type: "diagnostic", at: effects.now(), diagnostic });
  }
}
