import { assertEquals, assertStringIncludes } from "@std/assert";
import { packages } from "../../tasks/packages.ts";
import { runSh } from "../helpers.ts";
import { cases, plan } from "./cases.ts";

const task = packages({ names: ["haproxy", "curl"] });
const half = "manager apt\ninstalled curl 7.88.1\nlists\nknown haproxy\n";

cases("packages()", {
  "wants nothing when all are installed": {
    task,
    seen: "manager apt\ninstalled haproxy 2.6.12-1\ninstalled curl 7.88.1\n",
    changes: [],
  },
  "installs what is missing": { task, seen: half, changes: ["install haproxy"] },
  "takes a removed package with configuration left for missing": {
    task,
    seen: "manager apt\nconfig-files haproxy 2.6.12-1\ninstalled curl 7.88.1\n",
    changes: ["install haproxy"],
  },
  "says which package managers it knows": {
    task,
    seen: "manager apk\n",
    error: 'Cannot install haproxy, curl: the package manager is "apk", supported: apt',
  },
});

Deno.test("packages() reads package lists first when a name is not in them", () => {
  const [known] = plan({ task, seen: half });
  const [unknown] = plan({ task, seen: "manager apt\ninstalled curl 7.88.1\nlists\n" });
  assertStringIncludes(unknown?.kind === "run" ? unknown.script : "", "\napt-get -q update\n");
  assertEquals(known?.kind === "run" && known.script.includes("\napt-get -q update\n"), false);
});

Deno.test("packages() lets dpkg finish when the controller goes away", () => {
  const [change] = plan({ task, seen: half });
  assertEquals(change?.kind === "run" && change.finish, true);
});

Deno.test("packages() asks this machine and understands the answer", async () => {
  const here = packages({ names: ["dpkg", "no-such-package"] });
  const { stdout } = await runSh(here.probe);
  assertEquals(plan({ task: here, seen: stdout }).map(({ summary }) => summary), [
    "install no-such-package",
  ]);
});
