import { assertEquals } from "@std/assert";
import { LOOKS, parseSources, SOURCES } from "../../src/packages/sources.ts";
import { runSh, withTempDir } from "../helpers.ts";
import { SHELLS } from "../ssh/shells.ts";

type Manager = "apt" | "dnf" | "zypper" | "apk";

/** Files of a host by path, and what it has by them: `any`, `lists`, `community`. */
type Case = readonly [Manager, Readonly<Record<string, string>>, ...string[]];

const REPO = "etc/yum.repos.d/a.repo";
const ZYPP = "etc/zypp/repos.d/a.repo";
const APK = "etc/apk/repositories";

const CASES: Readonly<Record<string, Case>> = {
  "apt without a file": ["apt", {}],
  "apt with a comment": ["apt", { "etc/apt/sources.list": "# deb http://a/ b c\n" }],
  "apt with a line": ["apt", { "etc/apt/sources.list.d/a.list": "deb http://a/ b c\n" }, "any"],
  "apt with a stanza": [
    "apt",
    { "etc/apt/sources.list.d/a.sources": "Types: deb\nURIs: http://a/\n" },
    "any",
  ],
  "apt with lists": ["apt", { "var/lib/apt/lists/a_Packages.lz4": "" }, "lists"],
  "dnf without a repository": ["dnf", { "etc/dnf/dnf.conf": "[main]\ngpgcheck=1\n" }],
  "dnf with one": ["dnf", { [REPO]: "[a]\nbaseurl=http://a/\nenabled_metadata=0\n" }, "any"],
  "dnf with one whose file has no last line end": ["dnf", { [REPO]: "[a]\nenabled = 1" }, "any"],
  "dnf with all of them off": [
    "dnf",
    { [REPO]: "[a]\nenabled=0\nname=a\n[b]\nenabled = False\n" },
  ],
  "dnf with the second on": ["dnf", { [REPO]: "[a]\nenabled=0\n[b]\nname=b\n" }, "any"],
  "dnf with the first on": ["dnf", { [REPO]: "[a]\nname=a\n[b]\nenabled=0\n" }, "any"],
  "dnf with one in its own file": ["dnf", { "etc/dnf/dnf.conf": "[main]\n[a]\n" }, "any"],
  "dnf that is told elsewhere": ["dnf", { "etc/dnf/dnf.conf": "[main]\nreposdir=/srv\n" }, "any"],
  "dnf 5 that overrides": ["dnf", { "etc/dnf/repos.override.d/99.repo": "" }, "any"],
  "dnf with lists": ["dnf", { "var/cache/dnf/a-1/repodata/repomd.xml": "" }, "lists"],
  "zypper without a repository": ["zypper", {}],
  "zypper with one that is off": ["zypper", { [ZYPP]: "[a]\nenabled=0\n" }],
  "zypper with one": ["zypper", { [ZYPP]: "[a]\nenabled=1\nautorefresh=1\n" }, "any"],
  "zypper with lists": ["zypper", { "var/cache/zypp/solv/a/solv": "" }, "lists"],
  "zypper with its own system alone": ["zypper", { "var/cache/zypp/solv/@System/solv": "" }],
  "apk with comments": ["apk", { [APK]: "#http://a/main\n\n" }],
  "apk with main alone": ["apk", { [APK]: "http://a/main\n#http://a/community\n" }, "any"],
  "apk with both": ["apk", { [APK]: "http://a/main\nhttp://a/community\n" }, "any", "community"],
  "apk 3 with a folder": [
    "apk",
    { "etc/apk/repositories.d/a.list": "http://a/community\n" },
    ...["any", "community"],
  ],
  "apk with lists": ["apk", { "var/cache/apk/APKINDEX.1.tar.gz": "" }, "lists"],
};

const SHELLS_HERE = Object.entries({
  dash: ["dash"],
  bash: ["bash", "--posix"],
  busybox: ["busybox", "sh"],
}).filter(([name]) => SHELLS[name] !== undefined);

/** Asserts what the text says on a host with these files and no others. */
function assertSeen([manager, files, ...has]: Case, shell: readonly string[]) {
  return withTempDir(async (dir) => {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(`${dir}/${path.replace(/\/[^/]*$/, "")}`, { recursive: true });
      await Deno.writeTextFile(`${dir}/${path}`, text);
    }
    const text = `fetch= manager=${manager}\n${LOOKS.text}\n${SOURCES.text}\n:`
      .replaceAll(
        /(?<![\w.}$])\/(etc|var\/lib|var\/cache|usr\/share\/dnf5|lib\/apk)\//g,
        `${dir}/$1/`,
      );
    const { stdout, stderr } = await runSh(text, shell);
    assertEquals(stderr, "");
    const [any, lists, community] = ["any", "lists", "community"].map((it) => has.includes(it));
    assertEquals({ ...parseSources(stdout) }, { any, lists, community });
  });
}

for (const [shellName, shell] of SHELLS_HERE) {
  Deno.test(`SOURCES says in ${shellName} where a host has packages from`, async (t) => {
    for (const [name, one] of Object.entries(CASES)) {
      await t.step(name, () => assertSeen(one, shell));
    }
  });
}

Deno.test("SOURCES says nothing of a host whose manager is not known", async () => {
  const { code, stdout } = await runSh(`manager=unknown\n${LOOKS.text}\n${SOURCES.text}\n:`);
  assertEquals([code, stdout], [0, ""]);
});
