import { assertEquals } from "@std/assert";
import { differences, snapshotScript } from "../../../src/drills/remote/snapshot.ts";
import { runSh } from "../../helpers.ts";

const BEFORE = [
  "file\t/etc/haproxy/haproxy.cfg\t644 root:root",
  "content\t/etc/haproxy/haproxy.cfg\taa",
  "unit\thaproxy.service\tActiveState=active LoadState=loaded UnitFileState=enabled ",
  "link\teth0\t<UP,LOWER_UP> mtu 1500 state UP",
  "address\teth0 inet6 fd00::11/64 scope global",
  "route\tdefault via 10.0.0.1 dev eth0",
  "route\tfd00:1::/64 via fd00::1 dev eth0",
  "nft\ttable inet filter {",
  "nft\t\tchain input {",
  "nft\t}",
  "nft\t}",
].join("\n");

/** What is said when one line of the host is another. */
const change = (from: string, to: string) => differences(BEFORE, BEFORE.replace(from, to));

Deno.test("differences() says nothing when nothing has changed", () => {
  assertEquals(differences(BEFORE, BEFORE), []);
  assertEquals(differences("", ""), []);
});

Deno.test("differences() names what has gone, what is new, and what is another", () => {
  assertEquals(change("route\tdefault via 10.0.0.1 dev eth0\n", ""), [
    "route default via 10.0.0.1 dev eth0 is gone",
  ]);
  assertEquals(change("fd00::11/64", "fd00::12/64"), [
    "address eth0 inet6 fd00::11/64 scope global is gone",
    "address eth0 inet6 fd00::12/64 scope global is new",
  ]);
  assertEquals(change("UP,LOWER_UP", "UP"), [
    "link eth0 is <UP> mtu 1500 state UP, was <UP,LOWER_UP> mtu 1500 state UP",
  ]);
  assertEquals(change("644", "600"), [
    "file /etc/haproxy/haproxy.cfg is 600 root:root, was 644 root:root",
  ]);
  assertEquals(change("\taa", "\tbb"), ["file /etc/haproxy/haproxy.cfg has another content"]);
  assertEquals(differences("", "stopped process\thaproxy"), ["stopped process haproxy is new"]);
});

Deno.test("differences() says once that a file has gone, and counts lines that come twice", () => {
  const gone = BEFORE.split("\n").slice(2).join("\n");
  assertEquals(differences(BEFORE, gone), ["file /etc/haproxy/haproxy.cfg is gone"]);
  assertEquals(change("nft\t}\nnft\t}", "nft\t}"), ["nft } is gone"]);
  const turned = "nft\ta\nnft\tb";
  assertEquals(differences(turned, "nft\tb\nnft\ta"), ["nft lines are in another order"]);
});

Deno.test("snapshotScript() sees the same thing twice on a machine at rest", async () => {
  const script = snapshotScript(["192.0.2.10"]);
  const [first, second] = [await runSh(script), await runSh(script)];
  assertEquals(first.code, 0);
  assertEquals(differences(first.stdout, first.stdout), []);
  const kinds = (text: string) => new Set(text.split("\n").map((line) => line.split("\t")[0]));
  assertEquals(kinds(first.stdout).has("unit"), true);
  assertEquals(kinds(second.stdout), kinds(first.stdout));
});

Deno.test("snapshotScript() sees what a profile adds, and not what a run or a drill armed", async () => {
  const names = ["guard", "undo-early", "undo", "drill-boot", "track"];
  const listed = names.map((name) => `holdfast-${name}.service loaded inactive dead`).join("\n");
  const systemctl = `systemctl() {
  case $1 in list-units) echo '${listed}' ;; show) echo LoadState=loaded ;; esac
}`;
  const { stdout } = await runSh(`${systemctl}\n${snapshotScript(["192.0.2.10"])}`);
  const units = stdout.split("\n").filter((line) => line.startsWith("unit\t"))
    .map((line) => line.split("\t")[1]);
  assertEquals(units, ["haproxy.service", "keepalived.service", "holdfast-track.service"]);
});
