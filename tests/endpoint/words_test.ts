/** No configuration holds a word that its version does not know, or of which nobody looked that up. */
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { parseKeepalived } from "../../src/configs/keepalived.ts";
import type { Statement } from "../../src/configs/model.ts";
import { PATHS } from "../../src/endpoint/paths.ts";
import type { Daemon } from "../../src/endpoint/version.ts";
import { assertNewEnough, knows, OLDEST, WORDS } from "../../src/endpoint/words.ts";
import { TaskError } from "../../src/errors.ts";
import type { Endpoint } from "../../src/model.ts";
import { RELEASES, world } from "./fixtures.ts";
import { endpoints, filesOf, inPods, PAPER } from "./renderings.ts";

/** First words that say nothing without the next one. */
const FAMILIES = /^(option|timeout|stats|http-request|http-check|no)$/;
/** Lines in which words stand further on, and the first word that those are known by. */
const WITH_MORE: Readonly<Record<string, string>> = {
  "default-server": "server",
  "server": "server",
  "bind": "bind",
  "acl": "acl",
  "stats socket": "stats socket",
  "http-request tarpit": "http-request",
  "http-request return": "http-request",
  "http-request use-service": "http-request",
};
/** What else looks like a word in such lines: values, names, and the grammar of conditions. */
const VALUES = new Set(
  ("required none admin listeners alive ready if path lt no_api_server found m1 m2 m3 " +
    "tarpit return use-service socket prometheus-exporter kubernetes").split(" "),
);

/** Every word of a haproxy.cfg, as the table has them. */
function haproxyWords(text: string): string[] {
  return text.split("\n").map((line) => line.trim()).filter((line) => /^[a-z]/.test(line))
    .flatMap((line) => {
      const [first = "", second = "", ...rest] = line.split(/\s+/);
      const family = FAMILIES.test(first);
      const head = family ? `${first} ${second}` : first;
      const prefix = WITH_MORE[head];
      if (prefix === undefined) return [head];
      const more = (family ? rest : [second, ...rest])
        .flatMap((word) => word.match(/^(?:%\[)?([a-z][a-z0-9_-]+)(?=$|\()/)?.[1] ?? [])
        .filter((word) => !VALUES.has(word));
      return [head, ...more.map((word) => `${prefix} ${word}`)];
    });
}

/** Every word of a keepalived.conf; lines of addresses and of names hold none. */
function keepalivedWords(text: string): string[] {
  const within = (statements: readonly Statement[]): string[] =>
    statements.flatMap(({ words, block = [] }) => {
      const [first = "", ...rest] = words.map(({ text }) => text);
      const names = ["virtual_ipaddress", "unicast_peer", "track_script", "track_file"];
      const reverse = rest.includes("reverse") ? [`${first} reverse`] : [];
      const named = names.includes(first) && !block.some((it) => it.words[0]?.text === "file");
      return [first, ...reverse, ...(named ? [] : within(block))];
    });
  return within(parseKeepalived(text).statements);
}

/** The words of one daemon's file as it is rendered for a release. */
function words(
  daemon: Daemon,
  name: keyof ReturnType<typeof endpoints>,
  release: Release,
  as = (it: Endpoint) => it,
) {
  const files = filesOf(as(endpoints(PAPER)[name]), release);
  const text = files.find(({ path }) => path === PATHS[daemon])?.content ?? "";
  return daemon === "haproxy" ? haproxyWords(text) : keepalivedWords(text);
}

type Release = keyof typeof RELEASES;
const DAEMONS = ["haproxy", "keepalived"] as const;
const CORRECTED = ["standard", "standard-all", "standard-also", "fast", "fast-all"] as const;
const upstream = (version: string) => version.replace(/^\d+:/, "").replace(/-.*/, "");

for (const release of Object.keys(RELEASES) as Release[]) {
  Deno.test(`the configurations for ${release} hold no word that is newer than its daemons`, () => {
    for (const daemon of DAEMONS) {
      const version = upstream(RELEASES[release][daemon]);
      for (const name of CORRECTED) {
        const found = words(daemon, name, release);
        assert(found.length > 30, `${name} for ${daemon}: ${found}`);
        const strange = found.filter((word) => WORDS[daemon][word] === undefined);
        assertEquals(strange, [], `${name}: not in the table of ${daemon}`);
        assertEquals(found.filter((word) => !knows(daemon, version, word)), [], name);
      }
    }
  });
}

Deno.test("the configurations of pods hold no word that the oldest images do not know", () => {
  const oldest = { haproxy: "haproxy:2.2.33", keepalived: "net/keepalived:2.1.0" };
  const images = (it: Endpoint) => ({ ...inPods(it), pods: { images: oldest } });
  for (const daemon of DAEMONS) {
    for (const name of CORRECTED) {
      const found = words(daemon, name, "upstream", images);
      assert(found.length > 30, `${name} for ${daemon}: ${found}`);
      const strange = found.filter((word) => WORDS[daemon][word] === undefined);
      assertEquals(strange, [], `${name}: not in the table of ${daemon}`);
      assertEquals(found.filter((word) => !knows(daemon, OLDEST[daemon], word)), [], name);
    }
  }
});

Deno.test("the table holds no word that no template writes", () => {
  for (const daemon of DAEMONS) {
    const found = new Set(
      CORRECTED.flatMap((name) => [
        ...words(daemon, name, "upstream"),
        ...words(daemon, name, "upstream", inPods),
      ]),
    );
    assertEquals(Object.keys(WORDS[daemon]).filter((word) => !found.has(word)), []);
  }
});

Deno.test("what every version must know is known by the oldest", () => {
  for (const daemon of DAEMONS) {
    const asked = daemon === "haproxy" ? /^(cli|srv)tcpka-/ : /^$/;
    const newer = Object.keys(WORDS[daemon]).filter((word) => !knows(daemon, OLDEST[daemon], word));
    assertEquals(newer.filter((word) => !asked.test(word)), []);
  }
});

Deno.test("knows() goes by the first release, and refuses to guess", () => {
  assertEquals(
    ["2.2.9", "2.3", "2.3.1", "3.0"].map((it) => knows("haproxy", it, "clitcpka-idle")),
    [false, true, true, true],
  );
  assertThrows(() => knows("haproxy", "2.6", "clitcpka-idel"), TypeError, '"clitcpka-idel"');
});

Deno.test("a daemon that is too old is refused by name, with what it lacks and what would do", () => {
  const old = { haproxy: "1.8.27-2.el8", keepalived: "1:2.0.19-2ubuntu0.2" };
  const { standard, guide } = endpoints(PAPER);
  const plain = world(standard);
  const versions = (of: Partial<typeof old>) => {
    const packages = Object.fromEntries(
      DAEMONS.map((it) => [it, { installed: of[it] ?? RELEASES.bookworm[it] }]),
    );
    return {
      ...plain,
      facts: new Map([...plain.facts].map(([k, it]) => [k, { ...it, packages }])),
    };
  };
  const error = assertThrows(
    () => filesOf(standard, versions({ haproxy: old.haproxy })),
    TaskError,
  );
  assertStringIncludes(error.message, "haproxy 1.8.27: it does not know");
  assertStringIncludes(error.message, '"http-request return"');
  assertStringIncludes(error.message, "haproxy 2.2 or newer does");
  const other = assertThrows(
    () => filesOf(standard, versions({ keepalived: old.keepalived })),
    TaskError,
  );
  assertStringIncludes(other.message, '"track_file"');
  // The seed's words are older than everything.
  assert(filesOf(guide, versions(old)).length > 0);
  assertNewEnough("haproxy", "2.2");
});
