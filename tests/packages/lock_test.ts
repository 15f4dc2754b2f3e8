import { assertEquals, assertMatch } from "@std/assert";
import { lockFunctions, LOCKS } from "../../src/packages/lock.ts";
import { runSh, withTempDir } from "../helpers.ts";

// As apt and dpkg lock: with fcntl.
const HOLD =
  "use Fcntl; open(F, '+>>', $ARGV[0]); my $lock = pack('s s l! l! i', F_WRLCK, 0, 0, 0, 0); " +
  "fcntl(F, F_SETLK, $lock) or exit 1; $| = 1; print 'held'; sleep 60";

/** The functions with all locks in a folder, and what is done after them. */
function script(dir: string, limitS: number, after: string): string {
  const text = lockFunctions(LOCKS.apt, limitS).text;
  return LOCKS.apt.files.reduce((all, path, i) => all.replaceAll(path, `${dir}/lock${i}`), text) +
    `\n${after}`;
}

/** Has one of the locks held by another process while something is done. */
async function whileHeld(path: string, work: (child: Deno.ChildProcess) => Promise<void>) {
  const child = new Deno.Command("perl", { args: ["-e", HOLD, path], stdout: "piped" }).spawn();
  const reader = child.stdout.getReader();
  try {
    assertEquals(new TextDecoder().decode((await reader.read()).value), "held");
    await work(child);
  } finally {
    await reader.cancel();
    // It may have been ended already.
    await runSh(`kill -KILL ${child.pid} 2>/dev/null`);
    await child.status;
  }
}

for (const [i, path] of LOCKS.apt.files.entries()) {
  Deno.test(`await_lock names who holds ${path}: process, command, since when, what to type`, () =>
    withTempDir((dir) =>
      whileHeld(`${dir}/lock${i}`, async ({ pid }) => {
        const { code, stdout, stderr } = await runSh(script(dir, 0, "await_lock; echo went on"));
        assertEquals([code, stdout], [75, ""]);
        assertMatch(
          stderr,
          new RegExp(
            `^process ${pid} \\(.*perl -e use Fcntl.*\\), which runs since \\d{4}-\\d\\d-\\d\\d [\\d:]{8} UTC, ` +
              `has the lock ${dir}/lock${i}, and was waited for 0 s\\. .*: kill ${pid}\\n$`,
          ),
        );
      })
    ));
}

Deno.test("await_lock goes on at once when nobody has a lock, though a file is there", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(`${dir}/lock0`, "");
    const { code, stdout } = await runSh(
      script(dir, 0, 'sleep() { echo slept; }; await_lock; echo "went on"'),
    );
    assertEquals([code, stdout], [0, "went on\n"]);
  }));

Deno.test("await_lock waits until the lock is given back", () =>
  withTempDir((dir) =>
    whileHeld(`${dir}/lock0`, async ({ pid }) => {
      // The third wait is the one in which the other process ends.
      const after = `sleep() { naps=$((naps + 1)); [ "$naps" -lt 3 ] || { kill ${pid}; ` +
        `while kill -0 ${pid} 2>/dev/null; do :; done; }; }
naps=0; await_lock; echo "went on after $naps of $waited"`;
      const { code, stdout, stderr } = await runSh(script(dir, 9, after));
      assertEquals([code, stdout, stderr], [0, "went on after 3 of 3\n", ""]);
    })
  ));

Deno.test("unlocked runs a command again only when somebody was quicker", () =>
  withTempDir(async (dir) => {
    const lost = `count=0; work() { count=$((count + 1)); [ "$count" = 2 ] || return 100; }
lock_holder() { [ "$count" = 1 ] && [ ! "$seen" ] && seen=1; }
seen=; unlocked work; echo "$? after $count"`;
    assertEquals((await runSh(script(dir, 9, lost))).stdout, "0 after 2\n");
    const wrong = `count=0; work() { count=$((count + 1)); return 100; }
unlocked work; echo "$? after $count"`;
    assertEquals((await runSh(script(dir, 9, wrong))).stdout, "100 after 1\n");
  }));
