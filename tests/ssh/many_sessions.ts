/**
 * Holds many sessions in a process of its own, each with a large answer behind it, and prints how
 * far the process's memory grew for each, in bytes. Arguments: how many, and the answer's size.
 * @module
 */
import process from "node:process";
import { localTransport } from "../../src/ssh/local.ts";
import { openSession, type ShellSession } from "../../src/ssh/session.ts";

const [count = 0, size = 0] = Deno.args.map(Number);

/** What is there without any of those that are counted: code, and a heap that has been used. */
const BEFORE = 20;

const sessions: ShellSession[] = [];
const clean = (globalThis as { gc?: () => void }).gc;
if (clean === undefined) throw new Error("Cannot measure memory without --expose-gc");

async function open(): Promise<void> {
  const session = await openSession("host", localTransport(["/bin/sh"]));
  const { stdout } = await session.run(`head -c ${size} /dev/zero | tr '\\0' x`);
  if (stdout.length !== size) throw new Error(`Cannot measure: ${stdout.length} bytes came back`);
  sessions.push(session);
}

async function resident(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    clean?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return process.memoryUsage().rss;
}

try {
  for (let i = 0; i < BEFORE; i++) await open();
  const before = await resident();
  for (let i = 0; i < count; i++) await open();
  console.log(Math.round((await resident() - before) / count));
} finally {
  await Promise.all(sessions.map((session) => session[Symbol.asyncDispose]()));
}
