/**
 * Real apt over a source that the test makes, with folders of its own: `APT_CONFIG` leads it there, so
 * that nothing of this machine is read or written.
 */
import { assertEquals } from "@std/assert";
import { availablePackages } from "../../src/endpoint/preflight/packages.ts";
import { factsScript, parseFacts } from "../../src/runner/facts.ts";
import { endpoint, member } from "../endpoint/fixtures.ts";
import { runSh, withTempDir } from "../helpers.ts";

const { code } = await runSh("command -v apt-get && command -v dpkg-query");
const ignore = code !== 0;

/** Packages that no Debian has, so that none is installed here. */
const OFFERS = [["haproxy", "2.6.12-1"], ["haproxy", "2.4.22-1"], ["keepalived", "1:2.2.8-3"]];

/** A host whose apt knows these packages alone. */
async function onHost(work: (run: (script: string) => Promise<string>) => Promise<void>) {
  await withTempDir(async (dir) => {
    for (const one of ["repo", "lists/partial", "cache/archives/partial", "empty"]) {
      await Deno.mkdir(`${dir}/${one}`, { recursive: true });
    }
    const stanzas = OFFERS.map(([name, version]) =>
      `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: nobody\n` +
      `Filename: ./${name}.deb\nSize: 1\nSHA256: ${"0".repeat(64)}\nDescription: made up\n`
    );
    await Deno.writeTextFile(`${dir}/repo/Packages`, stanzas.join("\n"));
    await Deno.writeTextFile(`${dir}/sources.list`, `deb [trusted=yes] file:${dir}/repo ./\n`);
    await Deno.writeTextFile(`${dir}/status`, "");
    await Deno.writeTextFile(`${dir}/apt.conf`, confOf(dir));
    await work(async (script) => {
      const here = script.replaceAll("/var/lib/apt/lists/", `${dir}/lists/`)
        .replaceAll("/etc/apt/sources.list.d/", `${dir}/empty/`)
        .replaceAll("/etc/apt/sources.list", `${dir}/sources.list`);
      // What dpkg knows of this machine's own packages is not what is asked about.
      const { code, stdout, stderr } = await runSh(
        `APT_CONFIG=${dir}/apt.conf DPKG_ADMINDIR=${dir}; export APT_CONFIG DPKG_ADMINDIR\n${here}`,
      );
      assertEquals([code, stderr], [0, ""]);
      return stdout;
    });
  });
}

const confOf = (dir: string) =>
  `Dir::Etc::sourcelist "${dir}/sources.list";
Dir::Etc::sourceparts "${dir}/empty";
Dir::State::lists "${dir}/lists";
Dir::State::status "${dir}/status";
Dir::Cache "${dir}/cache";
APT::Sandbox::User "root";
`;

/** What the preflight says of a pin, `severity message` each. */
async function preflight(run: (script: string) => Promise<string>, haproxy: string) {
  const packages = { versions: { haproxy }, lockTimeoutMs: 0 };
  const one = availablePackages(endpoint({ packages, members: [member("lb1", "")] }));
  const known = parseFacts(await run(factsScript(["haproxy", "keepalived"])));
  const stdout = await run(one.probe?.("lb1", new Map()) ?? "false");
  const answer = { code: 0, stdout, stderr: "", askedAt: 0, answeredAt: 0 };
  return one.judge(new Map([["lb1", answer]]), new Map([["lb1", known]])).findings
    .map(({ severity, message }) => `${severity} ${message}`);
}

const REFUSED = "error haproxy 9.* cannot be installed: it is offered 2.6.12-1, 2.4.22-1";

Deno.test({
  name: "the preflight holds a pin against what real apt offers, with lists and without",
  ignore,
  fn: () =>
    onHost(async (run) => {
      const unread = "note whether keepalived can be installed: its package lists are not read yet";
      const lists = () => run("ls /var/lib/apt/lists/");
      assertEquals(await preflight(run, "9.*"), [REFUSED, unread]);
      assertEquals(await preflight(run, "2.4.*"), [unread]);
      assertEquals(await lists(), "partial\n", "they were read elsewhere");
      const facts = parseFacts(await run(factsScript(["keepalived"], { fetchLists: true })));
      assertEquals(facts.packages, { keepalived: { candidate: "1:2.2.8-3" } });
      assertEquals(await lists(), "partial\n");
      await run("apt-get -qq update");
      assertEquals(await preflight(run, "9.*"), [REFUSED]);
      assertEquals(await preflight(run, "2.4.*"), []);
    }),
});
