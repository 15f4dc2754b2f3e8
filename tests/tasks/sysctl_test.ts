import { assertEquals, assertThrows } from "@std/assert";
import { sysctl } from "../../tasks/sysctl.ts";
import { runSh } from "../helpers.ts";
import { cases, plan } from "./cases.ts";

const key = "net.ipv4.tcp_keepalive_time";
const path = `/etc/sysctl.d/60-holdfast-${key}.conf`;
const task = sysctl({ key, value: "60" });
const saved = (text: string) =>
  `path ${path}\nfile\nstat ${text.length} 644 root root\n${btoa(text)}\n`;

cases("sysctl()", {
  "wants nothing of a value that holds and is kept": {
    task,
    seen: `live 60\n${saved(`${key} = 60\n`)}`,
    changes: [],
  },
  "sets and keeps": {
    task,
    seen: `live 7200\npath ${path}\nabsent\n`,
    changes: [`keep ${key} = 60 after a reboot`, `set ${key} = 60 (was 7200)`],
  },
  "keeps what holds only until a reboot": {
    task,
    seen: `live 60\n${saved("other = 1\n")}`,
    changes: [`keep ${key} = 60 after a reboot`],
  },
  "says that the kernel lacks it": {
    task,
    seen: `path ${path}\nabsent\n`,
    error: `Cannot set "${key}": the kernel of this host has no such setting`,
  },
});

Deno.test("sysctl() asks this machine and understands the answer", async () => {
  const value = (await Deno.readTextFile("/proc/sys/net/ipv4/tcp_keepalive_time")).trim();
  const here = sysctl({ key, value });
  const { stdout } = await runSh(here.probe);
  const summaries = plan({ task: here, seen: stdout }).map(({ summary }) => summary);
  assertEquals(summaries.filter((summary) => summary.startsWith("set")), []);
  assertEquals(
    plan({ task: sysctl({ key, value: "1" }), seen: stdout }).at(-1)?.summary,
    `set ${key} = 1 (was ${value})`,
  );
});

Deno.test("sysctl() refuses a key that is not words joined by dots", () => {
  for (const bad of ["", "a", "../x", "net.ipv4;id", "a.b c", "a./etc"]) {
    assertThrows(() => sysctl({ key: bad, value: "1" }), TypeError, "Cannot name a kernel setting");
  }
});
