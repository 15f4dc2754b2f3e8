/** Branches of the rules that hold members of one group against each other. */
import { assertEquals } from "@std/assert";
import { type Case, CMD, codes, script, tracks, vrrp } from "./keepalived_cases.ts";

const CASES: Readonly<Record<string, Case>> = {
  "a weight of the instance counts before the script's": [
    "weight-below-gap",
    [
      vrrp(`priority 110\n${tracks("c weight -5")}`, script(`${CMD}\nweight -50`)),
      vrrp("priority 100"),
    ],
    1,
  ],
  "a weight against members of another router id": [
    "weight-below-gap",
    [
      vrrp(`priority 110\n${tracks("c")}`, script(`${CMD}\nweight -2`)),
      vrrp("priority 100").replace("router_id 9", "router_id 8"),
    ],
    0,
  ],
  "a weight that nobody's priority is below": [
    "weight-below-spread",
    ["110", "100"].map((it) => vrrp(`priority ${it}\n${tracks("c")}`, script(`${CMD}\nweight -2`))),
    0,
  ],
  "a weight that only reaches the next, or is equal to the last": [
    "weight-below-spread",
    ["103", "102", "101"].map((it) =>
      vrrp(`priority ${it}\n${tracks("c")}`, script(`${CMD}\nweight -2`))
    ),
    1,
  ],
  "several weights, each larger than the distance": [
    "weight-below-spread",
    ["250", "240", "230"].map((it) =>
      vrrp(
        `priority ${it}\n${tracks("c", "d", "e")}`,
        ["c", "d", "e"].map((name) => script(`${CMD}\nweight -30`, name)).join(""),
      )
    ),
    0,
  ],
  "weights that leave the lowest priority together": [
    "weight-over-priority",
    ["100", "91"].map((it) =>
      vrrp(
        `priority ${it}\n${tracks("c", "d", "e")}`,
        ["c", "d", "e"].map((name) => script(`${CMD}\nweight -30`, name)).join(""),
      )
    ),
    0,
  ],
  "weights that leave one of the priorities": [
    "weight-over-priority",
    ["100", "40"].map((it) => vrrp(`priority ${it}\n${tracks("c")}`, script(`${CMD}\nweight -80`))),
    0,
  ],
  "a check of one member alone": [
    "weight-over-priority",
    [vrrp(`priority 50\n${tracks("c")}`, script(`${CMD}\nweight -60`)), vrrp("priority 40")],
    0,
  ],
  "IPv6 of another spelling": [
    "addresses-differ",
    ["fd00::10/64", "fd00:0::0010/64"].map((it) => vrrp(`virtual_ipaddress {\n${it}\n}`)),
    0,
  ],
  "a list in another order": [
    "addresses-differ",
    ["10.0.0.1\n10.0.0.2", "10.0.0.2/24\n10.0.0.1"].map((it) =>
      vrrp(`virtual_ipaddress {\n${it}\n}`)
    ),
    0,
  ],
  "no address in common, one name": [
    "addresses-differ",
    ["10.0.0.1", "10.0.0.2"].map((it) => vrrp(`virtual_ipaddress {\n${it}\n}`)),
    1,
  ],
  "no address in common, peers of each other under other names": [
    "addresses-differ",
    ["1", "2"].map((it) =>
      vrrp(
        `unicast_src_ip 10.0.0.1${it}\nunicast_peer {\n10.0.0.11\n10.0.0.12\n}\n` +
          `virtual_ipaddress {\n10.0.0.${it}\n}`,
      ).replace("instance A", `instance A${it}`)
    ),
    1,
  ],
  "no address in common, of three one differs": [
    "addresses-differ",
    ["1", "1", "2"].map((it) => vrrp(`virtual_ipaddress {\n10.0.0.${it}\n}`)),
    2,
  ],
  "no address in common, other names and multicast": [
    "addresses-differ",
    ["1", "2"].map((it) =>
      vrrp(`virtual_ipaddress {\n10.0.0.${it}\n}`).replace("instance A", `instance A${it}`)
    ),
    0,
  ],
  "one id in two networks, each with its counterpart": [
    "addresses-differ",
    [1, 2].map(() =>
      vrrp("virtual_ipaddress {\n10.0.0.1\n}") +
      vrrp("virtual_ipaddress {\n10.1.0.1\n}").replace("instance A", "instance B")
        .replace("eth0", "eth1")
    ),
    0,
  ],
  "addresses that nobody has filled in, or that another file has": [
    "addresses-differ",
    [
      vrrp("virtual_ipaddress {\n${VIP}\n}"),
      vrrp("virtual_ipaddress {\n10.0.0.2\n}"),
      vrrp("virtual_ipaddress {\n10.0.0.3\n}", "include x.conf"),
      vrrp(""),
    ],
    0,
  ],
  "two groups with one id that do not hear each other": [
    "shared-router-id",
    [
      vrrp("virtual_ipaddress {\n10.0.0.1\n}"),
      vrrp("virtual_ipaddress {\n10.0.0.2\n}").replace("instance A", "instance B")
        .replace("eth0", "eth1"),
      vrrp("unicast_peer {\n10.0.0.9\n}\nvirtual_ipaddress {\n10.0.0.3\n}")
        .replace("instance A", "instance C"),
    ],
    0,
  ],
  "groups that change places between two hosts": [
    "shared-router-id",
    [
      vrrp("virtual_ipaddress {\n10.0.0.1\n}"),
      vrrp("virtual_ipaddress {\n10.0.0.1\n}").replace("router_id 9", "router_id 8") +
      vrrp("virtual_ipaddress {\n10.0.0.2\n}").replace("instance A", "instance B"),
    ],
    0,
  ],
  "a peer whose own address is unknown": [
    "peer-missing",
    [vrrp("unicast_peer {\n10.0.0.9\n}"), vrrp("unicast_peer {\n10.0.0.9\n}")],
    0,
  ],
  "both of two members that are not heard": [
    "peer-missing",
    ["11", "12"].map((it) => vrrp(`unicast_src_ip 10.0.0.${it}\nunicast_peer {\n10.0.0.9\n}`)),
    2,
  ],
};

for (const [name, [rule, texts, times, known]] of Object.entries(CASES)) {
  Deno.test(`lint ${rule}: ${name}`, () => {
    assertEquals(codes(rule, texts, known), Array.from({ length: times }, () => rule));
  });
}
