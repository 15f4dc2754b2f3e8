import { assertEquals, assertMatch } from "@std/assert";
import { apiServers } from "../../../src/endpoint/preflight/api_servers.ts";
import type { Endpoint, Finding } from "../../../src/model.ts";
import { runSh, withTempDir } from "../../helpers.ts";
import { SHELLS } from "../../ssh/shells.ts";
import { endpoint } from "../fixtures.ts";

/** A CA, and a certificate by it for these names; PEM texts. */
async function authority(dir: string, names: string) {
  const script = `cd '${dir}' && exec 2>/dev/null
new="openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
$new -x509 -keyout ca.key -out ca.crt -subj /CN=ca &&
$new -keyout key.pem -out csr.pem -subj /CN=server && printf 'subjectAltName=%s\\n' '${names}' >ext &&
openssl x509 -req -in csr.pem -out cert.pem -CA ca.crt -CAkey ca.key -CAcreateserial -extfile ext`;
  assertEquals((await runSh(script)).code, 0);
  const [ca, cert, key] = await Promise.all(
    ["ca.crt", "cert.pem", "key.pem"].map((name) => Deno.readTextFile(`${dir}/${name}`)),
  );
  return { ca: ca ?? "", cert: cert ?? "", key: key ?? "" };
}

interface Served {
  readonly endpoint: Endpoint;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Servers on loopback that answer with these statuses; 0: nobody is there. */
function serve(
  { cert, key, ca }: { cert: string; key: string; ca: string },
  statuses: readonly number[],
): Served {
  const port = 20_000 + Math.floor(Math.random() * 9_000);
  const servers = statuses.flatMap((status, i) =>
    status === 0
      ? []
      : [Deno.serve({ hostname: `127.0.9.${i + 1}`, port, cert, key, onListen: () => {} }, () =>
        new Response("", { status }))]
  );
  return {
    endpoint: endpoint({
      address: "10.88.0.10",
      ca,
      backendPort: port,
      backends: statuses.map((_, i) => ({ name: `m${i + 1}`, address: `127.0.9.${i + 1}` })),
    }),
    [Symbol.asyncDispose]: async () => void await Promise.all(servers.map((it) => it.shutdown())),
  };
}

/** Programs that the probe may find, in a folder of their own. */
async function onlyWith(dir: string, programs: readonly string[]): Promise<string> {
  const bin = `${dir}/bin-${programs.join("-")}`;
  await Deno.mkdir(bin);
  for (const name of ["sed", "grep", "head", "timeout", ...programs]) {
    const { stdout } = await runSh(`command -v ${name}`);
    await Deno.symlink(stdout.trim(), `${bin}/${name}`);
  }
  return bin;
}

async function ask(of: Endpoint, bin: string, shell: readonly string[]) {
  const { probe, judge } = apiServers(of);
  const text = `PATH='${bin}'\n${probe?.("lb1", new Map())}`;
  const answer = { ...await runSh(text, shell), askedAt: 0, answeredAt: 0 };
  assertEquals(answer.stderr, "");
  return judge(new Map([["lb1", answer]]), new Map());
}

const shown = (findings: readonly Finding[]) =>
  findings.map(({ severity, message }) => `${severity}: ${message}`);

const SHELLS_HERE = Object.entries({
  dash: ["dash"],
  bash: ["bash", "--posix"],
  busybox: ["busybox", "sh"],
}).filter(([name]) => SHELLS[name] !== undefined);

for (const program of ["curl", "openssl"]) {
  for (const [name, shell] of SHELLS_HERE) {
    Deno.test(`apiServers() asks with ${program} in ${name}: who is up, who refuses, who vouches for whom`, () =>
      withTempDir(async (dir) => {
        const bin = await onlyWith(dir, [program]);
        for (const sub of ["own", "other", "unnamed"]) await Deno.mkdir(`${dir}/${sub}`);
        const own = await authority(`${dir}/own`, "IP:10.88.0.10");
        {
          await using up = serve(own, [200, 401, 0]);
          const { findings, message } = await ask(up.endpoint, bin, shell);
          assertEquals(message, "backends 1/3");
          assertEquals(shown(findings), [
            "warning: m2 answers 401 to /readyz without credentials, which is how HAProxy asks",
          ]);
          assertMatch(findings[0]?.hint ?? "", /anonymous-auth/);
        }
        {
          await using closed = serve(own, [401, 401]);
          assertEquals(shown((await ask(closed.endpoint, bin, shell)).findings), [
            "error: m1, m2 answers 401 to /readyz without credentials, which is how HAProxy asks",
          ]);
        }
        {
          await using none = serve(own, [0, 0, 0]);
          assertEquals(await ask(none.endpoint, bin, shell), {
            findings: [],
            message: "backends 0/3",
          });
        }
        {
          const { ca } = await authority(`${dir}/other`, "IP:10.88.0.10");
          await using strange = serve({ ...own, ca }, [200]);
          const { findings, message } = await ask(strange.endpoint, bin, shell);
          assertEquals(message, "backends 0/1");
          assertEquals(shown(findings), [
            'error: the certificate of m1 is not one that "ca_file" vouches for, and HAProxy will refuse it',
          ]);
        }
        {
          await using unnamed = serve(
            await authority(`${dir}/unnamed`, "DNS:kubernetes,IP:10.0.0.1"),
            [200],
          );
          const { findings, message } = await ask(unnamed.endpoint, bin, shell);
          assertEquals(message, "backends 1/1");
          assertEquals(shown(findings), [
            "warning: the certificate of m1 does not hold 10.88.0.10: clients that connect to it will refuse it",
          ]);
        }
        {
          await using blind = serve(own, [200]);
          const { ca: _, ...rest } = blind.endpoint;
          assertEquals(await ask(rest, bin, shell), { findings: [], message: "backends 1/1" });
        }
      }));
  }
}

for (const [name, shell] of SHELLS_HERE) {
  Deno.test(`apiServers() asks in ${name} for every service with its own CA`, () =>
    withTempDir(async (dir) => {
      const bin = await onlyWith(dir, ["curl"]);
      for (const sub of ["own", "staging"]) await Deno.mkdir(`${dir}/${sub}`);
      const [own, staging] = await Promise.all([
        authority(`${dir}/own`, "IP:10.88.0.10"),
        authority(`${dir}/staging`, "IP:10.88.0.11"),
      ]);
      await using mine = serve(own!, [200]);
      await using theirs = serve(staging!, [200, 401]);
      const { backends, backendPort, ca = "" } = theirs.endpoint;
      const service = { name: "staging", addresses: ["10.88.0.11"], port: 8443, backends };
      const of = (ca: string) => ({
        ...mine.endpoint,
        also: [{ ...service, backendPort, ca, haproxy: { balance: "auto" } }],
      });
      const right = await ask(of(ca), bin, shell);
      assertEquals(right.message, "backends 1/1, staging 1/2");
      assertEquals(shown(right.findings), [
        "warning: m2 of staging answers 401 to /readyz without credentials, which is how HAProxy asks",
      ]);
      const wrong = await ask(of(own!.ca), bin, shell);
      assertEquals(wrong.message, "backends 1/1, staging 0/2");
      assertMatch(shown(wrong.findings).join(), /error: the certificate of m1 of staging, m2 of/);
    }));
}

Deno.test("apiServers() says what it needs where there is neither curl nor openssl", () =>
  withTempDir(async (dir) => {
    const { findings } = await ask(endpoint(), await onlyWith(dir, []), ["sh"]);
    assertEquals(findings, [{
      severity: "note",
      hosts: ["lb1"],
      message: "how the API servers answer it: needs curl or openssl",
    }]);
  }));

Deno.test("apiServers() names a member that alone cannot reach a server", () => {
  const said = (stdout: string) => ({ code: 0, stdout, stderr: "", askedAt: 0, answeredAt: 0 });
  const { findings } = apiServers(endpoint()).judge(
    new Map([
      ["lb1", said("api m1 200 ok ok\napi m2 000 ok ok\n")],
      ["lb2", said("api m1 000 ok ok\napi m2 000 ok ok\n")],
    ]),
    new Map(),
  );
  assertEquals(findings.map(({ hosts, message }) => [hosts, message]), [
    [["lb2"], "m1 does not answer it on port 6443, and answers other members"],
  ]);
});
