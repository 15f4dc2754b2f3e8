/**
 * An `ssh` that leads to a host of a room, and lets one thing go wrong at an exact byte. Started by
 * the product as the real one is; the room and its fault stand in `HOLDFAST_ROOM`.
 * @module
 */
import { trouble } from "./conditions.ts";
import { bytesPassing, type Injection } from "./fault.ts";
import { firstOf } from "./power.ts";

const dir = Deno.env.get("HOLDFAST_ROOM") ?? "";
const target = Deno.args[Deno.args.indexOf("--") + 1] ?? "";
const host = target.endsWith(".11") ? "lb1" : "lb2";
const command = Deno.args.at(-1) ?? "exec /bin/sh";

/** Ends as ssh does, with its words. */
function exit(words?: string): never {
  if (words !== undefined) say(words);
  Deno.exit(255);
}

function say(words: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${words}\r\n`));
}

/** The number of this connection to the host. */
function numbered(): number {
  for (let number = 1;; number += 1) {
    try {
      Deno.mkdirSync(`${dir}/sessions/${host}.${number}`);
      return number;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  }
}

function injection(): Injection | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(`${dir}/fault.json`));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

const first = firstOf(dir, host) ??
  exit(`ssh: connect to host ${target} port 22: No route to host`);

const session = numbered();
const planned = injection();
const child = new Deno.Command("nsenter", {
  args: ["-t", `${first}`, "-m", "-p", "-n", "-r", "-w", "/bin/sh", "-c", command],
  clearEnv: true,
  env: { PATH: "/usr/bin:/bin", HOME: "/root", USER: "root" },
  stdin: "piped",
  stdout: "piped",
  stderr: "inherit",
}).spawn();
const toHost = child.stdin.getWriter();

let request = 0;
// A question that is asked again and again counts once, or no place would be the same twice.
let step = 0;
let [up, down] = [0, 0];
let script = "";
let again = false;
// Nothing may end this program before the other host knows.
let powerless = false;

/** What is to happen to the request that is under way. */
function due(): Injection["fault"] | undefined {
  if (planned === undefined) return undefined;
  const { at, fault } = planned;
  return at.host === host && at.session === session && at.step === step && !again
    ? fault
    : undefined;
}

function fired(): void {
  Deno.writeTextFileSync(`${dir}/fired`, "");
}

/** Notes what a request was and how much went over the link. */
function note(): void {
  if (request === 0) return;
  if (again) return;
  const line = JSON.stringify({ host, session, step, up, down, script });
  Deno.writeTextFileSync(`${dir}/trace`, `${line}\n`, { append: true });
}

/** What any fault but those of the link itself does at its moment. */
async function strike(moment: "request" | "step" | "reply"): Promise<void> {
  const fault = due();
  if (fault?.moment !== moment) return;
  switch (fault.kind) {
    case "ssh exit 255":
      fired();
      return exit(`Connection to ${target} closed by remote host.`);
    case "ssh SIGKILL":
      fired();
      return Deno.kill(Deno.pid, "SIGKILL");
    case "remote shell SIGKILL":
      fired();
      return killShell();
    case "controller SIGKILL":
      fired();
      return Deno.kill(Deno.ppid, "SIGKILL");
    case "host power-off":
      fired();
      powerless = true;
      Deno.kill(first, "SIGKILL");
      await child.status;
      await forget();
      return exit(`Timeout, server ${target} not responding.`);
    case "condition":
      fired();
      return await trouble(dir, host, fault.condition);
  }
}

function killShell(): void {
  const pids = Deno.readTextFileSync(`/proc/${child.pid}/task/${child.pid}/children`).trim();
  Deno.kill(Number(pids.split(" ")[0]), "SIGKILL");
}

/** The other host hears nothing of it any more. */
async function forget(): Promise<void> {
  const said = ["haproxy", "keepalived"].map((name) => `${dir}/net/${name}-${host}`);
  // Never while an election goes on, as machine/speak.
  await new Deno.Command("flock", { args: [`${dir}/net/.lock`, "rm", "-f", ...said] }).output();
  const elect = new URL("./machine/lib/machine/elect", import.meta.url).pathname;
  await new Deno.Command("/bin/sh", { args: [elect, `${dir}/net`] }).output();
}

async function pass(bytes: Uint8Array): Promise<void> {
  await toHost.write(bytes).catch(() => {});
}

/** What the controller sends: its helper, requests one at a time, and words that end a step. */
async function upward(): Promise<void> {
  let held = new Uint8Array(0);
  for await (const piece of Deno.stdin.readable) {
    held = joined(held, piece);
    const text = new TextDecoder("latin1").decode(held);
    const begins = /(?:^|\n)hf_run (\d+) \d+ [01] /.exec(text);
    if (begins === null ? !text.endsWith("\n") : !text.endsWith(" go\n")) continue;
    if (begins !== null) {
      const at = begins.index + (begins[0].startsWith("\n") ? 1 : 0);
      await pass(held.subarray(0, at));
      held = held.subarray(at);
      note();
      begin(Number(begins[1]), new TextDecoder().decode(held));
      await ask(held);
    } else await pass(held);
    held = new Uint8Array(0);
  }
  note();
  await toHost.close().catch(() => {});
}

function begin(number: number, text: string): void {
  const asked = text.replace(/^hf_run \d+ /, "");
  again = asked === script;
  if (!again) step += 1;
  [request, up, down, script] = [number, text.length, 0, asked];
}

async function ask(bytes: Uint8Array): Promise<void> {
  await strike("request");
  const fault = due();
  if (fault?.kind === "link dropped" && fault.moment === "request") {
    await pass(bytes.subarray(0, bytesPassing(fault.passing, bytes.length, 0)));
    fired();
    exit();
  }
  await pass(bytes);
}

/** What the host sends; the answer that something happens to is held until it is whole. */
async function downward(): Promise<void> {
  let held = new Uint8Array(0);
  let begun = 0;
  for await (const piece of child.stdout) {
    down += piece.length;
    const fault = due();
    if (fault === undefined || fault.moment === "request") {
      write(piece);
      continue;
    }
    held = joined(held, piece);
    const text = new TextDecoder("latin1").decode(held);
    const begin = new RegExp(`\\x1e[0-9a-f]+ begin ${request}\\n`).exec(text);
    if (begin !== null && begun !== request) {
      begun = request;
      if (fault.kind === "link dropped" && fault.moment === "step") {
        write(held);
        fired();
        exit();
      }
      await strike("step");
    }
    if (fault.moment === "step" && begun === request) {
      write(held);
      held = new Uint8Array(0);
      continue;
    }
    if (begin === null || !new RegExp(`\\x1e[0-9a-f]+ end ${request} \\d+ [01]\\n$`).test(text)) {
      continue;
    }
    await answer(held, fault, begin.index, begin[0].length);
    held = new Uint8Array(0);
  }
}

/** The whole answer, with what happens to it. */
async function answer(
  whole: Uint8Array,
  fault: Injection["fault"],
  at: number,
  frame: number,
): Promise<void> {
  await strike("reply");
  if (fault.kind === "link dropped") {
    write(whole.subarray(0, at + bytesPassing(fault.passing, whole.length - at, frame)));
    fired();
    exit();
  }
  if (fault.kind === "reply delayed") await new Promise((resolve) => setTimeout(resolve, 700));
  if (fault.kind === "garbage before a frame") {
    write(
      new TextEncoder().encode(
        "Broadcast message: \x1edeadbeef begin 1\n\x1e\x1e rebooting\x00\xff\n",
      ),
    );
  }
  if (fault.kind !== "controller SIGKILL") fired();
  write(whole);
}

function write(bytes: Uint8Array): void {
  try {
    for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
  } catch {
    // The controller is gone: its end of the pipe says so to the host as well.
    exit();
  }
}

function joined(one: Uint8Array, two: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(one.length + two.length);
  whole.set(one);
  whole.set(two, one.length);
  return whole;
}

const heard = downward();
// As ssh does: the end of the input goes on to the host, the end of the shell ends everything.
upward();
const { code, signal } = await child.status;
if (powerless) await new Promise(() => {});
// What the shell wrote before it ended has arrived by now; what it started may hold the link open.
await Promise.race([heard, new Promise((resolve) => setTimeout(resolve, 300))]);
Deno.exit(signal === null ? code : 255);
