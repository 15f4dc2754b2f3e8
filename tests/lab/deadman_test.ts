/**
 * A change that cuts the controller off: the host goes back by itself, to exactly what it was, and
 * what the run says is what the host says.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { PATHS } from "../../src/endpoint/paths.ts";
import { type Lab, powerOff, powerOn } from "../../src/lab/mod.ts";
import { assertDisarmed, changed, decided, inside, wholeOf } from "./console.ts";
import { full, labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const MOD = new URL("../../mod.ts", import.meta.url).href;
const MARK = "/run/cut-under-way";
const SETTINGS = "/etc/lab-address";

/** What a change does to the host: files, and the handlers that have them read. */
interface Cut {
  readonly files: readonly { path: string; content: string; mode?: string }[];
  readonly handlers: readonly { name: string; script: string }[];
}

const SSH = { name: "restart ssh", script: "systemctl restart ssh.service" };
const NFT = { name: "reload nftables", script: "systemctl reload-or-restart nftables.service" };
/** Gives the interface the address that its file names, and no other. */
const ADDRESS = {
  name: "set the address",
  script: `read -r one via <${SETTINGS} && ip -4 address flush dev eth0 scope global &&
ip address add "$one" dev eth0 && ip route replace default via "$via"`,
};

const FIREWALL: Cut = {
  files: [{
    path: "/etc/nftables.d/cut.nft",
    content:
      "table inet cut { chain cut { type filter hook input priority -10; tcp dport 22 drop; }; }\n",
  }],
  handlers: [NFT],
};
const PORT: Cut = {
  files: [{ path: "/etc/ssh/sshd_config.d/zz-port.conf", content: "Port 2222\n" }],
  handlers: [SSH],
};
const BOTH: Cut = {
  files: [...FIREWALL.files, ...PORT.files],
  handlers: [SSH, NFT],
};
const SUDO: Cut = {
  files: [{ path: "/etc/sudoers.d/zz-deny", content: "deploy ALL=(ALL) !ALL\n", mode: "0440" }],
  handlers: [],
};
const CLOSED: Cut = { files: [{ path: "/etc/nologin", content: "closed\n" }], handlers: [] };
const PAM: Cut = {
  files: [{
    path: "/etc/pam.d/sshd",
    content: ["auth", "account", "session"].map((kind) => `${kind} required pam_deny.so\n`).join(
      "",
    ),
    mode: "0644",
  }],
  handlers: [],
};

/**
 * Waits, when the change has been made, until its mark goes: in the window, however slow this machine
 * is. In the last handler, because after what cuts off nothing more can be asked for.
 */
function held({ files, handlers }: Cut): Cut {
  const wait = `if [ -e ${files[0]?.path} ]; then touch ${MARK}; i=0
while [ -e ${MARK} ] && [ $i -lt 600 ]; do sleep 0.2; i=$((i + 1)); done; fi`;
  const last = handlers.at(-1) ?? { name: "wait", script: ":" };
  const both = `${last.script} || exit\n${wait}`;
  return { files, handlers: [...handlers.slice(0, -1), { ...last, script: both }] };
}

/** A play of one's own that makes such a change on one host. */
async function playOf(lab: Lab, host: string, { files, handlers }: Cut): Promise<string> {
  const path = `${lab.stateDir}/cut-${crypto.randomUUID()}.ts`;
  const notify = handlers.map(({ name }) => name);
  const specs = files.map((file) => ({ mode: "0644", ...file, notify }));
  await Deno.writeTextFile(
    path,
    `import { definePlay, fileSet } from ${JSON.stringify(MOD)};
export default definePlay({
  name: "cut off",
  packages: [],
  tasks: (_, { host }) => host.name === ${JSON.stringify(host)}
    ? [fileSet({ name: "cut", files: ${JSON.stringify(specs)} })]
    : [],
  handlers: () => ${JSON.stringify(handlers)},
  checks: () => [],
});
`,
  );
  return path;
}

/** Files that change what a host lets in, and what has them read at boot. */
function prepare(lab: Lab, host: string): Promise<string> {
  const address = lab.hosts.find(({ name }) => name === host)?.address;
  return inside(
    lab,
    host,
    `mkdir -p /etc/nftables.d && cat >/etc/nftables.conf <<'END'
flush ruleset
table inet own { chain own { type filter hook input priority 0; tcp dport 9 drop; }; }
include "/etc/nftables.d/*.nft"
END
systemctl -q enable --now nftables.service && echo ${address}/24 ${lab.controllerAddress} >${SETTINGS}
systemctl restart nftables.service`,
  );
}

const diagnostics = (run: hf.Run, code: string) =>
  run.events.flatMap((event) =>
    event.type === "diagnostic" && event.diagnostic.code === code ? [event.diagnostic.message] : []
  );

/** What is to become of a change that cuts off. */
interface Fate {
  /** Who took it back. */
  readonly by: "controller" | "session" | "deadline" | "boot";
  readonly says: RegExp;
}

/** Asserts that a host is what it was, and that run and host say the same about it. */
async function assertBack(
  lab: Lab,
  host: string,
  before: string,
  run: hf.Run,
  { by, says }: Fate,
): Promise<void> {
  hf.assertExit(run, 6);
  const [message = "", ...more] = diagnostics(run, "rolled-back");
  assertEquals(more, []);
  assert(message.startsWith(`Cannot keep the change on "${host}": `), message);
  assertMatch(message, says);
  const itself = by === "controller" ? "it is" : "it went back by itself, and is";
  assert(message.includes(`; ${itself} as it was before this run`), message);
  assertEquals(await decided(lab, host), `reverted.${by}`);
  await assertDisarmed(lab, host);
  assertEquals(changed(before, await wholeOf(lab, host)), []);
  // The way in is there again.
  assertEquals(await hf.root(lab, host, "id -u"), "0\n");
}

/** Makes such a change, does something in its window, and asserts that it is taken back. */
async function assertCut(
  lab: Lab,
  host: string,
  cut: Cut,
  fate: Fate,
  during?: () => Promise<void>,
) {
  const before = await wholeOf(lab, host);
  const flags = ["--play", await playOf(lab, host, during === undefined ? cut : held(cut))];
  const { child, done } = hf.start("apply", lab.inventoryFile, { flags });
  try {
    if (during !== undefined) {
      await hf.eventually(
        "the change is made",
        async () => await inside(lab, host, `[ ! -e ${MARK} ] || echo yes`) === "yes\n",
      );
      assertEquals(await decided(lab, host), "open");
      await during();
    }
  } catch (error) {
    child.kill("SIGKILL");
    await done;
    throw error;
  }
  await assertBack(lab, host, before, await done, fate);
}

const FRESH = /over a fresh connection: Cannot open a shell/;
const LOST = /cannot tell whether request \d+ finished on "lb1": the link was lost/;

Deno.test({
  name: "whatever cuts the controller off is taken back by the host itself",
  ignore,
  fn: (t) =>
    withLab("deadm", async (lab) => {
      for (const { name } of lab.hosts) await prepare(lab, name);
      const step = (
        name: string,
        ...args: Parameters<typeof assertCut> extends [unknown, ...infer R] ? R : never
      ) => t.step(name, () => assertCut(lab, ...args));

      // The first run ever on this host: there is no folder of ours yet.
      assertEquals(await inside(lab, "lb1", "ls -d /var/lib/holdfast 2>/dev/null || :"), "");
      const fresh = { by: "controller", says: FRESH } as const;
      await step(
        "sshd listens elsewhere: the session lives, a new one does not",
        "lb1",
        PORT,
        fresh,
      );
      if (full) await step("sudo is denied", "lb1", SUDO, fresh);
      if (full) await step("logins are closed", "lb1", CLOSED, fresh);
      await step("PAM refuses everybody", "lb1", PAM, fresh);

      const lost = { by: "deadline", says: LOST } as const;
      await step("a firewall drops the connection, and new ones", "lb1", FIREWALL, lost);
      if (full) await step("firewall and sshd", "lb1", BOTH, lost);
      const address = {
        files: [{
          path: SETTINGS,
          content: `${lab.hosts[0]?.address.replace(/\d+$/, "99")}/24 ${lab.controllerAddress}\n`,
        }],
        handlers: [ADDRESS],
      };
      await step("the host has another address", "lb1", address, lost);

      const boot = { by: "boot", says: /the link was lost/ } as const;
      await step("sshd listens elsewhere, and the host reboots", "lb1", PORT, boot, async () => {
        await inside(lab, "lb1", "systemctl reboot --force --force").catch(() => {});
      });
      const cutPower = (host: string) => async () => {
        await powerOff(lab, host);
        await powerOn(lab, host);
      };
      assertEquals(await inside(lab, "lb2", "ls -d /var/lib/holdfast 2>/dev/null || :"), "");
      await step(
        "all of it, and the power is cut in the first run ever",
        "lb2",
        {
          files: [...BOTH.files, ...SUDO.files, ...PAM.files],
          handlers: BOTH.handlers,
        },
        boot,
        cutPower("lb2"),
      );
    }),
});

Deno.test({
  name: "what a lost host does is said when nobody can see it",
  ignore,
  fn: () =>
    withLab("unseen", async (lab) => {
      const impatient = "-o ServerAliveInterval=2 -o ServerAliveCountMax=2";
      const inventory = await hf.editInventory(
        lab,
        "impatient",
        (text) => text.replace(/(UserKnownHostsFile=[^"]*)/, `$1 ${impatient}`),
      );
      const before = await wholeOf(lab, "lb1");
      const flags = ["--play", await playOf(lab, "lb1", held(PORT))];
      const { child, done } = hf.start("apply", inventory, { flags });
      try {
        await hf.eventually("the change is made", async () =>
          await inside(lab, "lb1", `[ ! -e ${MARK} ] || echo yes`) === "yes\n");
        await powerOff(lab, "lb1");
      } catch (error) {
        child.kill("SIGKILL");
        throw error;
      } finally {
        await done;
      }
      const run = await done;
      hf.assertExit(run, 4);
      assertEquals(diagnostics(run, "rolled-back"), []);
      const [message = "", ...more] = diagnostics(run, "rollback-unseen");
      assertEquals(more, []);
      assertMatch(
        message,
        /^Cannot see "lb1" go back to how it was: Cannot open a shell on "lb1" .*; it does so by itself, within \d+ s, or when it starts again if it is off$/,
      );
      await powerOn(lab, "lb1");
      await hf.eventually("it went back", async () =>
        await decided(lab, "lb1") === "reverted.boot");
      await assertDisarmed(lab, "lb1");
      assertEquals(changed(before, await wholeOf(lab, "lb1")), []);
    }),
});

/** What the play puts on a host, whatever the packages bring. */
const OWN = Object.values(PATHS).filter((path) => path !== PATHS.haproxy).join(" ");

Deno.test({
  name: "a first deployment that fails late leaves what was there, and packages",
  ignore,
  fn: () =>
    withLab("firstd", async (lab) => {
      const { inventoryFile } = lab;
      const kernel = "sysctl net.ipv4.tcp_keepalive_time net.ipv4.tcp_keepalive_intvl";
      const values = await inside(lab, "lb1", kernel);
      // HAProxy does not start: the last but one of all tasks.
      await inside(
        lab,
        "lb1",
        "systemd-run -q --unit=squatter --socket-property=ListenStream=127.0.0.1:8443 sleep infinity",
      );
      // The preflight would say so before the first change.
      const flags = ["--skip-preflight", "port"];
      const run = await hf.holdfast("apply", inventoryFile, { flags });
      hf.assertExit(run, 6);
      const failed = hf.errorsOf(run).map(({ host, task }) => `${host} ${task}`);
      assertEquals(failed, ["lb1 service haproxy enabled, running"]);
      const [message = "", ...more] = diagnostics(run, "rolled-back");
      assertEquals(more, []);
      assertMatch(message, /^Cannot keep the change on "lb1": cannot .*start haproxy on "lb1"/);
      assertEquals(await decided(lab, "lb1"), "reverted.controller");
      await assertDisarmed(lab, "lb1");

      const left = await inside(
        lab,
        "lb1",
        `ls -d ${OWN} /etc/sysctl.d/60-holdfast-* /etc/systemd/system/*.service.d 2>/dev/null
dpkg -V haproxy keepalived curl
systemctl is-active haproxy keepalived
systemctl is-enabled haproxy keepalived
ls -A /var/lib/holdfast/pending 2>/dev/null
:`,
      );
      assertEquals(left, "inactive\ninactive\ndisabled\ndisabled\n");
      assertEquals(await inside(lab, "lb1", kernel), values);
      const status = "dpkg-query -W -f '${Status}\\n' haproxy keepalived curl";
      assertEquals(await inside(lab, "lb1", status), "install ok installed\n".repeat(3));
      // The other host is deployed: its part worked, and nothing is worse for it.
      assertEquals(await decided(lab, "lb2"), "committed");
      assertEquals(await hf.throughVip(lab), 200);

      await inside(lab, "lb1", "systemctl stop squatter.socket; systemctl reset-failed");
      hf.assertExit(await hf.holdfast("apply", inventoryFile), 0);
      await hf.assertConverged(inventoryFile);
      assertEquals(await hf.holders(lab), ["lb1"]);
    }),
});
