/**
 * Disks of hosts that nothing was deployed to: a Debian as the product finds it, as far as it looks.
 * @module
 */
import { HOSTS, ran } from "./room.ts";

/** Files of a bare host below /etc; `lb1` stands for its name. */
const ETC: Readonly<Record<string, string>> = {
  "os-release":
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n',
  passwd:
    "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
  group: "root:x:0:\nnogroup:x:65534:\n",
  shadow: "root:*:19000:0:99999:7:::\n",
  gshadow: "root:*::\n",
  "nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\n",
  "login.defs":
    "SYS_UID_MIN 100\nSYS_UID_MAX 999\nSYS_GID_MIN 100\nSYS_GID_MAX 999\nUSERGROUPS_ENAB yes\n",
  "ssh/ssh_host_ed25519_key": "a key that only root may read\n",
};

/** Folders that every Debian has. */
const FOLDERS = {
  disk: ["systemd/system/multi-user.target.wants", "sysctl.d", "ssh", "alternatives"],
  var: ["lib/dpkg/updates", "lib/apt/lists", "lib/machine", "tmp"],
} as const;

/** Makes the disks of two bare hosts below a folder. */
export async function bareDisks(dir: string): Promise<void> {
  for (const [i, host] of HOSTS.entries()) {
    for (const [disk, folders] of Object.entries(FOLDERS)) {
      for (const folder of folders) {
        await Deno.mkdir(`${dir}/${host}/${disk}/${folder}`, { recursive: true });
      }
    }
    const own = { hostname: `${host}\n`, "../var/lib/machine/packages": "" };
    for (const [path, text] of Object.entries({ ...ETC, ...own })) {
      await Deno.writeTextFile(`${dir}/${host}/disk/${path}`, text, { mode: 0o644 });
    }
    await Deno.writeTextFile(`${dir}/${host}/disk/address`, `10.77.0.1${i + 1}\n`);
    await Deno.writeTextFile(`${dir}/${host}/var/lib/apt/lists/room_Packages`, "");
    // Which programs this machine's own links choose, and where its loader finds libraries.
    await ran(["cp", "-a", "/etc/alternatives/.", `${dir}/${host}/disk/alternatives/`]);
    await ran(["cp", "-a", "/etc/ld.so.cache", `${dir}/${host}/disk/`]);
  }
}
