/**
 * govmomi's simulator as a process of its own (tests/vcsim/main.go): a cluster `DC0_C0`, a host
 * without one, and machines `DC0_C0_RP0_VM0`, …
 */
import { caller } from "../../src/placement/vsphere/client.ts";
import type { VsphereOptions } from "../../src/placement/vsphere/mod.ts";
import type { Ref } from "../../src/placement/vsphere/requests.ts";
import { escapeXml } from "../../src/placement/vsphere/xml.ts";
import { begin, type Session } from "../../src/placement/vsphere/session.ts";
import { CLOCK, wire } from "../../src/placement/vsphere/wire.ts";
import { vcsim } from "../vcsim/build.ts";
import { certificates } from "./certificates.ts";
import { optionsFor, PASSWORD } from "./fake_vcenter.ts";

/** Its CA and certificate. */
export const certs = await certificates();
globalThis.addEventListener("unload", () => Deno.removeSync(certs.dir, { recursive: true }));

const program = await vcsim();
if (program === undefined) {
  const why = "Debian's golang-go and golang-github-vmware-govmomi-dev are not installed";
  if (Deno.env.get("CI") === "true") throw new Error(`Cannot run the simulator: ${why}`);
  console.log(`!!! Not tried against the simulator of a vCenter: ${why}`);
}

/** A test that needs the simulator; left out, with a word about it, where it cannot be built. */
export function simulated(name: string, work: () => Promise<void>): void {
  Deno.test({ name, ignore: program === undefined, fn: work });
}

/** A simulator at work. */
export interface Simulator extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly server: string;
  /** What leads to it, with the right user. */
  readonly options: (more?: Partial<VsphereOptions>) => VsphereOptions;
  /** How many writes of a cluster's configuration were asked for. */
  writes(): Promise<number>;
  /** Does something to it that the product never does. */
  behind(work: (session: Session) => Promise<void>): Promise<void>;
}

/** Starts one; `flags` as main.go has them. */
export async function simulator(...flags: string[]): Promise<Simulator> {
  const { cert, key } = certs.files;
  const child = new Deno.Command(program ?? "", {
    args: ["-cert", cert, "-key", key, "-password", PASSWORD, ...flags],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const server = await firstLine(child.stdout);
  return {
    server,
    options: (more) => optionsFor({ server }, certs, more),
    writes: () => writesOf(server),
    behind: (work) => behind(server, work),
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await child.status;
    },
  };
}

/** Sets things right for a test: moves a machine to a host. */
export function relocate(session: Session, vm: Ref, host: Ref): Promise<void> {
  const args = `<spec><host type="${host.type}">${host.value}</host></spec>`;
  return session.change({ method: "RelocateVM_Task", on: vm, args }, "move a machine");
}

/** Gives a machine another name. */
export function rename(session: Session, on: Ref, name: string): Promise<void> {
  const args = `<newName>${escapeXml(name)}</newName>`;
  return session.change({ method: "Rename_Task", on, args }, "rename a machine");
}

/** Objects of a type by their names. */
export async function named(session: Session, type: string): Promise<ReadonlyMap<string, Ref>> {
  const objects = await session.readAll([{ type, paths: ["name"] }], "look");
  return new Map(objects.map(({ ref, values }) => [values.get("name")?.text ?? "", ref]));
}

async function behind(server: string, work: (session: Session) => Promise<void>): Promise<void> {
  const options = optionsFor({ server }, certs);
  using way = wire(options);
  const session = await begin(caller(way.post), options, CLOCK, 10_000);
  await work(session);
  await session.end();
}

async function writesOf(server: string): Promise<number> {
  using client = Deno.createHttpClient({ caCerts: [certs.ca] });
  return Number(await (await fetch(`https://${server}/writes`, { client })).text());
}

async function firstLine(stdout: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const part of stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.includes("\n")) return text.slice(0, text.indexOf("\n"));
  }
  throw new Error("The simulator ended before it listened");
}
