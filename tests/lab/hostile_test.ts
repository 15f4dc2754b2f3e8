import { assert, assertMatch } from "@std/assert";
import { assertShows, HOSTILE, HOSTILE_BYTES } from "../hostile_text.ts";
import type { Lab } from "../../src/lab/mod.ts";
import { rootOf } from "./canary.ts";
import { labAvailable, withLab } from "./helpers.ts";
import * as hf from "./holdfast.ts";

const ignore = await labAvailable() !== undefined;

const BYTES = new Uint8Array([...HOSTILE_BYTES, ...new TextEncoder().encode(HOSTILE)]);

/** One line without what would end it: systemd and sshd read lines. */
const LINE = HOSTILE.replaceAll(/[\0\n\r%\\"]/g, "");

/** Runs a command for people, with colors and as events, and asserts that all of it only shows. */
async function assertOnlyShows(inventory: string, words: string[], code: number, sign: RegExp) {
  const [command = "", ...flags] = words;
  for (const human of [true, false]) {
    const env = { FORCE_COLOR: "1" };
    const run = await hf.holdfast(command, inventory, { flags, human, env });
    hf.assertExit(run, code);
    assertMatch(run.stdout, sign, "nothing hostile arrived");
    for (const text of [run.stdout, run.stderr]) {
      assertShows(new TextEncoder().encode(text), words.join(" "));
    }
    if (human) assert(run.stdout.includes("\x1b[3"), "no colors: nothing was tested");
  }
}

/** Writes a file of a host as it is, without a shell on the way. */
async function put(lab: Lab, path: string, content: string | Uint8Array, mode = 0o644) {
  const file = `${await rootOf(lab, "lb1")}${path}`;
  await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
  if (typeof content === "string") await Deno.writeTextFile(file, content, { mode });
  else await Deno.writeFile(file, content, { mode });
  await Deno.chmod(file, mode);
}

Deno.test({
  name: "what a hostile host says moves no cursor and turns no text",
  ignore,
  fn: (t) =>
    withLab("hostile", async (lab) => {
      await put(lab, "/etc/motd", BYTES);
      await put(lab, "/etc/banner", BYTES);
      await put(lab, "/etc/ssh/sshd_config.d/banner.conf", "Banner /etc/banner\n");
      await put(lab, "/root/bytes", BYTES, 0o755);
      await put(lab, "/home/deploy/.bashrc", "cat /etc/banner; cat /etc/banner >&2\n");
      await put(lab, "/etc/machine-info", `PRETTY_HOSTNAME="${LINE}"\n`);
      await hf.root(
        lab,
        "lb1",
        "systemctl restart ssh 2>/dev/null; chmod 755 /root; usermod -s /bin/bash deploy",
      );

      await t.step("a file in the place of ours, in a diff", async () => {
        await put(lab, "/etc/haproxy/haproxy.cfg", BYTES);
        await assertOnlyShows(lab.inventoryFile, ["check", "-D"], 2, /\[2K/);
      });

      await t.step("a daemon that refuses a file with all bytes", async () => {
        const refusing =
          '#!/bin/sh\ncase " $* " in *" -c "*) cat /root/bytes >&2; exit 1 ;; esac\n';
        await put(
          lab,
          "/usr/local/sbin/haproxy",
          `${refusing}exec /usr/sbin/haproxy "$@"\n`,
          0o755,
        );
        await assertOnlyShows(lab.inventoryFile, ["apply", "-D", "-l", "lb1"], 6, /\[2K/);
        await Deno.remove(`${await rootOf(lab, "lb1")}/usr/local/sbin/haproxy`);
      });

      await t.step("a unit whose description and journal hold them", async () => {
        const unit =
          `[Unit]\nDescription=${LINE}\n[Service]\nExecStartPre=/bin/sh -c 'cat /root/bytes >&2; exit 3'\n`;
        await put(lab, "/etc/systemd/system/haproxy.service.d/zz.conf", unit);
        await hf.root(lab, "lb1", "systemctl daemon-reload; systemctl stop haproxy");
        await assertOnlyShows(lab.inventoryFile, ["apply", "-D", "-l", "lb1"], 6, /\[2K/);
      });

      await t.step("a login that gives no shell, with ssh's and its own words", async () => {
        const noisy = "cat /etc/banner; cat /etc/banner >&2; exit 1\n";
        await put(lab, "/home/deploy/.bashrc", noisy);
        await assertOnlyShows(
          lab.inventoryFile,
          ["check", "-D", "-l", "lb1"],
          3,
          /last words: .*\[2K/s,
        );
      });
    }),
});
