import { assertEquals, assertThrows } from "@std/assert";
import { sysctl } from "../../tasks/sysctl.ts";
import { runSh, withTempDir } from "../helpers.ts";
import { cases, plan } from "./cases.ts";

const [time, probes] = ["net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_keepalive_probes"];
const path = "/etc/sysctl.d/60-holdfast-keepalive.conf";
const task = sysctl({ name: "keepalive", settings: { [time]: "60", [probes]: "3" } });
/** What a host says of the two settings; without a value it has none. */
const live = (...values: readonly (string | undefined)[]) =>
  [time, probes].map((key, i) => {
    const path = `/proc/sys/${key.replaceAll(".", "/")}`;
    return values[i] === undefined ? `missing ${path}\n` : `${path}:${values[i]}\n`;
  }).join("");
const right = `${time} = 60\n${probes} = 3\n`;

function seen(live: string, text: string | undefined): string {
  const file = text === undefined
    ? "absent\n"
    : `file\nstat ${text.length} 644 root root\n${btoa(text)}\n`;
  return `${live}saved\npath ${path}\n${file}`;
}

cases("sysctl()", {
  "wants nothing of values that hold and are kept": {
    task,
    seen: seen(live("60", "3"), right),
    changes: [],
  },
  "keeps and sets": {
    task,
    seen: seen(live("7200", "9"), undefined),
    changes: [`write ${path}`, `set ${time} = 60 (was 7200)`, `set ${probes} = 3 (was 9)`],
  },
  "keeps what holds only until a reboot": {
    task,
    seen: seen(live("60", "3"), "other = 1\n"),
    changes: [`write ${path}`],
  },
  "sets only what differs": {
    task,
    seen: seen(live("60", "9"), right),
    changes: [`set ${probes} = 3 (was 9)`],
  },
  "says what the kernel lacks": {
    task,
    seen: seen(live("60", undefined), right),
    error: `Cannot set "${probes}": the kernel of this host has no such setting`,
  },
});

Deno.test("sysctl() asks this machine and understands the answer", async () => {
  const now = async (key: string) =>
    (await Deno.readTextFile(`/proc/sys/${key.replaceAll(".", "/")}`)).trim().replaceAll(
      /\s+/g,
      " ",
    );
  const ranges = "net.ipv4.ip_local_port_range";
  const here = { [time]: await now(time), [ranges]: await now(ranges) };
  const ask = async (settings: Record<string, string>) => {
    const one = sysctl({ name: "test", settings });
    const changes = plan({ task: one, seen: (await runSh(one.probe)).stdout });
    return changes.map(({ summary }) => summary).filter((text) => text.startsWith("set"));
  };
  assertEquals(await ask(here), []);
  assertEquals(await ask({ ...here, [time]: "1" }), [`set ${time} = 1 (was ${here[time]})`]);
});

Deno.test("sysctl() takes back what it set", () =>
  withTempDir(async (dir) => {
    const setting = plan({ task, seen: seen(live("7200", "3"), right) })[0];
    if (setting?.kind !== "run") throw new TypeError("expected a change that runs something");
    const file = `${dir}/tcp_keepalive_time`;
    const here = (text = "exit 9") =>
      text.replaceAll("/proc/sys/net/ipv4/tcp_keepalive_time", file);
    for (const [text, value] of [[setting.script, "60"], [setting.undo, "7200"]] as const) {
      assertEquals((await runSh(here(text))).code, 0);
      assertEquals(await Deno.readTextFile(file), `${value}\n`);
    }
  }));

Deno.test("sysctl() refuses names that could leave their folder", () => {
  for (const bad of ["", "a", "../x", "net.ipv4;id", "a.b c", "a./etc"]) {
    assertThrows(() => sysctl({ name: "x", settings: { [bad]: "1" } }), TypeError, "Cannot name");
  }
  assertThrows(() => sysctl({ name: "../x", settings: {} }), TypeError, "Cannot name");
});
