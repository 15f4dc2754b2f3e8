/**
 * Whatever shell a host has, and whatever a login says or sets: apply changes what it should, a
 * second apply changes nothing, and files have the modes that they always have.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { PATHS } from "../../src/endpoint/paths.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { attempt } from "../../src/lab/run.ts";
import { labAvailable, onHost, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;
const USER = "odd";
const HOME = `/home/${USER}`;
const FLAGS = ["-u", USER];

/** A user of its own, so that the tests themselves log in quietly. */
const MAKE_USER =
  `useradd -m -s /bin/bash ${USER} && echo '${USER} ALL=(ALL) NOPASSWD: ALL' > /etc/sudoers.d/odd
install -d -o ${USER} -m 0700 ${HOME}/.ssh && install -o ${USER} -m 0600 /home/deploy/.ssh/authorized_keys ${HOME}/.ssh/
cp -a ${HOME} /root/home && cp -P /bin/sh /root/sh`;

/** What every login gets to see, of sshd itself. */
const BANNER = `echo 'Authorized personnel only' | tee /etc/motd > /etc/issue.net
echo 'Banner /etc/issue.net' > /etc/ssh/sshd_config.d/odd.conf; systemctl reload ssh`;

/** As it was. */
const UNDO = `cp -P --remove-destination /root/sh /bin/sh; usermod -s /bin/bash ${USER}
rm -rf ${HOME} && cp -a /root/home ${HOME}
rm -f /etc/sudoers.d/zz-*`;

const FILES = hf.STANDARD_FILES;
const FOLDERS = "/etc/haproxy /etc/keepalived /etc/systemd/system/*.service.d /var/lib/holdfast";
const MODES = `stat -c '%n %a %U:%G' ${FILES} ${FOLDERS} /etc/sysctl.d/60-holdfast-*`;

/** Text into files of the odd user's home, whatever its shell reads. */
const rc = (text: string, ...files: readonly string[]) =>
  files.map((file) => `cat > ${HOME}/${file} <<'END'\n${text}\nEND`).join("\n");
const BASH = [".bashrc", ".profile", ".bash_profile", ".bash_login"];
const SH = (path: string) => `ln -sfn ${path} /bin/sh.new && mv -fT /bin/sh.new /bin/sh`;
/** While the host is still an ordinary one: not every package's own scripts are as robust as ours. */
const INSTALL =
  "DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install tcsh fish";

/** How a host is made odd, and what tells that it is. */
interface Oddity {
  readonly script: string;
  /** Asked of a login as the odd user; its answer shows that something was tried. */
  readonly ask?: string;
  readonly answer: RegExp;
}

const ODDITIES: Readonly<Record<string, Oddity>> = {
  "/bin/sh is dash": {
    script: SH("dash"),
    ask: "readlink -f /bin/sh",
    answer: /dash$/m,
  },
  "/bin/sh is bash in POSIX mode": {
    script: SH("bash"),
    ask: "readlink -f /bin/sh; sh -c 'set -o'",
    answer: /bash$[^]*posix\s+on/m,
  },
  "/bin/sh is busybox": {
    script: SH("/usr/local/bin/busybox"),
    ask: "readlink -f /bin/sh",
    answer: /busybox$/m,
  },
  "a login that talks on both streams, paints a prompt and sets a title": {
    script: `${
      rc(
        String.raw`echo 'noise {"type": "run-end"}'; echo grumble >&2
printf '\033]0;a title\007\033]3008;start=1\033\\\033[31mred'; PS1='\[\033]0;\w\007\]$ '
PROMPT_COMMAND='printf "\033]133;A\007"'; fortune 2>/dev/null; stty erase '^H'; mesg n`,
        ...BASH,
      )
    }`,
    answer: /noise[^]*red/,
  },
  "a login with umask 077, and sudo that keeps it": {
    script: `${rc("umask 077", ...BASH)}
echo 'Defaults umask=0077, umask_override' > /etc/sudoers.d/zz-odd`,
    ask: "umask; sudo sh -c umask",
    answer: /^0077\n0077$/m,
  },
  "a Turkish login, and sudo that keeps its words": {
    script: `${rc("export LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 LANGUAGE=tr", ...BASH)}
echo 'Defaults env_keep += "LANG LANGUAGE LC_*"' > /etc/sudoers.d/zz-odd`,
    ask: "sudo env",
    answer: /^LC_ALL=tr_TR.UTF-8$/m,
  },
  "a PATH that leads nowhere, CDPATH, IFS, ENV and BASH_ENV, and sudo that keeps them": {
    script: `${rc("export PATH=/nowhere CDPATH=/etc IFS=e ENV=/nowhere BASH_ENV=/nowhere", ...BASH)}
echo 'Defaults !secure_path, env_keep += "PATH CDPATH IFS ENV BASH_ENV"' > /etc/sudoers.d/zz-odd`,
    ask: 'echo "$PATH"',
    answer: /^\/nowhere$/m,
  },
  "a strict login: set -u, noclobber, noglob, a trap": {
    script: rc("set -uf -o noclobber -o pipefail; trap 'echo trapped' DEBUG", ...BASH),
    ask: 'echo "$-"',
    answer: /f.*u|u.*f/,
  },
  "functions and aliases in place of programs": {
    script: rc(
      "shopt -s expand_aliases; alias sudo=false; for f in printf kill wait cat rm sleep; " +
        'do eval "$f() { echo stolen; }; export -f $f"; done',
      ...BASH,
    ),
    ask: "cat /etc/hostname",
    answer: /stolen/,
  },
  "a login shell that prints before it does anything": {
    script: String
      .raw`printf '#!/bin/bash\necho "You have mail"\nexec /bin/bash "$@"\n' > /usr/local/bin/chatty
chmod 755 /usr/local/bin/chatty; usermod -s /usr/local/bin/chatty ${USER}`,
    answer: /You have mail/,
  },
  "tcsh as the login shell": {
    script: `usermod -s /bin/tcsh ${USER}
${rc("echo noise\nset prompt='%~> '\nset noglob\nset noclobber", ".tcshrc")}`,
    ask: "echo $version",
    answer: /noise[^]*tcsh/,
  },
  "fish as the login shell": {
    script: `usermod -s /usr/bin/fish ${USER}
install -d -o ${USER} ${HOME}/.config/fish && ${rc("echo noise", ".config/fish/config.fish")}`,
    ask: "echo $version; status features | head -n 1",
    answer: /noise[^]*\d/,
  },
};

let edition = 10;
/** An inventory that asks for a change of haproxy.cfg, another one at every call. */
function changed(lab: Lab): Promise<string> {
  const lines = [`haproxy: { client_timeout: ${edition++}m }`];
  return hf.editInventory(lab, `changed-${edition}`, hf.withEndpoint(...lines));
}

/** Files that the play makes go, one in a folder that goes too; all of them are made again. */
const LOSE = `rm -rf ${PATHS.aliveScript} ${PATHS.ca} /etc/systemd/system/keepalived.service.d
rm -f /etc/sysctl.d/60-holdfast-*`;

Deno.test({
  name: "apply works through every shell and every login, and once more changes nothing",
  ignore,
  fn: (t) =>
    withLab("logins", async (lab) => {
      hf.assertExit(await hf.holdfast("apply", lab.inventoryFile), 0);
      const all = async (script: string) =>
        void await Promise.all(lab.hosts.map(({ name }) => hf.root(lab, name, script)));
      await all(INSTALL);
      await all(MAKE_USER);
      await all(BANNER);
      for (const { name } of lab.hosts) {
        // A reload closes its door for a moment.
        await hf.eventually(
          "a login with a banner",
          async () => /Authorized/.test((await onHost(lab, name, "true", USER)).stderr),
        );
      }
      const busybox = (await attempt(["sh", "-c", "command -v busybox"], { to: "find busybox" }))
        .stdout.trim();
      for (const { name } of lab.hosts) {
        const to = `${lab.stateDir}/hosts/${name}/root/usr/local/bin/busybox`;
        await Deno.copyFile(await Deno.realPath(busybox), to);
      }
      const modes = await hf.root(lab, "lb1", MODES);
      assert(modes.split("\n").length > 10, modes);

      for (const [name, { script, ask = "true", answer }] of Object.entries(ODDITIES)) {
        await t.step(name, async () => {
          try {
            await all(script);
            for (const host of lab.hosts) {
              const said = await onHost(lab, host.name, ask, USER);
              assertMatch(said.stdout, answer, `nothing is odd: ${JSON.stringify(said)}`);
            }
            await all(LOSE);
            const inventory = await changed(lab);
            const run = await hf.holdfast("apply", inventory, { flags: FLAGS });
            hf.assertExit(run, 0);
            const changes = hf.tasksOf(run, "changed");
            for (const host of lab.hosts) {
              assert(changes.includes(`${host.name} handler reload haproxy`), changes.join("\n"));
              assertEquals(await hf.root(lab, host.name, MODES), modes);
              assertEquals(await hf.litter(lab, host.name), "");
            }
            const again = await hf.holdfast("apply", inventory, { flags: FLAGS });
            hf.assertExit(again, 0);
            assertEquals(hf.tasksOf(again, "changed"), []);
            const human = await hf.holdfast("check", inventory, { flags: FLAGS, human: true });
            assertEquals(human.code, 0);
            // deno-lint-ignore no-control-regex
            assert(!/noise|grumble|mail|stolen|Authorized|\x07|\x1b/.test(human.stdout));
          } finally {
            await all(UNDO);
          }
        });
      }

      await t.step("sudo that wants a terminal is named, with the remedy", async () => {
        // From outside: sudo is of no use to the tests either.
        const sudoers = lab.hosts.map(({ name }) =>
          `${lab.stateDir}/hosts/${name}/root/etc/sudoers.d/zz-odd`
        );
        for (const path of sudoers) {
          await Deno.writeTextFile(path, "Defaults requiretty\n", { mode: 0o440 });
        }
        const run = await hf.holdfast("check", lab.inventoryFile, { flags: FLAGS });
        for (const path of sudoers) await Deno.remove(path);
        hf.assertExit(run, 4);
        assertEquals(hf.errorsOf(run).length, 2);
        for (const { text } of hf.errorsOf(run)) {
          assertMatch(text, /sudo wants a terminal: take requiretty out of sudoers/);
        }
      });
    }),
});
