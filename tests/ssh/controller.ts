/**
 * A controller to be killed: runs two requests over a local shell, or over ssh.
 * @module
 */
import { connector } from "../../src/ssh/connect.ts";
import { localTransport } from "../../src/ssh/local.ts";
import { openSession } from "../../src/ssh/session.ts";

const plan = JSON.parse(Deno.args[0] ?? "{}");
const session = plan.host
  ? await connector()(plan.host)
  : await openSession("local", localTransport(plan.argv), {
    shell: plan.shell,
    ...(plan.lockDir === undefined ? {} : { lockDir: plan.lockDir }),
  });
await Promise.all([
  session.run(plan.script, { finish: plan.finish, timeoutMs: 600_000 }),
  session.run(plan.next, { finish: plan.finishNext === true }),
]);
await session[Symbol.asyncDispose]();
