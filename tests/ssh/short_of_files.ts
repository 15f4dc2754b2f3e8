/** Opens forty sessions at once, and says of each what it answers, or why there is none. */
import { connector } from "../../src/ssh/connect.ts";
import { spawnProgram } from "../../src/ssh/transport.ts";

const connect = connector({ spawn: () => spawnProgram("sh", []) });
const sessions = await Promise.all(
  Array.from({ length: 40 }, async (_, i) => {
    try {
      const session = await connect({
        name: `h${i}`,
        address: `h${i}`,
        become: false,
        sshArgs: [],
        groups: [],
        vars: {},
      });
      console.log((await session.run("echo hello")).stdout.trim());
      return session;
    } catch (error) {
      console.log(error instanceof Error ? error.message : error);
    }
  }),
);
for (const session of sessions) await session?.[Symbol.asyncDispose]();
