/**
 * An endpoint whose daemons are static pods: its images, and what such pods cannot have.
 * @module
 */
import { quote } from "../../diagnostics.ts";
import type { PodSettings } from "../../model.ts";
import { errorAt, type Report, warningAt } from "../problems.ts";
import { below, type LocatedMap } from "../yaml/located.ts";
import { isApiServer, place, type Placed } from "./ports.ts";
import type { EndpointMap } from "./schema.ts";

/** What reading needs. */
export interface PodsOptions {
  /** `endpoint "lbs"`, for messages. */
  readonly label: string;
  /** The `endpoint` map as it was written. */
  readonly node: LocatedMap;
  /** Takes what is wrong. */
  readonly report: Report;
}

/** Settings of the static pods; nothing for units of the system. What is wrong is reported. */
export function podsOf(map: EndpointMap, options: PodsOptions): PodSettings | undefined {
  const { label, node, report } = options;
  const { mode, images } = map;
  if (mode === "services") {
    if (images === undefined) return undefined;
    const message = `"images" of ${label} are not used: its daemons are packages of the system`;
    const at = below(node, ["images"])?.source;
    return void report(warningAt(at, "unused-images", message, "mode: static-pods"));
  }
  if (images === undefined) {
    const message = `Cannot use mode "static-pods" of ${label}: "images" is missing, and a pod ` +
      "runs nothing without an image";
    const hint = "images: { haproxy: IMAGE:VERSION, keepalived: IMAGE:VERSION }";
    return void report(errorAt(below(node, ["mode"])?.source, "missing-key", message, hint));
  }
  for (const daemon of ["haproxy", "keepalived"] as const) pinned(daemon, images[daemon], options);
  withoutEffect(map, options);
  return { images };
}

/** An image that is another one tomorrow is a change that nobody made. */
function pinned(
  daemon: "haproxy" | "keepalived",
  image: string,
  { label, node, report }: PodsOptions,
): void {
  if (image.includes("@sha256:")) return;
  const source = below(node, ["images", daemon])?.source;
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  const hint = `images: { ${daemon}: ${image.replace(/:[^/:]+$/, "")}:VERSION }, or @sha256:DIGEST`;
  if (tag === undefined || tag === "latest") {
    const what = tag === undefined ? "it has neither tag nor digest" : `"latest" is another one`;
    const message = `Cannot use image ${quote(image)} of ${daemon} in ${label}: ${what}` +
      `${tag === undefined ? ", which means latest" : " with every release"}`;
    report(errorAt(source, "unpinned-image", message, hint));
  } else if (!/^v?\d/.test(tag)) {
    const message = `image ${quote(image)} of ${daemon} in ${label} may become another one: its ` +
      "tag names no version, and which one is in it has to be assumed";
    report(warningAt(source, "moving-image", message, hint));
  } else {
    const message = `image ${quote(image)} of ${daemon} in ${label} may become another one: a ` +
      "tag can be given to another image, and the next host that pulls it then runs that one";
    const digest = `images: { ${daemon}: ${image}@sha256:DIGEST }`;
    report(warningAt(source, "tag-without-digest", message, digest));
  }
}

/** Settings of packages and units, which a pod does not have. */
function withoutEffect(map: EndpointMap, { label, node, report }: PodsOptions): void {
  const keys = [
    ["packages", "versions are those of the images"],
    ["oom_score_adjust", "the kubelet sets it, to -997 for pods as critical as these"],
  ] as const;
  for (const [key, why] of keys) {
    if (map[key] === undefined) continue;
    const message = `${quote(key)} of ${label} has no effect with mode static-pods: ${why}`;
    report(warningAt(below(node, [key])?.source, "no-effect", message));
  }
  if (map.vrrp.notify === undefined) return;
  const message = `"vrrp.notify" of ${label} runs inside of the container of Keepalived: only ` +
    "programs of its image are there";
  report(warningAt(below(node, ["vrrp", "notify"])?.source, "notify-in-container", message));
}

/** Reports hosts of which nothing says that they have a kubelet. */
export function reportPods(placed: Placed, report: Report): void {
  const { endpoint } = placed;
  if (endpoint.pods === undefined) return;
  const others = endpoint.members.filter((member) => !isApiServer(endpoint, member))
    .map(({ host }) => quote(host.name));
  if (others.length === 0) return;
  const message = `endpoint ${quote(endpoint.name)} has static pods on ${others.join(", ")}, ` +
    `${others.length === 1 ? "which is" : "which are"} no API server of it: nothing starts them ` +
    "where no kubelet runs";
  report(warningAt(place(placed, ["mode"]), "no-api-server", message, "mode: services"));
}
