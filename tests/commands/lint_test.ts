/** `lint` as a person types it. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SARIF } from "../reporters/sarif.ts";
import { cli } from "./cli.ts";

const HAPROXY = `backend apiserver
    option httpchk GET /healthz
    option ssl-hello-chk
    server m1 10.0.0.21:6443 check
`;

const KEEPALIVED = (priority: number, weight: number) =>
  `vrrp_script check {
    script "/etc/keepalived/check.sh"
    weight ${weight}
}
vrrp_instance VI_1 {
    virtual_router_id 51
    priority ${priority}
    track_script {
        check
    }
}
`;

const INVENTORY = (profile: string, priority: number) =>
  `all:
  children:
    load_balancers:
      vars:
        endpoint:
          address: 10.0.0.10
          backends: [{ name: m1, address: 10.0.0.21 }]
          profile: ${profile}
          vrrp: { auth_pass: { env: VRRP_PASS } }
      hosts:
        lb1: { ansible_host: 10.0.0.11 }
        lb2: { ansible_host: 10.0.0.12, endpoint_host: { priority: ${priority} } }
`;

async function inFolder(
  files: Readonly<Record<string, string>>,
  work: (dir: string) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${dir}/${name}`, text);
    }
    await work(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("lint says what is wrong with a file by hand, with the line, and ends with 1", () =>
  inFolder({ "haproxy.cfg": HAPROXY }, async (dir) => {
    const { code, out, err } = await cli(["lint", "--haproxy", "haproxy.cfg"], { cwd: dir });
    assertEquals([code, err], [1, ""]);
    assertMatch(out, /^haproxy\.cfg:3:12: an API server that answers .* \[overridden-check\]$/m);
    assertStringIncludes(
      out,
      "    3 |     option ssl-hello-chk\n      |            ^^^^^^^^^^^^^\n",
    );
    assertMatch(out, /\n\d+ errors?, \d+ warnings?\n/);
  }));

Deno.test("lint compares what several hosts say", () =>
  inFolder({ "one.conf": KEEPALIVED(110, -2), "two.conf": KEEPALIVED(100, -2) }, async (dir) => {
    const both = ["--keepalived", "one.conf", "--keepalived", "two.conf"];
    const { code, out } = await cli(["lint", ...both], { cwd: dir });
    assertEquals(code, 1);
    assertMatch(out, /^one\.conf:3:12: .*not below the 100 of two\.conf \[weight-below-gap\]$/m);
  }));

Deno.test("lint points at the priority that no weight can work with", () => {
  const far = INVENTORY("standard", 20).replace(
    "ansible_host: 10.0.0.11 }",
    "ansible_host: 10.0.0.11, endpoint_host: { priority: 200 } }",
  );
  return inFolder({ "hosts.yaml": far }, async (dir) => {
    const { code, out } = await cli(["lint", "hosts.yaml"], { cwd: dir });
    assertEquals(code, 1);
    assertMatch(out, /^hosts\.yaml:12:\d+: Cannot choose a weight .*20 of "lb2", 200 of "lb1"/m);
    assertMatch(out, /^ +12 \| .*priority: 20 .*\n +\| +\^/m);
  });
});

Deno.test("lint points at the image whose version is too old", () => {
  const old = INVENTORY("standard", 100).replace(
    "          vrrp: { auth_pass: { env: VRRP_PASS } }\n",
    "",
  )
    .replace(
      "profile: standard\n",
      "mode: static-pods\n          images:\n            haproxy: images.example.org/haproxy:2.8.10\n" +
        "            keepalived: images.example.org/keepalived:2.0.20\n",
    );
  return inFolder({ "hosts.yaml": old }, async (dir) => {
    const { code, out } = await cli(["lint", "hosts.yaml"], { cwd: dir });
    assertEquals(code, 1);
    assertStringIncludes(
      out,
      "hosts.yaml:11:25: Cannot write a configuration for keepalived 2.0.20: it does not know " +
        '"track_file", "max_auto_priority", "check_unicast_src", and keepalived 2.1.0 or newer ' +
        "does [cannot-render]\n   11 |             keepalived: images.example.org/keepalived:2.0.20\n" +
        `      |                         ${"^".repeat(36)}\n`,
    );
  });
});

Deno.test("lint of profile guide names the faults of the seed as warnings, and reads no secret", () =>
  inFolder({ "hosts.yaml": INVENTORY("guide", 100) }, async (dir) => {
    const { code, out } = await cli(["lint", "hosts.yaml"], { cwd: dir });
    assertEquals(code, 0, out);
    const place = String.raw`lb1:/etc/haproxy/haproxy\.cfg:\d+:\d+: warning: `;
    assertMatch(out, new RegExp(`^${place}.*the same on lb2\\) \\[overridden-check\\]$`, "m"));
    assertEquals((await cli(["lint", "hosts.yaml", "--strict"], { cwd: dir })).code, 1);
  }));

Deno.test("check and apply stop at an error before a host is contacted", () =>
  inFolder({ "hosts.yaml": INVENTORY("guide", 50) }, async (dir) => {
    const env = { VRRP_PASS: "s3cret-1" };
    for (const command of ["check", "apply"]) {
      const { code, out, err } = await cli([command, "hosts.yaml", "--json"], { cwd: dir, env });
      assertEquals(code, 1);
      assertStringIncludes(err, "[weight-below-gap]");
      assertStringIncludes(out, `"exitCode":1,"hosts":{}`);
      assert(!`${out}${err}`.includes("s3cret-1"));
    }
  }));

Deno.test("lint reports for machines: events, SARIF and annotations", () =>
  inFolder({ "haproxy.cfg": HAPROXY }, async (dir) => {
    const reports = ["--report", "sarif:found.sarif", "--report", "github:notes.txt"];
    const line = ["lint", "--haproxy", "haproxy.cfg", "--json", ...reports];
    const { code, out } = await cli(line, { cwd: dir });
    assertEquals(code, 1);
    const events = out.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(events[0].type, "version");
    assertEquals(events.at(-1), { ...events.at(-1), type: "run-end", exitCode: 1, hosts: {} });
    const { runs: [run] } = JSON.parse(await Deno.readTextFile(`${dir}/found.sarif`));
    const result = run.results.find((it: { ruleId: string }) => it.ruleId === "overridden-check");
    assertEquals(run.tool.driver.rules[result.ruleIndex].id, "overridden-check");
    assertEquals(result.locations[0].physicalLocation, {
      artifactLocation: { uri: "haproxy.cfg" },
      region: { startLine: 3, startColumn: 12, endColumn: 25 },
    });
    const notes = await Deno.readTextFile(`${dir}/notes.txt`);
    assertStringIncludes(notes, "::error file=haproxy.cfg,line=3,col=12,endColumn=25,");
  }));

Deno.test("lint reports for machines what would be rendered at the inventory's own lines", () =>
  inFolder({ "hosts.yaml": INVENTORY("guide", 100) }, async (dir) => {
    const reports = ["--report", "sarif:found.sarif", "--report", "github:notes.txt"];
    await cli(["lint", "hosts.yaml", ...reports], { cwd: dir });
    const { runs: [run] } = SARIF.parse(JSON.parse(await Deno.readTextFile(`${dir}/found.sarif`)));
    const uris = (places: readonly { physicalLocation: { artifactLocation: { uri: string } } }[]) =>
      places.map(({ physicalLocation: { artifactLocation: { uri } } }) => uri);
    assertEquals(new Set(run.results.flatMap((it) => uris(it.locations))), new Set(["hosts.yaml"]));
    const beside = run.results.flatMap((it) => uris(it.relatedLocations ?? []));
    assertEquals(beside.length, run.results.filter(({ ruleId }) => ruleId !== "slo-missed").length);
    assert(beside.every((it) => /^\.\/lb[12]:\/etc\//.test(it)), beside.join());
    const notes = await Deno.readTextFile(`${dir}/notes.txt`);
    assertMatch(
      notes,
      /^::warning file=hosts\.yaml,line=\d+,.*title=overridden-check::.*%0Arendered: lb1:/m,
    );
  }));

Deno.test("lint says what cannot be linted, all of it at once", () =>
  inFolder({ "haproxy.cfg": HAPROXY }, async (dir) => {
    const says = async (...args: string[]) => {
      const { code, err } = await cli(["lint", ...args], { cwd: dir });
      assertEquals(code, 1);
      return err;
    };
    assertStringIncludes(await says(), "Cannot lint: neither an inventory nor a file is named");
    assertStringIncludes(await says("x.yaml", "--haproxy", "haproxy.cfg"), "at once");
    const two = await says("--haproxy", "gone.cfg", "--keepalived", "gone.conf");
    assertStringIncludes(two, 'Cannot read "gone.cfg": No such file or directory');
    assertStringIncludes(two, 'Cannot read "gone.conf": No such file or directory');
    const near = await says("--haproxy", "haproxy.cfg", "--ignore", "overriden-check");
    assertStringIncludes(near, "hint: overridden-check");
  }));

Deno.test("lint knows a host's own address from its keepalived.conf", () =>
  inFolder({
    "haproxy.cfg": "frontend api\n    bind *:6443\n    default_backend api_servers\n" +
      "backend api_servers\n    server m1 10.0.0.21:6443 check\n",
    "vrrp.conf": "vrrp_instance A {\n    unicast_src_ip 10.0.0.21\n}\n",
  }, async (dir) => {
    const files = ["--keepalived", "vrrp.conf", "--haproxy", "haproxy.cfg"];
    const { out } = await cli(["lint", ...files], { cwd: dir });
    assertMatch(out, /^haproxy\.cfg:2:10: .* both want port 6443 .*\[port-taken\]$/m);
  }));

Deno.test("lint takes no file for another: empty, of the other daemon, or no file at all", () =>
  inFolder(
    { "haproxy.cfg": HAPROXY, "empty": "\n", "vrrp.conf": KEEPALIVED(1, -2) },
    async (dir) => {
      const files = ["--keepalived", "haproxy.cfg", "--haproxy", "vrrp.conf", "--haproxy", "empty"];
      const { code, err } = await cli(["lint", ...files, "--haproxy", "/dev/zero"], { cwd: dir });
      assertEquals(code, 1);
      assertEquals(
        err,
        `Cannot use "haproxy.cfg": it looks like a configuration of haproxy [wrong-file]
   hint: --haproxy haproxy.cfg
Cannot use "vrrp.conf": it looks like a configuration of keepalived [wrong-file]
   hint: --keepalived vrrp.conf
Cannot use "empty": it is empty [wrong-file]
Cannot read "/dev/zero": it is no file [unreadable-file]

4 errors, 0 warnings
`,
      );
    },
  ));

Deno.test("lint --ignore leaves one out, --explain and --list say what there is", () =>
  inFolder({ "haproxy.cfg": HAPROXY }, async (dir) => {
    const line = ["lint", "--haproxy", "haproxy.cfg", "--ignore", "overridden-check"];
    const { out } = await cli(line, { cwd: dir });
    assert(!out.includes("[overridden-check]"));
    const { out: list } = await cli(["lint", "--list"]);
    assertMatch(list, /^error +overridden-check +two kinds/m);
    const { out: explained } = await cli(["lint", "--explain", "overridden-check"]);
    assertStringIncludes(explained, "What is then said:");
    assertEquals((await cli(["lint", "--explain", "nothing"])).code, 1);
  }));

Deno.test("lint --explain knows every code that is printed, those of files that are none too", async () => {
  for (const own of ["unreadable-config", "unreadable-file", "wrong-file"]) {
    const { code, out } = await cli(["lint", "--explain", own]);
    assertEquals([code, out.split("\n")[0]?.startsWith(`${own} (error): `)], [0, true], out);
  }
  const near = await cli(["lint", "--explain", "unreadable-confg"]);
  assertEquals(near.code, 1);
  assertStringIncludes(near.err, "hint: unreadable-config");
  const ignored = await cli(["lint", "--haproxy", "x", "--ignore", "wrong-file"]);
  assertStringIncludes(ignored.err, 'Cannot leave out "wrong-file": it says that a file cannot be');
});

Deno.test("lint says where more is to be read, also of what is no lint", () =>
  inFolder({ "haproxy.cfg": `bind *:1\n${HAPROXY}` }, async (dir) => {
    const others = ["--ignore", "overridden-check"];
    const { out } = await cli(["lint", "--haproxy", "haproxy.cfg", ...others], { cwd: dir });
    assertStringIncludes(out, "haproxy.cfg:1:1: Cannot place");
    assertMatch(out, /^What one of them is about: holdfast lint --explain unreadable-config$/m);
  }));

Deno.test("lint takes a folder of HAProxy for one configuration, in the order in which it reads it", () =>
  inFolder({}, async (dir) => {
    await Deno.mkdir(`${dir}/conf.d/deeper.cfg`, { recursive: true });
    const put = (name: string, text: string) => Deno.writeTextFile(`${dir}/conf.d/${name}`, text);
    await put("10-global.cfg", "# what all of them share\n");
    await put("20-defaults.cfg", "defaults\n    mode tcp\n    retries 3\n    option redispatch\n");
    await put(
      "30-api.cfg",
      "frontend api\n    bind *:8443\n    default_backend api_servers\nbackend api_servers\n" +
        "    server m1 10.0.0.21:6443 check\n    server m1 10.0.0.22:6443 check",
    );
    await put(".hidden.cfg", "nonsense");
    await put("notes.txt", "nonsense");
    const { code, out } = await cli(["lint", "--haproxy", "conf.d"], { cwd: dir });
    assertEquals(code, 1, out);
    assertMatch(out, /^conf\.d\/30-api\.cfg:6:\d+: .*\[duplicate-server\]$/m);
    assertMatch(out, /^conf\.d\/30-api\.cfg:6:1: .*\[missing-final-newline\]$/m);
    assertStringIncludes(out, "    6 |     server m1 10.0.0.22:6443 check\n");
    assert(!out.includes("nonsense"), out);
    // What the first files say holds for the last: alone it has neither a mode nor retries.
    const alone = await cli(["lint", "--haproxy", "conf.d/30-api.cfg"], { cwd: dir });
    assert(alone.out.includes("[no-redispatch]") && !out.includes("[no-redispatch]"), alone.out);
  }));

Deno.test("lint takes no folder without a configuration, and none for Keepalived", () =>
  inFolder({}, async (dir) => {
    await Deno.mkdir(`${dir}/empty`);
    const flags = ["--haproxy", "empty", "--keepalived", "."];
    const { code, err } = await cli(["lint", ...flags], { cwd: dir });
    assertEquals([code, err], [
      1,
      `Cannot read ".": it is no file [unreadable-file]
Cannot use "empty": it is a folder in which no file ends in .cfg [wrong-file]

2 errors, 0 warnings
`,
    ]);
  }));

Deno.test("lint says how long failovers of files by hand would take, and compares with --slo", () =>
  inFolder({ "one.conf": KEEPALIVED(101, -2), "two.conf": KEEPALIVED(100, -2) }, async (dir) => {
    const both = ["lint", "--keepalived", "one.conf", "--keepalived", "two.conf"];
    const { out } = await cli(both, { cwd: dir });
    assertStringIncludes(
      out,
      `VI_1 predicted   longest time without an answer, computed and not measured
  3.6 s  when the holder is lost: three adverts, 1 s apart, and the skew of priority 100
  0.6 s  when the holder is shut down: Keepalived says goodbye when it is stopped in order, and the skew is left
  4.8 s  when HAProxy dies: "check" must fail once, if it notices at all: /etc/keepalived/check.sh, which was not read; then the others wait 3.6 s, as for a lost holder
  5.8 s  when HAProxy hangs: "check" must fail once, the last time until Keepalived ends it after 1 s, if it notices at all: /etc/keepalived/check.sh, which was not read; then the others wait 3.6 s, as for a lost holder
      ?  when Keepalived is killed: its unit is not named (--unit FILE)

`,
    );
    assert(!out.includes("slo-missed"));
    const late = await cli([...both, "--slo", "4s"], { cwd: dir });
    assertEquals(late.out.match(/^\S+: warning: Cannot keep .* when HAProxy \S+/gm), [
      "one.conf:1:13: warning: Cannot keep a failover of 4 s for VI_1: clients would wait 4.8 s when HAProxy dies:",
      "one.conf:1:13: warning: Cannot keep a failover of 4 s for VI_1: clients would wait 5.8 s when HAProxy hangs:",
    ]);
    const { out: events } = await cli([...both, "--slo", "4s", "--json"], { cwd: dir });
    const lines = events.trim().split("\n").map((line) => JSON.parse(line));
    const { sloMs, faults, unpredicted } = lines.find(({ type }) => type === "prediction");
    assertEquals([sloMs, faults[0].fault, faults[0].ms, unpredicted[0].fault], [
      4000,
      "holder-lost",
      3609,
      "keepalived-killed",
    ]);
  }));

Deno.test("lint takes no --slo for an inventory, which has its own", () =>
  inFolder({ "hosts.yaml": INVENTORY("standard", 100) }, async (dir) => {
    const { code, err } = await cli(["lint", "hosts.yaml", "--slo", "1s"], { cwd: dir });
    assertEquals(code, 1);
    assertStringIncludes(err, "Cannot take --slo for an inventory: that is for files by hand");
    assertStringIncludes(err, "   hint: slo: { failover: 2s } in the endpoint map");
  }));

Deno.test("lint reads the scripts beside a keepalived.conf, and says which it did not see", () =>
  inFolder({ "vrrp.conf": KEEPALIVED(101, -2) }, async (dir) => {
    const line = ["lint", "--keepalived", "vrrp.conf"];
    const blind = await cli(line, { cwd: dir });
    assertStringIncludes(
      blind.out,
      `vrrp.conf:2:12: note: what "check" asks for was not looked at: "/etc/keepalived/check.sh" is not named, and no file of that name lies beside this one [unseen-script]
    2 |     script "/etc/keepalived/check.sh"
      |            ^^^^^^^^^^^^^^^^^^^^^^^^^^
   hint: --script check.sh
`,
    );
    assertMatch(blind.out, /^\d+ errors?, \d+ warnings?, 1 note$/m);
    const ignored = await cli([...line, "--ignore", "unseen-script"], { cwd: dir });
    assert(!ignored.out.includes("note"), ignored.out);
    await Deno.writeTextFile(`${dir}/check.sh`, "#!/bin/sh\ncurl -s -m 1 http://127.0.0.1:1/\n");
    const seen = await cli(line, { cwd: dir });
    assertMatch(seen.out, /^check\.sh:2:1: .*\[curl-without-fail\]$/m);
    assert(!seen.out.includes("unseen-script"), seen.out);
    // What is named counts, and not what lies beside.
    await Deno.mkdir(`${dir}/other`);
    await Deno.writeTextFile(`${dir}/other/check.sh`, "#!/bin/sh\npidof haproxy\n");
    const named = await cli([...line, "--script", "other/check.sh"], { cwd: dir });
    assert(!/curl-without-fail|unseen-script/.test(named.out), named.out);
  }));

Deno.test("lint misses no program of the system, and no script that nobody tracks", () => {
  const conf = KEEPALIVED(101, -2);
  const of = (command: string) => conf.replace("/etc/keepalived/check.sh", command);
  const files = {
    "program.conf": of("/usr/bin/killall -0 haproxy"),
    "runner.conf": of("/bin/sh /opt/check"),
    "untracked.conf": conf.replace("        check\n", ""),
  };
  return inFolder(files, async (dir) => {
    const missed = async (file: string) => {
      const { out } = await cli(["lint", "--keepalived", file], { cwd: dir });
      return out.match(/^.*\[unseen-script\]$/gm)?.map((it) => /: ("\S+") is not/.exec(it)?.[1]);
    };
    assertEquals(await missed("program.conf"), undefined);
    assertEquals(await missed("runner.conf"), ['"/opt/check"']);
    assertEquals(await missed("untracked.conf"), undefined);
  });
});
