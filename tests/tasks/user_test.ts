import { assertEquals } from "@std/assert";
import { user } from "../../tasks/user.ts";
import { runSh } from "../helpers.ts";
import { cases, plan } from "./cases.ts";

const task = user({ name: "keepalived_script" });

cases("user()", {
  "wants nothing of an account that is right": {
    task,
    seen: "/nonexistent\n/usr/sbin/nologin\n",
    changes: [],
  },
  "creates one": { task, seen: "", changes: ["create user keepalived_script"] },
  "repairs a shell": {
    task,
    seen: "/nonexistent\n/bin/sh\n",
    changes: ["give user keepalived_script home /nonexistent and shell /usr/sbin/nologin"],
  },
});

Deno.test("user() asks this machine and understands the answer", async () => {
  const root = user({ name: "root", home: "/root", shell: "/bin/bash" });
  assertEquals(plan({ task: root, seen: (await runSh(root.probe)).stdout }), []);
});
