/** The manifests of static pods, read as YAML: what the kubelet would make of them. */
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { dirname } from "@std/path";
import { parseDocument } from "yaml";
import { PATHS, POD_PATHS, STAND_DOWN_FILE } from "../../src/endpoint/paths.ts";
import { imageVersion, podVersion } from "../../src/endpoint/pods.ts";
import { TaskError } from "../../src/errors.ts";
import type { Endpoint } from "../../src/model.ts";
import { endpoint, secret } from "./fixtures.ts";
import { endpoints, filesOf, inPods, PAPER } from "./renderings.ts";

const DAEMONS = ["haproxy", "keepalived"] as const;
type Daemon = typeof DAEMONS[number];

// deno-lint-ignore no-explicit-any -- A document of another schema, of which the tests ask parts.
type Pod = any;

/** The manifest of a daemon as YAML reads it; anything that YAML complains of fails. */
function podOf(of: Endpoint, daemon: Daemon): Pod {
  const file = filesOf(of, "bookworm").find(({ path }) => path === POD_PATHS[daemon]);
  const document = parseDocument(file?.content ?? "", { strict: true, uniqueKeys: true });
  assertEquals([...document.errors, ...document.warnings], []);
  return document.toJS();
}

const container = (of: Endpoint, daemon: Daemon) => podOf(of, daemon).spec.containers[0];
const hashOf = (of: Endpoint, daemon: Daemon): string =>
  podOf(of, daemon).metadata.annotations["holdfast/files"];

const PODS = Object.entries(endpoints(PAPER)).map(([name, it]) => [name, inPods(it)] as const);

for (const [name, of] of PODS) {
  for (const daemon of DAEMONS) {
    Deno.test(`the manifest of ${daemon} with ${name} is one pod on the host's network`, () => {
      const pod = podOf(of, daemon);
      assertEquals([pod.apiVersion, pod.kind], ["v1", "Pod"]);
      assertEquals([pod.metadata.name, pod.metadata.namespace], [daemon, "kube-system"]);
      assertEquals(pod.spec.hostNetwork, true);
      assertEquals(pod.spec.priorityClassName, "system-node-critical");
      assertEquals(pod.spec.containers.length, 1);
      assertEquals(pod.spec.containers[0].image, of.pods?.images[daemon]);
      assertEquals(pod.spec.containers[0].imagePullPolicy, "IfNotPresent");
      assertEquals(Object.keys(pod).sort(), ["apiVersion", "kind", "metadata", "spec"]);
    });

    Deno.test(`the manifest of ${daemon} with ${name} mounts every file that the daemon reads`, () => {
      const { spec } = podOf(of, daemon);
      const [{ volumeMounts }] = spec.containers;
      const folder = `/etc/${daemon}`;
      for (const { name, mountPath, readOnly } of volumeMounts) {
        const { hostPath } = spec.volumes.find((it: Pod) => it.name === name);
        // Where it is on the host, as the configurations name it.
        if (hostPath === undefined) continue;
        assertEquals(hostPath.path, mountPath);
        // It watches no file in a folder that is read-only.
        assertEquals(readOnly, name === "stand-down" ? undefined : true);
      }
      const mounted = volumeMounts.map((it: Pod) => it.mountPath);
      const read = filesOf(of, "bookworm").filter((it) =>
        it.daemon === daemon && it.part !== "pods"
      );
      assert(read.length > 0);
      assertEquals(read.filter(({ path }) => !path.startsWith(`${folder}/`)), []);
      // Keepalived's one by one: the folder of an image may hold what it does not start without.
      const wanted = daemon === "haproxy" ? [folder] : read.map(({ path }) => path);
      assertEquals(wanted.filter((path) => !mounted.includes(path)), []);
      assertEquals(mounted.includes(folder), daemon === "haproxy");
      const names = spec.volumes.map((it: Pod) => it.name).sort();
      assertEquals(volumeMounts.map((it: Pod) => it.name).sort(), names);
    });
  }

  Deno.test(`${name} in static pods has no file of a unit, and nothing to reload`, () => {
    const files = filesOf(of, "bookworm");
    assertEquals(files.filter(({ part }) => part === "systemd"), []);
    assertEquals(files.filter(({ path }) => path.includes("/systemd/")), []);
    assertEquals(
      files.flatMap(({ path, notify }) => notify.map((it) => [path, it])),
      DAEMONS.map((daemon) => [POD_PATHS[daemon], `await pod ${daemon}`]),
    );
    // After what they read: the kubelet starts them at once.
    assertEquals(files.slice(-2).map(({ path }) => path), Object.values(POD_PATHS));
  });
}

Deno.test("Keepalived has the rights that VRRP takes, and ten seconds to say goodbye", () => {
  const { spec } = podOf(inPods(endpoint()), "keepalived");
  const [{ securityContext, command, args }] = spec.containers;
  assertEquals(securityContext.capabilities, { add: ["NET_ADMIN", "NET_BROADCAST", "NET_RAW"] });
  assertEquals(spec.terminationGracePeriodSeconds, 10);
  assertEquals([command, args.at(-1)], [["keepalived"], `--use-file=${PATHS.keepalived}`]);
});

Deno.test("HAProxy has the rights that its ports and its user take, and no others", () => {
  const { spec } = podOf(inPods(endpoint()), "haproxy");
  const [{ securityContext, command, args }] = spec.containers;
  assertEquals(securityContext.capabilities, {
    drop: ["ALL"],
    add: ["KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"],
  });
  assertEquals([command, args.at(-1)], [["haproxy"], PATHS.haproxy]);
  // In the foreground, whatever its file says.
  assert(args.includes("-W") && args.includes("-db"));
  assertEquals(spec.terminationGracePeriodSeconds, 2);
});

Deno.test("the admin socket of HAProxy lies in a folder that the container may write", () => {
  const of = inPods(endpoint());
  const config = filesOf(of, "bookworm").find(({ path }) => path === PATHS.haproxy)?.content ?? "";
  const [, folder = ""] = /^ *stats socket (\/.*)\/[^/ ]+ /m.exec(config) ?? [];
  const { spec } = podOf(of, "haproxy");
  const mount = spec.containers[0].volumeMounts.find((it: Pod) => it.mountPath === folder);
  assertEquals(spec.volumes.find((it: Pod) => it.name === mount.name), {
    name: mount.name,
    emptyDir: {},
  });
});

Deno.test("the file that Keepalived watches to stand down lies in a folder of the host", () => {
  const of = inPods(endpoint());
  const config = filesOf(of, "bookworm").find(({ path }) => path === PATHS.keepalived)?.content ??
    "";
  assertStringIncludes(config, `file ${STAND_DOWN_FILE}\n`);
  const { spec } = podOf(of, "keepalived");
  const { hostPath } = spec.volumes.find((it: Pod) => it.name === "stand-down");
  assertEquals(hostPath, { path: dirname(STAND_DOWN_FILE), type: "DirectoryOrCreate" });
  // Nothing of it on a host with units.
  const unit = filesOf(endpoint(), "bookworm").find(({ path }) => path === PATHS.keepalived);
  assert(!unit?.content.includes("stand_down"));
});

Deno.test("the liveness of HAProxy is asked of HAProxy alone, wherever it listens", () => {
  const at = (stats: string) => {
    const plain = endpoint();
    return container(inPods({ ...plain, haproxy: { ...plain.haproxy, stats } }), "haproxy")
      .livenessProbe.httpGet;
  };
  const probe = (host: string, port: number) => ({ host, port, path: "/alive", scheme: "HTTP" });
  assertEquals(at("127.0.0.1:8404"), probe("127.0.0.1", 8404));
  assertEquals(at("0.0.0.0:9000"), probe("127.0.0.1", 9000));
  assertEquals(at("[::]:9000"), probe("::1", 9000));
  assertEquals(at("[::1]:9000"), probe("::1", 9000));
  // The seed's HAProxy can only be asked through the API servers: a cluster that is down would take
  // its load balancers with it.
  const { guide } = endpoints(PAPER);
  assertEquals(container(inPods(guide), "haproxy").livenessProbe, undefined);
  assertEquals(container(inPods(guide), "keepalived").livenessProbe, undefined);
});

Deno.test("a pod changes with every file that it reads, and with no other", () => {
  const plain = inPods(endpoint({ ca: PAPER.ca }));
  const changed: readonly (readonly [Daemon, Endpoint])[] = [
    ["haproxy", { ...plain, ca: PAPER.ca.replace("MIIB", "MIIC") }],
    ["haproxy", { ...plain, backends: plain.backends.slice(1) }],
    ["keepalived", { ...plain, vrrp: { ...plain.vrrp, routerId: 77 } }],
    ["keepalived", { ...plain, vrrp: { ...plain.vrrp, notify: ["true"] } }],
  ];
  for (const [daemon, of] of changed) {
    const other = daemon === "haproxy" ? "keepalived" : "haproxy";
    assertNotEquals(hashOf(of, daemon), hashOf(plain, daemon));
    assertEquals(hashOf(of, other), hashOf(plain, other));
  }
  assertEquals(hashOf(plain, "haproxy"), hashOf({ ...plain }, "haproxy"));
});

Deno.test("no manifest holds a secret or a whole hash of one", () => {
  for (const [name, of] of PODS) {
    const texts = filesOf(of, "bookworm").filter(({ part }) => part === "pods");
    for (const { content, mode } of texts) {
      assertEquals(mode, "0600");
      assert(!content.includes("s3cr3t") && !content.includes("PRIVATE"), name);
    }
    for (const daemon of DAEMONS) assert(/^sha256:[0-9a-f]{8}$/.test(hashOf(of, daemon)));
  }
});

Deno.test("a password alone changes the pod of profile guide", () => {
  const { guide } = endpoints(PAPER);
  const with_ = (authPass: string) =>
    inPods({ ...guide, vrrp: { ...guide.vrrp, authPass: secret(authPass) } });
  assertNotEquals(hashOf(with_("one"), "keepalived"), hashOf(with_("two"), "keepalived"));
});

Deno.test("imageVersion() is what the tag says", () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    "haproxy:2.8.10": "2.8.10",
    "haproxy:2.8-alpine": "2.8",
    "haproxy:3": "3",
    "net/keepalived:v2.2.8": "2.2.8",
    "images.example.org:5000/keepalived:2.2.8@sha256:00": "2.2.8",
    "images.example.org:5000/keepalived@sha256:00": undefined,
    "images.example.org:5000/keepalived": undefined,
    "haproxy:lts": undefined,
    "haproxy": undefined,
  };
  for (const [image, version] of Object.entries(cases)) assertEquals(imageVersion(image), version);
  const { reason, value } = podVersion("haproxy", {
    images: { haproxy: "haproxy:lts", keepalived: "" },
  });
  assertEquals([value, reason], ["2.6.12", "assumed: haproxy:lts names no version"]);
});

Deno.test("an image that is too old for a profile is refused with what would do", () => {
  const images = { haproxy: "haproxy:2.8.10", keepalived: "osixia/keepalived:2.0.20" };
  const error = assertThrows(
    () => filesOf({ ...endpoint(), pods: { images } }, "bookworm"),
    TaskError,
  );
  assertStringIncludes(error.message, "keepalived 2.0.20");
  assertStringIncludes(error.message, "keepalived 2.1.0 or newer does");
  const { guide } = endpoints(PAPER);
  assert(filesOf({ ...guide, pods: { images } }, "bookworm").length > 0);
});
