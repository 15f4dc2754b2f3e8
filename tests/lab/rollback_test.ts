/**
 * A set that the daemons accept and that does not work: the host goes back to exactly what it was,
 * the endpoint stands, and the message says what became of every host.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Lab } from "../../src/lab/mod.ts";
import { assertDisarmed, changed, decided, inside, wholeOf } from "./console.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const FILES = "files haproxy and keepalived";
const CFG = "/etc/haproxy/haproxy.cfg";
const SET = `${CFG} /etc/keepalived/keepalived.conf`;
const [HOLDER, BACKUP] = ["lb1", "lb2"] as const;

/** Holds a port that HAProxy will want, where no client and no look of ours gets an answer. */
async function takePort(lab: Lab, host: string, port: number): Promise<() => Promise<string>> {
  const unit = `squatter-${port}`;
  await inside(
    lab,
    host,
    `systemd-run -q --unit=${unit} --socket-property=ListenStream=127.0.0.1:${port} sleep infinity`,
  );
  return () =>
    inside(lab, host, `systemctl stop ${unit}.socket ${unit}.service; systemctl reset-failed`);
}

/** Goes on to where it fails: the preflight would say so before the first change. */
const UNASKED = { flags: ["--skip-preflight", "port,api-servers"] };

/** Every host as it is now, by name. */
async function wholes(lab: Lab): Promise<Map<string, string>> {
  const all = await Promise.all(
    lab.hosts.map(async ({ name }) => [name, await wholeOf(lab, name)] as const),
  );
  return new Map(all);
}

async function assertAsBefore(lab: Lab, before: ReadonlyMap<string, string>, ...hosts: string[]) {
  for (const host of hosts) {
    assertEquals(changed(before.get(host) ?? "", await wholeOf(lab, host)), [], host);
  }
}

/** One holder, and a client outside gets an answer where it got one before. */
async function assertStands(lab: Lab): Promise<void> {
  await hf.eventually(
    `${HOLDER} alone holds the address, and it answers`,
    async () => (await hf.holders(lab)).join() === HOLDER && await hf.throughVip(lab) === 200,
  );
}

/** The diagnostics of a run, `code message`. */
function said(run: hf.Run, code: string): string[] {
  return run.events.flatMap((event) =>
    event.type === "diagnostic" && event.diagnostic.code === code ? [event.diagnostic.message] : []
  );
}

/**
 * Asserts that a run took one host back and those that had changed before it, said so once for each,
 * and that the hosts say the same.
 */
async function assertRolledBack(
  lab: Lab,
  run: hf.Run,
  host: string,
  why: RegExp,
  ...others: readonly string[]
): Promise<void> {
  hf.assertExit(run, 6);
  const [message = "", ...more] = said(run, "rolled-back");
  assertEquals(more.length, others.length, more.join("\n"));
  for (const [i, other] of others.entries()) {
    const start =
      `Cannot keep the change on "${other}": what was changed on "${host}" was undone; `;
    assert(more[i]?.startsWith(start), more[i]);
    assertEquals(await decided(lab, other), "reverted.controller");
    await assertDisarmed(lab, other);
  }
  assert(message.startsWith(`Cannot keep the change on "${host}": `), message);
  assertMatch(message, why);
  assertMatch(message, /it is as it was before this run/);
  assertMatch(message, /and the endpoint stands as before$/);
  assertEquals(await decided(lab, host), "reverted.controller");
  await assertDisarmed(lab, host);
}

/** Asserts that a host was not begun, and that this was said. */
function assertLeft(run: hf.Run, host: string, because: string): void {
  assertEquals(said(run, "gate"), [
    `Cannot go on with "${host}": what was changed on "${because}" was undone; it is as it was`,
  ]);
  assert(hf.tasksOf(run, "skipped").includes(`${host} ${FILES}`));
  for (const status of ["changed", "ok", "failed"] as const) {
    assertEquals(hf.tasksOf(run, status).filter((task) => task.startsWith(`${host} `)), []);
  }
}

const otherPort = (lab: Lab, port: number) =>
  hf.editInventory(
    lab,
    `port-${port}`,
    (text) => text.replace(/^( +)port: 8443$/m, `$1port: ${port}`),
  );

/**
 * Makes a daemon of a host start, say that it is ready, and die as soon as its drop-in is the one of
 * the play: by hand it has one line more. Gives what takes that away again.
 */
async function diesWhenRight(lab: Lab, host: string, daemon: "haproxy" | "keepalived") {
  const dropIn = `/etc/systemd/system/${daemon}.service.d/holdfast.conf`;
  const starts = daemon === "haproxy" ? "-Ws" : "--dont-fork";
  const dying = String.raw`#!/usr/bin/perl
use IO::Socket::UNIX;
my $starts = grep { $_ eq '${starts}' } @ARGV;
my $asks = grep { $_ eq '-c' } @ARGV;
open my $unit, '<', '${dropIn}';
my $mended = !grep { /by hand/ } <$unit>;
if ($starts && !$asks && $mended) {
  my $socket = IO::Socket::UNIX->new(Type => SOCK_DGRAM(), Peer => $ENV{NOTIFY_SOCKET});
  send($socket, "READY=1\nMAINPID=$$\n", 0) if $socket;
  select(undef, undef, undef, 0.2);
  exit 1;
}
exec '/root/real/${daemon}', @ARGV;
`;
  await inside(
    lab,
    host,
    `mkdir -p /root/real && cp -a /usr/sbin/${daemon} /root/real/ && cat >/root/dying <<'END'
${dying}END
chmod 755 /root/dying && mount --bind /root/dying /usr/sbin/${daemon} &&
printf '# by hand\\n' >>${dropIn} && systemctl daemon-reload && systemctl restart ${daemon}`,
  );
  await hf.eventually(
    `${daemon} runs`,
    async () => (await inside(lab, host, `systemctl is-active ${daemon} || :`)) === "active\n",
  );
  return () =>
    inside(
      lab,
      host,
      `umount /usr/sbin/${daemon} && rm -r /root/real /root/dying && systemctl restart ${daemon}`,
    );
}

Deno.test({
  name: "what the daemons accept and what does not work is taken back, and the endpoint stands",
  ignore,
  fn: (t) =>
    withLab("rback", async (lab) => {
      const { inventoryFile } = lab;
      hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
      await assertStands(lab);

      await t.step(
        "a port that is taken on the backup: it is back, the holder untouched",
        async () => {
          const free = await takePort(lab, BACKUP, 9443);
          const before = await wholes(lab);
          const daemons = await hf.daemons(lab, HOLDER);
          const run = await hf.holdfast("apply", await otherPort(lab, 9443), UNASKED);
          await assertRolledBack(
            lab,
            run,
            BACKUP,
            /cannot reload haproxy on "lb2": it ended with 1/,
          );
          assertLeft(run, HOLDER, BACKUP);
          assertEquals(hf.errorsOf(run).map(({ host, task }) => `${host} ${task}`), [
            `${BACKUP} handler reload haproxy`,
          ]);
          await assertAsBefore(lab, before, HOLDER, BACKUP);
          assertEquals(await hf.daemons(lab, HOLDER), daemons);
          await assertStands(lab);
          await free();
          await hf.assertConverged(inventoryFile);
        },
      );

      await t.step(
        "a port that is taken on the holder: it is back, and the backup with it",
        async () => {
          const free = await takePort(lab, HOLDER, 9444);
          const before = await wholes(lab);
          const wish = await otherPort(lab, 9444);
          const run = await hf.holdfast("apply", wish, UNASKED);
          await assertRolledBack(lab, run, HOLDER, /cannot reload haproxy on "lb1"/, BACKUP);
          await assertAsBefore(lab, before, HOLDER, BACKUP);
          // The address may have moved for the moment in which HAProxy held still.
          await assertStands(lab);
          await free();
          hf.assertExit(await hf.holdfast("apply", wish), 0);
          await hf.assertConverged(wish);
          hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
          await hf.assertConverged(inventoryFile);
        },
      );

      await t.step("every task works and no client would get an answer: a firewall", async () => {
        const block =
          `table inet wall { chain wall { type filter hook input priority 0; iifname eth0 tcp dport 9445 reject; }; }`;
        await inside(lab, HOLDER, `echo '${block}' | nft -f -`);
        const before = await wholes(lab);
        const run = await hf.holdfast("apply", await otherPort(lab, 9445));
        await assertRolledBack(
          lab,
          run,
          HOLDER,
          /with the change vip \S+: \/readyz through the address fails from lb/,
          BACKUP,
        );
        assert(hf.tasksOf(run, "changed").includes(`${HOLDER} handler reload haproxy`));
        await assertAsBefore(lab, before, HOLDER, BACKUP);
        await assertStands(lab);
        await inside(lab, HOLDER, "nft delete table inet wall");
        hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
        await hf.assertConverged(inventoryFile);
      });

      await t.step("every task works and HAProxy sees no API server any more", async () => {
        const wish = await hf.editInventory(
          lab,
          "backends",
          (text) => text.replace("backend_port: 6443", "backend_port: 6444"),
        );
        const before = await wholes(lab);
        const run = await hf.holdfast("apply", wish, UNASKED);
        await assertRolledBack(
          lab,
          run,
          BACKUP,
          /with the change vip \S+: no API server answers lb2/,
        );
        assertLeft(run, HOLDER, BACKUP);
        assertEquals(hf.errorsOf(run), []);
        await assertAsBefore(lab, before, HOLDER, BACKUP);
        await assertStands(lab);
        await hf.assertConverged(inventoryFile);
      });

      for (const daemon of ["keepalived", "haproxy"] as const) {
        for (const host of [BACKUP, HOLDER]) {
          await t.step(`${daemon} that starts and dies on ${host}`, async () => {
            const mend = await diesWhenRight(lab, host, daemon);
            await assertStands(lab);
            const before = await wholes(lab);
            const run = await hf.holdfast("apply", inventoryFile);
            await assertRolledBack(lab, run, host, new RegExp(daemon));
            await assertAsBefore(lab, before, HOLDER, BACKUP);
            await assertStands(lab);
            await mend();
            await assertStands(lab);
            hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
            await hf.assertConverged(inventoryFile);
          });
        }
      }
    }),
});

/** The built-in play with templates that are spoilt after they were filled in. */
async function spoiltPlay(lab: Lab, spoilt: Readonly<Record<string, string>>): Promise<string> {
  const root = new URL("../../", import.meta.url).href;
  const path = `${lab.stateDir}/spoilt-${Object.keys(spoilt).join("-")}.ts`;
  await Deno.writeTextFile(
    path,
    `import { endpointPlay } from ${JSON.stringify(`${root}tasks/play.ts`)};
const spoilt = ${JSON.stringify(spoilt)};
export default (templates) => endpointPlay({
  ...templates,
  render(name, data) {
    const daemon = Object.keys(spoilt).find((one) => name.endsWith(one));
    return templates.render(name, data) + (daemon === undefined ? "" : spoilt[daemon]);
  },
});
`,
  );
  return path;
}

Deno.test({
  name: "of a set of which one file or both are wrong, neither goes live",
  ignore,
  fn: (t) =>
    withLab("neither", async (lab) => {
      const { inventoryFile } = lab;
      hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
      const wrong = {
        "haproxy.cfg": "\nlisten nonsense\n    balance by-the-moon\n",
        "keepalived.conf": "\nmoon full\n",
      };
      const good = "\n# another edition\n";
      const cases = {
        both: wrong,
        "haproxy.cfg alone": { ...wrong, "keepalived.conf": good },
        "keepalived.conf alone": { ...wrong, "haproxy.cfg": good },
      };
      for (const [name, spoilt] of Object.entries(cases)) {
        await t.step(name, async () => {
          const look = `sha256sum ${SET}; stat -c '%n %y %i %a %U:%G' ${SET}`;
          const seen = () => Promise.all(lab.hosts.map((host) => inside(lab, host.name, look)));
          const [files, before] = [await seen(), await wholes(lab)];
          const flags = ["--play", await spoiltPlay(lab, spoilt)];
          const run = await hf.holdfast("apply", inventoryFile, { flags });
          // Nothing was changed, so that there is nothing that went back.
          hf.assertExit(run, 3);
          const errors = hf.errorsOf(run).map(({ host, task }) => `${host} ${task}`);
          // Nothing was changed on the first of them, so that the second is asked too.
          assertEquals(errors, [`${BACKUP} ${FILES}`, `${HOLDER} ${FILES}`]);
          assertMatch(hf.errorsOf(run)[0]?.text ?? "", /(haproxy -c|keepalived -t) refuses it/);
          assertEquals(said(run, "rolled-back"), []);
          assertEquals(await seen(), files);
          await assertAsBefore(lab, before, HOLDER, BACKUP);
          for (const host of [HOLDER, BACKUP]) assertEquals(await hf.litter(lab, host), "");
          await assertStands(lab);
        });
      }
      await hf.assertConverged(inventoryFile);
    }),
});
