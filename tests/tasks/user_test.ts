import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { noUser, user } from "../../tasks/user.ts";
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

const gone = noUser({ name: "keepalived_script", comment: "ours" });

cases("noUser()", {
  "wants nothing where there is none": { task: gone, seen: "", changes: [] },
  "leaves one of somebody else's": {
    task: gone,
    seen: "/nonexistent\n/usr/sbin/nologin\nKeepalived\n",
    changes: [],
  },
  "removes one of ours": {
    task: gone,
    seen: "/nonexistent\n/usr/sbin/nologin\nours\n",
    changes: ["remove user keepalived_script"],
  },
});

Deno.test("noUser() knows by the comment what user() has made", () => {
  const args = { name: "keepalived_script", comment: "made by us" };
  const [made] = plan({ task: user(args), seen: "" });
  const [removed] = plan({ task: noUser(args), seen: "/x\n/x\nmade by us\n" });
  assert(made?.kind === "run" && removed?.kind === "run");
  assertStringIncludes(made.script, "--comment 'made by us'");
  assertStringIncludes(removed.undo ?? "", "--comment 'made by us'");
});
