/** Branches of the lints about words of haproxy.cfg that HAProxy does not take, or should not. */
import { assertEquals } from "@std/assert";
import {
  BIND_FLAGS,
  BIND_VALUES,
  GLOBAL,
  OPTIONS,
  PROXY,
  SERVER_FLAGS,
  SERVER_VALUES,
} from "../../src/lints/haproxy/_words.ts";
import { where } from "./where.ts";

/** Name of the case, its file, where something is found; with what is known beside it. */
type Case = readonly [
  name: string,
  text: string,
  found: readonly string[],
  more?: Parameters<typeof where>[2],
];

const one = (lines: string, more = "check") =>
  `backend apiserver\n${lines}\n server m1 10.0.0.21:6443 ${more}\n`;

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "misspelt-word": [
    ["of global", "global\n maxcon 100\n tune.no-such 1\n", ["2:2"]],
    ["of an option, and of one that is off", one(" option tcpak\n no option redipatch"), [
      "2:9",
      "3:12",
    ]],
    ["of a balance with an argument", one(" balance hdr(x)\n balance roundrobbin"), ["3:10"]],
    ["of a server", one("", "chek inter 1s"), ["3:27"]],
    ["behind a value", one("", "check inter 1s weigth 5"), ["3:42"]],
    ["a value that looks like a word", one("", "cookie chek check"), []],
    ["a name that looks like a word", one(" server weigth 10.0.0.9:1"), []],
    ["how many words follow source is not known", one("", "source 0.0.0.0 usesrc clinet"), []],
    ["of a bind", "frontend f\n bind *:1 transparant\n", ["2:11"]],
    ["a path", "frontend f\n bind /run/x.sock acept-proxy\n", ["2:19"]],
    ["like none that is known", one(" hyperspace on\n option warp"), []],
    ["that stands for another one", one(" ${WORD} 1"), []],
    ["of a section that nobody knows", "resolvers r\n nameservr x 1:1\n", []],
    ["below a condition", one(".if 1\n maxcon 1\n.endif"), []],
  ],
  "removed-word": [
    ["in an old version", one(" grace 10"), [], { versions: { haproxy: "2.4.0" } }],
    ["in a newer version", one(" grace 10"), ["2:2"], { versions: { haproxy: "2.6.12" } }],
    ["of global it is another one", "global\n grace 10s\n", []],
    ["below a condition", one(".if 1\n reqadd x\n.endif"), []],
  ],
  "address-in-head": [
    ["a listen section", "listen stats :8404\n", ["1:14"]],
    ["defaults of its own", "defaults d\nfrontend f from d\n", []],
  ],
  "tls-ends-here": [
    ["a listen section", "listen api\n bind *:6443 ssl crt x\n server a 10.0.0.9:6443\n", [
      "2:14",
    ]],
    [
      "another service",
      "listen web\n bind *:443 ssl crt x\n server a 10.0.0.9:80\nlisten b\n server b :1\n",
      [],
    ],
  ],
};

for (const [code, cases] of Object.entries(CASES)) {
  Deno.test(`lint ${code}: finds it where it is, and nowhere else`, () => {
    for (const [name, text, found, more] of cases) {
      assertEquals(where(code, { "haproxy.cfg": text }, more), found, name);
    }
  });
}

Deno.test("lint misspelt-word: no word that HAProxy knows is taken for another", () => {
  const at = (text: string) => where("misspelt-word", { "haproxy.cfg": text });
  assertEquals(at(`global\n${[...GLOBAL].join("\n")}\n`), []);
  assertEquals(at(`backend b\n${[...PROXY].join("\n")}\n`), []);
  assertEquals(at(`backend b\n${[...OPTIONS].map((it) => `option ${it}`).join("\n")}\n`), []);
  const server = [...SERVER_FLAGS, ...[...SERVER_VALUES].map((it) => `${it} x`)];
  assertEquals(at(server.map((it) => `backend b\nserver s 1:1 ${it}`).join("\n") + "\n"), []);
  const bind = [...BIND_FLAGS, ...[...BIND_VALUES].map((it) => `${it} x`)];
  assertEquals(at(bind.map((it) => `frontend f\nbind *:1 ${it}`).join("\n") + "\n"), []);
});
