import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  armedProbe,
  armScript,
  disarmScript,
  faultScript,
  healScript,
  parseArmed,
} from "../../../src/drills/remote/arm.ts";
import { runSh } from "../../helpers.ts";
import { SHELLS, until } from "../../ssh/shells.ts";
import { type Sandbox, withSandbox } from "./sandbox.ts";

const arm = (host: Sandbox, undo: string, nonce = "n1") =>
  host.run(armScript({ undo, deadlineMs: 60_000, nonce }));
const seen = async (host: Sandbox) => parseArmed((await host.run(armedProbe())).stdout);
const OK = { code: 0, stdout: "", stderr: "" };

for (const [name, { argv }] of Object.entries(SHELLS)) {
  const on = (what: string, test: (host: Sandbox) => Promise<void>) =>
    Deno.test(`${name}: ${what}`, () => withSandbox(argv, test));

  on("an undo is armed, healed once, and goes without a trace", async (host) => {
    const undo = `echo "it's \\"\\$whole\\"" >>${host.dir}/undone`;
    assertEquals(await seen(host), { armed: false, record: [] });
    assertEquals(await arm(host, undo), OK);
    assertEquals(await seen(host), { armed: true, nonce: "n1", record: [] });
    assertEquals((await Deno.stat(`${host.dir}/drill`)).mode! & 0o777, 0o700);
    assertEquals((await Deno.stat(`${host.dir}/drill/undo/undo`)).mode! & 0o777, 0o600);
    assertMatch(
      await host.text("asked"),
      /daemon-reload\nstart .*deadline.timer .*session.service/,
    );

    assertEquals((await host.run(healScript("n1"))).code, 0);
    assertEquals(await host.run(healScript("n1")), OK);
    const healed = await seen(host);
    assertEquals(healed.healedBy, "controller");
    assertEquals(healed.armed, false);
    assertMatch(healed.record.join(), /^\d+ controller try 1 of 60 made it whole$/);
    assertEquals(await host.text("undone"), `it's "$whole"\n`);

    assertEquals(await host.run(disarmScript("n1")), OK);
    assertEquals(await host.names("drill"), []);
    assertEquals(await host.names("units"), ["multi-user.target.wants"]);
    assertEquals(await host.names("units/multi-user.target.wants"), []);
    assertEquals(await host.run(disarmScript("n1")), OK);
  });

  on(
    "what is armed for another drill is left alone, what is healed is taken over",
    async (host) => {
      assertEquals((await arm(host, `echo first >>${host.dir}/undone`)).code, 0);
      const refused = await arm(host, "exit 9", "n2");
      assertEquals(refused.code, 1);
      assertMatch(refused.stderr, /^Cannot arm the undo .*: the undo of drill n1 is armed and has/);
      for (const text of [healScript("n2"), disarmScript("n2")]) {
        const { code, stderr } = await host.run(text);
        assertEquals(code, 1);
        assertStringIncludes(stderr, "the undo that is stored here is that of drill n1");
      }
      assertEquals((await seen(host)).nonce, "n1");
      assertEquals((await host.run(healScript("n1"))).code, 0);
      assertEquals(await arm(host, ":", "n2"), OK);
      assertEquals(await seen(host), { armed: true, nonce: "n2", record: [] });
      assertEquals(await host.text("undone"), "first\n");
    },
  );

  on("what nothing would heal any more is healed before another drill", async (host) => {
    assertEquals((await arm(host, `echo first >>${host.dir}/undone`)).code, 0);
    await Deno.writeTextFile(`${host.dir}/active`, "");
    assertEquals(await arm(host, ":", "n2"), OK);
    assertEquals(await host.text("undone"), "first\n");
  });

  on("disarming heals first what was not healed", async (host) => {
    assertEquals((await arm(host, `echo now >>${host.dir}/undone`)).code, 0);
    assertEquals((await host.run(disarmScript("n1"))).code, 0);
    assertEquals(await host.text("undone"), "now\n");
    assertEquals(await host.names("drill"), []);
  });

  on("a fault is made only while its undo is armed, and keeps its exit code", async (host) => {
    const fault = (nonce: string) =>
      host.run(faultScript({ script: `echo broken >>${host.dir}/fault; exit 7`, nonce }));
    const refused = "Cannot break anything on this host: its undo is not armed any more\n";
    assertEquals((await fault("n1")).stderr, refused);
    await arm(host, ":");
    assertEquals((await fault("n2")).stderr, refused);
    assertEquals(await host.text("fault"), "");
    assertEquals((await fault("n1")).code, 7);
    await host.run(healScript("n1"));
    assertEquals((await fault("n1")).code, 1);
    assertEquals(await host.text("fault"), "broken\n");
  });

  on("an undo that fails is tried again, and says what it said", async (host) => {
    const undo = `echo x >>${host.dir}/tries
[ "$(wc -l <${host.dir}/tries)" -ge 3 ] || { echo 'not yet' >&2; exit 4; }`;
    await arm(host, undo);
    assertEquals((await host.run(healScript("n1"))).code, 0);
    const { record } = await seen(host);
    assertEquals(record.map((line) => line.replace(/^\d+ /, "")), [
      "controller try 1 of 60 ended with 4: not yet ",
      "controller try 2 of 60 ended with 4: not yet ",
      "controller try 3 of 60 made it whole",
    ]);
  });

  on("an early run starts units without waiting, and leaves the rest to the next", async (host) => {
    await arm(
      host,
      `systemctl start keepalived; echo x >>${host.dir}/tries; [ -e ${host.dir}/up ]`,
    );
    const run = (by: string) => host.run(`sh ${host.dir}/drill/undo/run ${by}`);
    assertEquals((await run("early")).code, 1);
    assertEquals((await seen(host)).armed, true);
    await Deno.writeTextFile(`${host.dir}/up`, "");
    assertEquals((await run("early")).code, 0);
    assertEquals((await seen(host)).armed, true);
    assertEquals((await run("boot")).code, 0);
    assertEquals((await seen(host)).healedBy, "boot");
    assertEquals((await run("deadline")).code, 0);
    assertEquals(await host.text("tries"), "x\nx\nx\n");
    assertMatch(
      await host.text("asked"),
      /--no-block start keepalived\n--no-block [^]*\nstart keep/,
    );
  });

  on("runs that come at the same time undo once", async (host) => {
    await arm(host, `echo x >>${host.dir}/tries; sleep 0.5`);
    const runs = ["session", "deadline", "controller"].map((by) =>
      host.run(`sh ${host.dir}/drill/undo/run ${by}`)
    );
    assertEquals((await Promise.all(runs)).map(({ code }) => code), [0, 0, 0]);
    assertEquals(await host.text("tries"), "x\n");
  });

  on("an undo does not overtake a fault that is being made", async (host) => {
    await arm(host, `echo undone >>${host.dir}/order`);
    const script = `echo begun >>${host.dir}/order; sleep 1; echo broken >>${host.dir}/order`;
    const fault = host.run(faultScript({ script, nonce: "n1" }));
    assert(await until(async () => await host.text("order") === "begun\n"));
    await host.run(healScript("n1"));
    assertEquals((await fault).code, 0);
    assertEquals(await host.text("order"), "begun\nbroken\nundone\n");
  });

  on("the watch undoes when the session is gone, or its number another's", async (host) => {
    const session = new Deno.Command("sleep", { args: ["600"] }).spawn();
    try {
      await arm(host, `echo undone >>${host.dir}/undone`);
      const { stdout } = await runSh(`cut -d' ' -f22 /proc/${session.pid}/stat`);
      const file = `${host.dir}/drill/undo/session`;
      await Deno.writeTextFile(file, `${session.pid} ${stdout}`);
      const watch = () => host.run(`sh ${host.dir}/drill/undo/session-watch`);
      const first = watch();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assertEquals((await seen(host)).armed, true);
      session.kill("SIGKILL");
      await first;
      assertEquals((await seen(host)).healedBy, "session");

      await arm(host, `echo again >>${host.dir}/undone`, "n2");
      await Deno.writeTextFile(file, `${Deno.pid} 1\n`);
      await watch();
      assertEquals(await host.text("undone"), "undone\nagain\n");
    } finally {
      await session.status;
    }
  });

  on("arming that cannot be done says why, and leaves nothing", async (host) => {
    await Deno.remove(`${host.dir}/units`);
    await Deno.writeTextFile(`${host.dir}/units`, "");
    const { code, stderr } = await arm(host, ":");
    assertEquals(code, 1);
    assertMatch(
      stderr,
      /^Cannot arm the undo of a drill on this host: its units cannot be put in place/m,
    );
    assertEquals(await host.names("drill"), []);
  });
}
