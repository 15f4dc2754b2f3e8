/**
 * The task over hosts made of stubs: its own shell text asks and changes programs that keep what they
 * were told in a file, as the real ones do.
 */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { TaskError } from "../../src/errors.ts";
import type { Opening } from "../../src/firewall/passage.ts";
import type { Change, ExecResult, Task } from "../../src/model.ts";
import { NOTHING } from "../../src/runner/plan.ts";
import { firewall } from "../../tasks/firewall.ts";

const OPENING: Opening = {
  interfaces: ["eth0"],
  passages: [
    { kind: "vrrp", from: "10.0.0.2" },
    { kind: "vrrp", from: "fd00::2" },
    { kind: "port", port: 8443 },
  ],
};
const open = firewall({ opening: () => OPENING });
const closed = firewall({});
const WORLD = { host: "lb1", facts: new Map(), predicted: NOTHING };

/** Keeps rules as `ufw show added` prints them. */
const UFW = `[ -e "$0.old" ] && case "$*" in *vrrp*) exit 1 ;; esac
case $1 in
status) echo "Status: $(cat "$0.status")"; echo "Default: $(cat "$0.policy") (incoming), allow (outgoing)"; exit ;;
show) echo "Added user rules (see 'ufw status' for running firewall):"; sed 's/^/ufw /' "$0.rules"; exit ;;
--dry-run) exit 0 ;;
esac
how=$1; shift
case "$*" in
*' proto vrrp from '*) text="allow from \${5} proto vrrp" ;;
*) text="allow $2" ;;
esac
case "$*" in *' comment '*) said=" comment '\${*##* }'" ;; *) said= ;; esac
grep -v -e "^$text\\$" -e "^$text comment" "$0.rules" >"$0.new"
if [ "$how" = prepend ]; then { echo "$text$said"; cat "$0.new"; } >"$0.rules"; else mv "$0.new" "$0.rules"; fi
`;

/** Keeps rich rules of the zone public, at runtime and for good. */
const FIREWALL_CMD = `file=$0.live
for word; do case $word in
--permanent) file=$0.saved ;;
--zone=*) zone=\${word#--zone=} ;;
--add-rich-rule=*) rule=\${word#*=}; grep -Fqx "$rule" "$file" || printf '%s\\n' "$rule" >>"$file"; [ "$zone" = public ]; exit ;;
--remove-rich-rule=*) rule=\${word#*=}; grep -Fvx "$rule" "$file" >"$file.new"; mv "$file.new" "$file"; [ "$zone" = public ]; exit ;;
--list-all-zones)
  printf 'block\\n  target: %%%%REJECT%%%%\\n  interfaces: \\n  rich rules: \\n\\n'
  printf 'public (active)\\n  target: %s\\n  interfaces: eth0 eth1\\n  services: ssh\\n  rich rules: \\n' "$(cat "$0.target")"
  sed 's/^/\\t/' "$file"; echo; exit ;;
esac; done
`;

/** Answers with a chain that drops, and writes down the transactions that it is given. */
const NFT = `case "$*" in
'list chains') printf 'table inet own {\\n\\tchain in {\\n\\t\\ttype filter hook input priority filter; policy drop;\\n\\t}\\n}\\n' ;;
'-j -t list table inet own') cat "$0.json" ;;
'-a list chain inet own in') cat "$0.chain" ;;
'list chain inet own in') ;;
'-f -') cat >>"$0.told" ;;
*) exit 1 ;;
esac
`;

/** Runs tests on a host with such programs, and files beside them. */
async function withHost(
  programs: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>>,
  test: (host: Host) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(programs)) {
      await Deno.writeTextFile(`${dir}/${name}`, `#!/bin/sh\n${text}`, { mode: 0o755 });
    }
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${dir}/${name}`, text);
    }
    await test(new Host(dir));
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

class Host {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /** Runs shell text that finds no firewall of the machine that the tests run on. */
  async run(script: string): Promise<ExecResult> {
    const { code, stdout, stderr } = await new Deno.Command("/bin/sh", {
      args: ["-c", script],
      env: { PATH: `${this.#dir}:/usr/bin:/bin`, early: "" },
      clearEnv: true,
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }

  file(name: string): Promise<string> {
    return Deno.readTextFile(`${this.#dir}/${name}`);
  }

  /** What a task wants now. */
  async plan(task: Task): Promise<readonly Change[]> {
    return task.plan(await this.run(task.probe), WORLD).changes;
  }

  /** Does what a task wants, and gives the way back. */
  async make(task: Task): Promise<string> {
    const undo: string[] = [];
    for (const change of await this.plan(task)) {
      if (change.kind !== "run") continue;
      const { code, stderr } = await this.run(change.script);
      assertEquals([code, stderr], [0, ""], change.script);
      undo.unshift(change.undo ?? "");
    }
    return undo.join("\n");
  }
}

const summaries = (changes: readonly Change[]) => changes.map(({ summary }) => summary);
const EVERYTHING = "VRRP from 10.0.0.2, VRRP from fd00::2, TCP port 8443";

Deno.test("firewall() wants nothing on a host without one, and asks for no address there", async () => {
  const asked = firewall({ opening: () => assert(false, "asked") as never });
  await withHost({}, {}, async (host) => {
    assertEquals(await host.plan(asked), []);
    assertEquals(await host.plan(closed), []);
  });
});

const ufwFiles = { "ufw.status": "active", "ufw.policy": "deny", "ufw.rules": "allow 22/tcp\n" };

Deno.test("firewall() lets all in through ufw, once, and takes exactly that out again", async () => {
  await withHost({ ufw: UFW }, ufwFiles, async (host) => {
    assertEquals(summaries(await host.plan(open)), [`let ${EVERYTHING} in through ufw`]);
    const undo = await host.make(open);
    const made = [
      "allow 8443/tcp comment 'holdfast'",
      "allow from fd00::2 proto vrrp comment 'holdfast'",
      "allow from 10.0.0.2 proto vrrp comment 'holdfast'",
      "allow 22/tcp",
      "",
    ].join("\n");
    assertEquals(await host.file("ufw.rules"), made);
    assertEquals(await host.plan(open), []);
    for (const _ of ["once", "twice"]) {
      assertEquals((await host.run(undo)).code, 0);
      assertEquals(await host.file("ufw.rules"), "allow 22/tcp\n");
    }
    await host.make(open);
    await host.make(closed);
    assertEquals(await host.file("ufw.rules"), "allow 22/tcp\n");
    assertEquals(await host.plan(closed), []);
  });
});

Deno.test("firewall() puts another port of ufw in the old one's place, and back", async () => {
  const moved = firewall({
    opening: () => ({ ...OPENING, passages: [{ kind: "port", port: 9443 }] }),
  });
  const rules = "allow 8443/tcp comment 'holdfast'\nallow 22/tcp\n";
  await withHost({ ufw: UFW }, { ...ufwFiles, "ufw.rules": rules }, async (host) => {
    assertEquals(summaries(await host.plan(moved)), [
      "let TCP port 9443 in through ufw, no longer let TCP port 8443 in through ufw",
    ]);
    const undo = await host.make(moved);
    assertEquals(
      await host.file("ufw.rules"),
      "allow 9443/tcp comment 'holdfast'\nallow 22/tcp\n",
    );
    await host.run(undo);
    assertEquals(await host.file("ufw.rules"), rules);
  });
});

Deno.test("firewall() leaves a rule of ufw to whoever made it", async () => {
  const rules = "allow 8443/tcp comment 'by hand'\nallow 8443/tcp\n";
  const own = firewall({
    opening: () => ({ ...OPENING, passages: [{ kind: "port", port: 8443 }] }),
  });
  await withHost({ ufw: UFW }, { ...ufwFiles, "ufw.rules": rules }, async (host) => {
    assertEquals(await host.plan(own), []);
    assertEquals(await host.plan(closed), []);
  });
});

Deno.test("firewall() adds nothing to a ufw that is off or lets everything in", async () => {
  for (const change of [{ "ufw.status": "inactive" }, { "ufw.policy": "allow" }]) {
    await withHost({ ufw: UFW }, { ...ufwFiles, ...change }, async (host) => {
      assertEquals(await host.plan(open), []);
    });
  }
});

Deno.test("firewall() says what to do where ufw does not know the protocol", async () => {
  await withHost({ ufw: UFW }, { ...ufwFiles, "ufw.old": "" }, async (host) => {
    const seen = await host.run(open.probe);
    const { message } = assertThrows(() => open.plan(seen, WORLD), TaskError);
    assertEquals(
      message,
      "Cannot let VRRP in through ufw: this version does not know the protocol, 0.36.2 and newer " +
        'do; upgrade ufw, or set "firewall: none" in the endpoint, put before COMMIT ' +
        '"-A ufw-before-input -p 112 -s 10.0.0.2 -j ACCEPT" in /etc/ufw/before.rules, ' +
        '"-A ufw6-before-input -p 112 -s fd00::2 -j ACCEPT" in /etc/ufw/before6.rules, ' +
        "and type: ufw allow 8443/tcp; ufw reload",
    );
  });
});

const RICH = [
  'rule priority="-21112" family="ipv4" source address="10.0.0.2" protocol value="112" accept',
  'rule priority="-21112" family="ipv6" source address="fd00::2" protocol value="112" accept',
  'rule priority="-21112" port port="8443" protocol="tcp" accept',
  "",
].join("\n");
const theirs = 'rule family="ipv4" source address="192.0.2.1" drop\n';
const FIREWALLD_HOST = { "firewall-cmd": FIREWALL_CMD, systemctl: "" };
const zoneFiles = {
  "firewall-cmd.target": "default",
  "firewall-cmd.live": theirs,
  "firewall-cmd.saved": "",
};

Deno.test("firewall() lets all in through firewalld, now and for good, and takes it out again", async () => {
  await withHost(FIREWALLD_HOST, zoneFiles, async (host) => {
    const both = async () => [
      await host.file("firewall-cmd.live"),
      await host.file("firewall-cmd.saved"),
    ];
    assertEquals(summaries(await host.plan(open)), [
      `let ${EVERYTHING} in through firewalld (zone public)`,
    ]);
    const undo = await host.make(open);
    assertEquals(await both(), [theirs + RICH, RICH]);
    assertEquals(await host.plan(open), []);
    await host.run(undo);
    assertEquals(await both(), [theirs, ""]);
    await host.make(open);
    await host.make(closed);
    assertEquals(await both(), [theirs, ""]);
    assertEquals(await host.plan(closed), []);
  });
});

Deno.test("firewall() mends what firewalld has at runtime alone, or for good alone", async () => {
  const half = { ...zoneFiles, "firewall-cmd.live": RICH };
  await withHost(FIREWALLD_HOST, half, async (host) => {
    await host.make(open);
    assertEquals(await host.file("firewall-cmd.saved"), RICH);
  });
});

Deno.test("firewall() adds nothing to a zone of firewalld that lets everything in", async () => {
  const trusted = { ...zoneFiles, "firewall-cmd.target": "ACCEPT" };
  await withHost(FIREWALLD_HOST, trusted, async (host) => {
    assertEquals(await host.plan(open), []);
  });
});

const chainOf = (...comments: readonly string[]) =>
  JSON.stringify({
    nftables: [
      {
        chain: {
          ...{ family: "inet", table: "own", name: "in", handle: 1 },
          ...{ type: "filter", hook: "input", prio: 0, policy: "drop" },
        },
      },
      ...comments.map((comment) => ({
        rule: { family: "inet", table: "own", chain: "in", comment, expr: [{ accept: null }] },
      })),
    ],
  });
const OURS = OPENING.passages.map((it) =>
  it.kind === "port" ? `holdfast TCP port ${it.port}` : `holdfast VRRP from ${it.from}`
);
const SYSTEMCTL =
  `printf '%s\\n' "$*" >>"$0.calls"; case $1 in show) cat "$0.show" 2>/dev/null ;; esac; :\n`;
const nftFiles = { "nft.json": chainOf("ssh"), "nft.chain": "" };
const NFT_HOST = { nft: NFT, systemctl: SYSTEMCTL };

Deno.test("firewall() puts its rules at the head of a chain of nft, and a unit beside it", async () => {
  await withHost(NFT_HOST, nftFiles, async (host) => {
    const [write, load, ...more] = await host.plan(open);
    assertEquals(more, []);
    if (write?.kind !== "write" || load?.kind !== "run") {
      throw new TypeError("expected two changes");
    }
    assertEquals(write.files.map(({ path, mode }) => [path, mode]), [
      ["/usr/local/sbin/holdfast-firewall", "0755"],
      ["/etc/systemd/system/holdfast-firewall.service", "0644"],
    ]);
    assertEquals(load.summary, `let ${EVERYTHING} in through nftables (inet own in)`);
    assertEquals((await host.run(load.script)).code, 0);
    const told = [
      'insert rule inet own in tcp dport 8443 accept comment "holdfast TCP port 8443"',
      'insert rule inet own in ip6 saddr fd00::2 meta l4proto 112 accept comment "holdfast VRRP from fd00::2"',
      'insert rule inet own in ip saddr 10.0.0.2 meta l4proto 112 accept comment "holdfast VRRP from 10.0.0.2"',
      "",
    ].join("\n");
    assertEquals(await host.file("nft.told"), told);
    // The file does the same.
    const script = write.files[0]?.content.replace(/^PATH=.*$/m, "") ?? "";
    assertEquals((await host.run(script)).code, 0);
    assertEquals(await host.file("nft.told"), told + told);
    assertMatch(await host.file("systemctl.calls"), /^-q enable holdfast-firewall\.service$/m);
  });
});

Deno.test("firewall() takes rules of nft out by their handles alone", async () => {
  const chain = `\tchain in { # handle 1
\t\ttcp dport 22 accept comment "ssh" # handle 4
\t\tip saddr 10.0.0.9 meta l4proto vrrp accept comment "holdfast VRRP from 10.0.0.9" # handle 7
\t\ttcp dport 9 accept comment "no holdfast rule" # handle 8
\t}
`;
  const files = {
    "nft.json": chainOf("ssh", "holdfast VRRP from 10.0.0.9", "no holdfast rule"),
    "nft.chain": chain,
  };
  await withHost(NFT_HOST, files, async (host) => {
    const undo = await host.make(closed);
    assertEquals(await host.file("nft.told"), "delete rule inet own in handle 7\n");
    assertEquals((await host.run(undo)).code, 0);
    assertEquals(
      (await host.file("nft.told")).split("\n").slice(1, 3),
      [
        "delete rule inet own in handle 7",
        'insert rule inet own in ip saddr 10.0.0.9 meta l4proto 112 accept comment "holdfast VRRP from 10.0.0.9"',
      ],
    );
  });
});

Deno.test("firewall() loads nft's rules again when they are there and their unit is not", async () => {
  await withHost(NFT_HOST, { ...nftFiles, "nft.json": chainOf(...OURS) }, async (host) => {
    assertEquals((await host.plan(open)).map(({ kind }) => kind), ["write", "run"]);
  });
});

Deno.test("firewall() wants nothing where nft has no chain that blocks", async () => {
  const json = chainOf("ssh").replace('"policy":"drop"', '"policy":"accept"')
    .replace('{"accept":null}', '{"accept":null},{"match":{}}');
  await withHost(NFT_HOST, { ...nftFiles, "nft.json": json }, async (host) => {
    assertEquals(await host.plan(open), []);
    assertEquals(await host.plan(closed), []);
  });
});
