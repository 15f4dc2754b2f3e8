import { assertEquals } from "@std/assert";
import { mirrors, reachSettings, sourceLines } from "../../src/lab/apt_sources.ts";

const deb822 = `# comment
Types: deb deb-src
# http://old.example/
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

Deno.test("mirrors() reads a deb822 file", () => {
  assertEquals(mirrors({ "a.sources": deb822 }), {
    archive: ["http://mirror.example/debian"],
    security: ["http://mirror.example/debian-security"],
    keyring: "/usr/share/keyrings/debian-archive-keyring.gpg",
  });
});

Deno.test("mirrors() reads one-line sources, with and without options", () => {
  const text = `# deb http://no.example/debian bookworm main
deb [arch=amd64 signed-by=/k/debian-archive-keyring.gpg] http://a.example/debian bookworm main non-free # mine
deb http://a.example/debian bookworm-updates main
deb-src http://src.example/debian bookworm main
deb http://s.example/debian-security bullseye/updates main
`;
  assertEquals(mirrors({ "/etc/apt/sources.list": text }), {
    archive: ["http://a.example/debian"],
    security: ["http://s.example/debian-security"],
    keyring: "/k/debian-archive-keyring.gpg",
  });
});

Deno.test("mirrors() passes over vendors that use Debian's suite names", () => {
  const text = `deb [signed-by=/k/docker.gpg] http://docker.example/linux/debian bookworm stable
deb [signed-by=/k/vendor.gpg] http://vendor.example bookworm main
deb http://sdk.example/apt cloud-sdk-bookworm main
`;
  assertEquals(mirrors({ "x.list": text }), { archive: [], security: [] });
});

Deno.test("mirrors() passes over a stanza that is switched off", () => {
  assertEquals(mirrors({ "a.sources": `Enabled: no\n${deb822.split("\n\n")[0]}` }).archive, []);
});

Deno.test("sourceLines() asks the same mirrors for another release", () => {
  const from = { archive: ["http://a"], security: ["http://s"] };
  assertEquals(sourceLines(from, "trixie"), [
    { uri: "http://a", suite: "trixie", optional: false },
    { uri: "http://a", suite: "trixie-updates", optional: true },
    { uri: "http://s", suite: "trixie-security", optional: true },
  ]);
});

Deno.test("reachSettings() keeps proxies and age checks and nothing else", () => {
  const dump = `Acquire "";
Acquire::http "";
Acquire::http::Proxy "http://proxy.example:3142";
Acquire::Check-Valid-Until "false";
Acquire::Languages "";
Acquire::Languages:: "none";
Acquire::GzipIndexes "true";
APT::Architecture "amd64";
`;
  assertEquals(reachSettings(dump), [
    'Acquire::http::Proxy "http://proxy.example:3142";',
    'Acquire::Check-Valid-Until "false";',
    'Acquire::Languages:: "none";',
  ]);
});
