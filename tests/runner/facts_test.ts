import { assert, assertEquals } from "@std/assert";
import { factsScript, parseFacts } from "../../src/runner/facts.ts";
import { runSh } from "../helpers.ts";

Deno.test("parseFacts() reads what a host says", () => {
  const facts = parseFacts(`os debian|12|Debian GNU/Linux 12 (bookworm)
uid 0
manager apt
init systemd
container systemd-nspawn
address lo 127.0.0.1/8
address eth0 10.0.0.11/24
address eth0 fe80::1/64
installed haproxy 2.6.12-1
candidate keepalived 1:2.2.7-1+b2
candidate nothing (none)
`);
  assertEquals([facts.os.id, facts.uid], ["debian", 0]);
  assertEquals(facts.interfaces, [{ name: "eth0", addresses: ["10.0.0.11/24", "fe80::1/64"] }]);
  assertEquals(facts.packages, {
    haproxy: { installed: "2.6.12-1" },
    keepalived: { candidate: "1:2.2.7-1+b2" },
  });
  assertEquals([facts.packageManager, facts.init, facts.container], [
    "apt",
    "systemd",
    "systemd-nspawn",
  ]);
});

Deno.test("parseFacts() knows the version of what an interrupted dpkg left", () => {
  const { packages } = parseFacts(`half-configured haproxy 2.6.12-1 install ok
half-installed keepalived 1:2.2.7-1 install reinstreq
candidate haproxy 3.0.1-1
candidate keepalived 1:2.3.1-1
`);
  assertEquals(packages, {
    haproxy: { installed: "2.6.12-1" },
    keepalived: { candidate: "1:2.3.1-1" },
  });
});

Deno.test("parseFacts() says unknown where a host says nothing", () => {
  const { packageManager, init, container, interfaces, uid } = parseFacts("");
  assertEquals([packageManager, init, container, uid], ["unknown", "unknown", "none", -1]);
  assertEquals(interfaces, []);
});

Deno.test("factsScript() is accepted by a real shell and says the version of what is installed", async () => {
  const { stdout, code } = await runSh(factsScript(["dpkg", "no-such-package"]));
  assertEquals(code, 0);
  assert(parseFacts(stdout).packages["dpkg"]?.installed !== undefined, stdout);
});

Deno.test("factsScript() passes over addresses that the kernel is about to replace", async () => {
  const ip = `ip() { cat <<'END'
2: eth0    inet 10.0.0.11/24 brd 10.0.0.255 scope global eth0\\       valid_lft forever
2: eth0    inet6 2001:db8::11/64 scope global \\       valid_lft forever preferred_lft forever
2: eth0    inet6 2001:db8::9b1/64 scope global temporary dynamic \\       valid_lft 500sec
2: eth0    inet6 2001:db8::f00/64 scope global deprecated dynamic \\       valid_lft 500sec
2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever preferred_lft forever
END
}
`;
  const { stdout } = await runSh(ip + factsScript([]));
  assertEquals(parseFacts(stdout).interfaces, [
    { name: "eth0", addresses: ["10.0.0.11/24", "2001:db8::11/64", "fe80::1/64"] },
  ]);
});
