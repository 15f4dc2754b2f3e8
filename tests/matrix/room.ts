/**
 * A room with two hosts on this machine: real shells over real mounts, processes and kernel settings
 * of their own, on disks that survive a power cut. systemd, packages, the daemons and VRRP are
 * stand-ins (`machine/`); what they cannot show, the tests with real hosts do.
 * @module
 */
import { fromFileUrl } from "@std/path";
import { until } from "../../src/lab/process.ts";
import { firstOf, noteFirst } from "./power.ts";
import { belowHost, childrenOf, foreign } from "./processes.ts";

/** The hosts of a room. */
export const HOSTS = ["lb1", "lb2"] as const;
/** One of them. */
export type HostName = typeof HOSTS[number];

const MACHINE = fromFileUrl(new URL("./machine/", import.meta.url));
const BOOT = `${MACHINE}lib/machine/boot`;

/** Size of each of the two disks of a host, in kibibytes. */
const DISK_KB = 8192;

/** What ran, and how it ended. */
export interface Ran {
  /** Exit code. */
  readonly code: number;
  /** Standard output. */
  readonly stdout: string;
  /** Standard error. */
  readonly stderr: string;
}

/** Runs a program of this machine to its end. */
export async function ran(argv: readonly string[]): Promise<Ran> {
  const [program = "", ...args] = argv;
  const { code, stdout, stderr } = await new Deno.Command(program, { args, stdin: "null" })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs a program that must work. */
async function must(argv: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await ran(argv);
  if (code !== 0) throw new Error(`Cannot run ${argv.join(" ")}: it ended with ${code}: ${stderr}`);
  return stdout;
}

/** Two hosts. */
export class Room implements AsyncDisposable {
  /** Folder of the room. */
  readonly dir: string;
  readonly #keeper: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** Processes that hosts are started by; they end with their hosts. */
  readonly #launchers: Deno.ChildProcess[] = [];
  /** The first process within the room. */
  #first = 0;

  private constructor(dir: string, keeper: Deno.ChildProcess) {
    this.dir = dir;
    this.#keeper = keeper;
    this.#writer = keeper.stdin.getWriter();
  }

  /**
   * Makes a room whose hosts have the disks of a template: a folder with `HOST/disk` and `HOST/var`.
   * Nothing is switched on yet.
   */
  static async open(template: string): Promise<Room> {
    const dir = await Deno.makeTempDir({ prefix: "holdfast-room-" });
    await Deno.mkdir(`${dir}/net/fault`, { recursive: true });
    for (const host of HOSTS) await Deno.mkdir(`${dir}/net/fault/${host}`);
    // The disks are mounted where nobody else sees them, and go with the room's first process, which
    // ends with us: its input ends then.
    const keeper = new Deno.Command("unshare", {
      args: [
        ...["-m", "-p", "-f", "--kill-child=KILL", "--propagation", "private"],
        ...["sh", "-c", FURNISH, "room", dir, template, ...HOSTS],
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const room = new Room(dir, keeper);
    const reader = keeper.stdout.getReader();
    const { value } = await reader.read();
    if (!new TextDecoder().decode(value).startsWith("ready")) {
      throw new Error("Cannot make the disks of a room: see what mount says above");
    }
    reader.cancel().catch(() => {});
    room.#first = childrenOf(keeper.pid)[0] ?? 0;
    await noteFirst(dir, "room", room.#first);
    await Deno.mkdir(`${dir}/sessions`);
    return room;
  }

  /** Switches a host on and waits until it has booted. */
  async powerOn(host: HostName): Promise<void> {
    const at = `${this.dir}/${host}`;
    const launcher = new Deno.Command("nsenter", {
      args: [
        ...["-t", `${this.#first}`, "-m", "-p", "unshare", "-m", "-p", "-n", "-f"],
        ...["--kill-child=KILL", "/bin/sh", BOOT],
        ...[`${at}/root`, `${at}/disk`, `${at}/var`, `${this.dir}/net`, MACHINE],
      ],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#launchers.push(launcher);
    const reader = launcher.stdout.getReader();
    const { value } = await reader.read();
    const said = new TextDecoder().decode(value);
    if (!said.startsWith("up")) throw new Error(`Cannot boot "${host}": it said "${said}"`);
    reader.cancel().catch(() => {});
    await noteFirst(this.dir, host, belowHost(launcher.pid));
  }

  /** Whether a host has power. */
  isOn(host: HostName): boolean {
    return firstOf(this.dir, host) !== undefined;
  }

  /** Runs shell text on a host that is on, beside whatever else it does. */
  async run(host: HostName, script: string): Promise<string> {
    const pid = `${this.#firstOn(host)}`;
    return await must([
      "nsenter",
      "-t",
      pid,
      "-m",
      "-p",
      "-n",
      "-r",
      "-w",
      "/bin/sh",
      "-c",
      INSIDE + script,
    ]);
  }

  /** Runs shell text over the disks, whether or not a host is on; they lie in `DIR/HOST/{disk,var}`. */
  async onDisks(script: string, ...args: readonly string[]): Promise<string> {
    const own = ["sh", "-c", script, "disks", this.dir, ...args];
    return await must(["nsenter", "-t", `${this.#first}`, "-m", ...own]);
  }

  /** Processes on a host that are neither its boot nor its daemons, as their command lines. */
  foreign(host: HostName): string[] {
    return foreign(this.#firstOn(host));
  }

  #firstOn(host: HostName): number {
    const first = firstOf(this.dir, host);
    if (first === undefined) throw new Error(`Cannot look into "${host}": it has no power`);
    return first;
  }

  /** Waits until no process of a run is left on any host; gives those that never end. */
  async settled(timeoutMs: number): Promise<string[]> {
    let left: string[] = [];
    let quiet = 0;
    await until(
      () => {
        left = HOSTS.filter((host) => this.isOn(host)).flatMap((host) =>
          this.foreign(host).map((line) => `${host}: ${line}`)
        );
        quiet = left.length === 0 ? quiet + 1 : 0;
        // Twice, because whoever ends may have just started who goes on.
        return Promise.resolve(quiet >= 2);
      },
      timeoutMs,
      50,
    );
    return left;
  }

  /** Who held the address, one line for every change: no word: nobody. */
  async holders(): Promise<string[]> {
    const text = await Deno.readTextFile(`${this.dir}/net/log`).catch(() => "");
    return text.split("\n").slice(0, -1);
  }

  /** Keeps the disks as a template for other rooms. */
  async keep(template: string): Promise<void> {
    await this.onDisks(
      `for host in ${HOSTS.join(" ")}; do
mkdir -p "$2/$host" && cp -a "$1/$host/disk" "$1/$host/var" "$2/$host/" || exit; done`,
      template,
    );
  }

  /** Switches everything off; nothing of the room stays. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await Promise.all([this.#keeper, ...this.#launchers].map(({ status }) => status));
    await Deno.remove(this.dir, { recursive: true });
  }
}

const INSIDE =
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin; export PATH; cd /\n";

const FURNISH = `dir=$1 template=$2
shift 2
for host; do
  for disk in disk var; do
    mkdir -p "$dir/$host/$disk" "$dir/$host/root"
    mount -t tmpfs -o mode=755,size=${DISK_KB}k "$disk" "$dir/$host/$disk" || exit
    cp -a "$template/$host/$disk/." "$dir/$host/$disk/" || exit
  done
done
echo ready
exec cat >/dev/null`;
