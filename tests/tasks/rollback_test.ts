import { assertEquals } from "@std/assert";
import type { FileState } from "../../src/file_state.ts";
import type { Task } from "../../src/model.ts";
import { loadTemplates } from "../../src/templates.ts";
import { type Former, rollbackPlay } from "../../tasks/play.ts";
import { anEndpoint } from "../helpers.ts";

const templates = await loadTemplates(new URL("../../templates/", import.meta.url));
const file = (content: string): FileState => ({
  kind: "file",
  content,
  mode: "0640",
  owner: "root",
  group: "adm",
});

function tasksOf(former: readonly Former[]): readonly Task[] {
  const endpoint = { ...anEndpoint("lb1", "lb2"), interface: "eth0" };
  const play = rollbackPlay(templates, "RUN", new Map([["lb1", former]]));
  return play.tasks(endpoint, endpoint.members[0]!);
}

/** What is asked of a host on which none of these paths exists. */
function changesOf(tasks: readonly Task[], seen: string) {
  const world = {
    host: "lb1",
    facts: new Map(),
    predicted: { packages: [], users: [], paths: [] },
  };
  return tasks.flatMap((task) => task.plan({ code: 0, stdout: seen, stderr: "" }, world).changes);
}

Deno.test("rollbackPlay() writes what was there as it was, tested by the daemons, and tells them", () => {
  const [files] = tasksOf([
    { path: "/etc/haproxy/haproxy.cfg", state: file("old\n") },
    { path: "/etc/systemd/system/haproxy.service.d/holdfast.conf", state: file("unit\n") },
  ]);
  const [change, ...more] = changesOf(
    [files!],
    "path /etc/haproxy/haproxy.cfg\nabsent\npath /etc/systemd/system/haproxy.service.d/holdfast.conf\nabsent\n",
  );
  assertEquals(more, []);
  if (change?.kind !== "write") throw new TypeError(`expected a write, got ${change?.kind}`);
  assertEquals(change.files.map(({ path, content, mode, group }) => [path, content, mode, group]), [
    ["/etc/haproxy/haproxy.cfg", "old\n", "0640", "adm"],
    ["/etc/systemd/system/haproxy.service.d/holdfast.conf", "unit\n", "0640", "adm"],
  ]);
  assertEquals(change.notify, ["reload haproxy", "restart haproxy"]);
  assertEquals(change.validations.map(({ name }) => name), ["haproxy -c", "keepalived -t"]);
});

Deno.test("rollbackPlay() takes away what was not there, and keeps the password from being shown", () => {
  const tasks = tasksOf([
    { path: "/etc/keepalived/check_apiserver.sh", state: { kind: "absent" } },
    { path: "/etc/keepalived/keepalived.conf", state: file("auth_pass x\n") },
  ]);
  const conf = changesOf(tasks.slice(0, 1), "path /etc/keepalived/keepalived.conf\nabsent\n");
  assertEquals(conf.flatMap((it) => it.kind === "write" ? it.files[0]?.secret : []), [true]);
  const gone = changesOf(
    tasks.slice(1),
    "path /etc/keepalived/check_apiserver.sh\nfile\nstat 1 644 root root\neA==\n",
  );
  assertEquals(gone.map((it) => it.kind === "remove" && it.path), [
    "/etc/keepalived/check_apiserver.sh",
  ]);
  assertEquals(tasks[1]?.notify, ["reload keepalived"]);
});

Deno.test("rollbackPlay() asks nothing of a host that the run did not change", () => {
  assertEquals(tasksOf([]), []);
});
