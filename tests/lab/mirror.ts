/** A folder of packages on a host that its apt reads beside the mirror: versions made up for a test. */
import type { Lab } from "../../src/lab/mod.ts";
import { root } from "./holdfast.ts";

/**
 * Offers a package at another version: the one that was downloaded, its version aside. Gives the
 * version that the mirror has.
 */
export async function offer(
  lab: Lab,
  host: string,
  name: string,
  version: string,
): Promise<string> {
  return (await root(
    lab,
    host,
    `set -e
mkdir -p /srv/repo && cd /srv/repo
dpkg-deb -R /var/cache/apt/archives/${name}_*.deb work
sed -n 's/^Version: //p' work/DEBIAN/control
sed -i 's/^Version: .*/Version: ${version}/' work/DEBIAN/control
dpkg-deb -b work ${name}.deb >/dev/null
rm -r work
for deb in *.deb; do
  dpkg-deb -f "$deb"
  echo "Filename: ./$deb"
  echo "Size: $(stat -c %s "$deb")"
  echo "SHA256: $(sha256sum "$deb" | cut -d ' ' -f 1)"
  echo
done >Packages
echo 'deb [trusted=yes] file:/srv/repo ./' >/etc/apt/sources.list.d/test.list
apt-get -qq update -o Dir::Etc::sourcelist=sources.list.d/test.list -o Dir::Etc::sourceparts=- -o APT::Get::List-Cleanup=0`,
  )).trim();
}
