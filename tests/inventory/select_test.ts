import { assertEquals, assertThrows } from "@std/assert";
import { InputError } from "../../src/errors.ts";
import { formatInputError } from "../../src/inventory/problems.ts";
import { select, selectHosts } from "../../src/inventory/select.ts";
import { load, memory, shown } from "./helpers.ts";

const { inventory } = await load(`
lbs: { hosts: { lb1: , lb2: } }
masters: { hosts: { m1: , m2: , m3: } }
east: { hosts: { lb1: , m1: } }
`);

const cases: readonly (readonly [pattern: string, names: string])[] = [
  ["all", "lb1 lb2 m1 m2 m3"],
  ["*", "lb1 lb2 m1 m2 m3"],
  ["lb1", "lb1"],
  ["masters", "m1 m2 m3"],
  ["lb*", "lb1 lb2"],
  ["m?", "m1 m2 m3"],
  ["m[12]", "m1 m2"],
  ["[!m]*", "lb1 lb2 m1"],
  ["e*:m2", "lb1 m1 m2"],
  ["*asters", "m1 m2 m3"],
  ["lb2:m1", "lb2 m1"],
  ["m1,lb2", "lb2 m1"],
  ["m1, lb2", "lb2 m1"],
  ["lbs:masters", "lb1 lb2 m1 m2 m3"],
  ["masters:&east", "m1"],
  ["masters:!east", "m2 m3"],
  ["!east", "lb2 m2 m3"],
  ["&east", "lb1 m1"],
  ["!east:masters", "m2 m3"],
  ["lbs:masters:&east:!m1", "lb1"],
  ["~lb\\d", "lb1 lb2"],
  ["~(lb|m)1", "lb1 m1"],
  ["masters[0]", "m1"],
  ["masters[-1]", "m3"],
  ["masters[0:1]", "m1 m2"],
  ["masters[1:]", "m2 m3"],
  ["masters[:1]", "m1 m2"],
  ["masters[-2:]", "m2 m3"],
  ["masters[0-1]", "m1 m2"],
  ["masters[1:9]", "m2 m3"],
  ["lb*[-1]", "lb2"],
  ["masters[0]:lbs[1]", "lb2 m1"],
  ["m[1-2]", "m1 m2"],
  ["lb1:m1,m2", "lb1 m1 m2"],
  ["lb1 m1", "lb1 m1"],
  ["~m[1:2]", "m1 m2"],
  ["~(?:lb|m)1,lb2", "lb1 lb2 m1"],
  ["~m\\d{1,2}", "m1 m2 m3"],
  ["lbs,!~.*2", "lb1"],
  ["~(?i)LB1", "lb1"],
  ["!lb1:lbs:masters:&east", "m1"],
  ["lb1:lb1:lb1", "lb1"],
];

for (const [pattern, names] of cases) {
  Deno.test(`select() takes ${pattern} for ${names}`, () => {
    assertEquals(select(inventory, pattern).join(" "), names);
  });
}

Deno.test("select() refuses an unknown name and says what was probably meant", () => {
  const error = assertThrows(() => select(inventory, "lbs:mastres"), InputError);
  assertEquals(error.diagnostics, [{
    severity: "error",
    code: "host-pattern",
    message: 'Cannot select "mastres": the inventory names no such host or group',
    hint: "masters",
  }]);
});

// An exclusion with a typing error would change a host that was to be left alone.
const REFUSED = ["all:!lb9x", "all:&nowhere", "~[", "-x", "masters:!masters", "", "nope*", " : "];
for (
  const pattern of [...REFUSED, "all:!nope*", "masters[3]", "masters[-4]", "masters[2:1]", "!"]
) {
  Deno.test(`select() refuses "${pattern}"`, () => {
    assertThrows(() => select(inventory, pattern), InputError);
  });
}

Deno.test("select() says everything that means nothing at once, with what may help", () => {
  const pattern = "mastres:lb3:&nope*:!~(?!lb):~x(:masters[7]:lb[1:2]:mastrs[0]";
  const error = assertThrows(() => select(inventory, pattern), InputError);
  assertEquals(
    formatInputError(error),
    `Cannot select "mastres": the inventory names no such host or group [host-pattern]
   hint: masters
Cannot select "lb3": the inventory names no such host or group [host-pattern]
   hint: lb1
Cannot select "~x(": "(" is not closed [host-pattern]
Cannot select "masters[7]": "masters" has 3 hosts, 0 to 2 [host-pattern]
Cannot select "lb[1:2]": the inventory names no host or group "lb" to count in [host-pattern]
   hint: lbs[1:2]
Cannot select "mastrs[0]": the inventory names no host or group "mastrs" to count in [host-pattern]
   hint: masters[0]
Cannot select "nope*": no host or group of the inventory fits [host-pattern]
Cannot select "~(?!lb)": "(?!" is not supported, only "(…)" and "(?:…)" [host-pattern]
   hint: lb*:!lb1 leaves hosts out`,
  );
});

const SUBSCRIPTS: Readonly<Record<string, string>> = {
  "masters[7]": 'Cannot select "masters[7]": "masters" has 3 hosts, 0 to 2',
  "m[1:2]": 'Cannot select "m[1:2]": the inventory names no host or group "m" to count in',
  "mastrs[0:1]": "hint: masters[0:1]",
};

for (const [pattern, said] of Object.entries(SUBSCRIPTS)) {
  Deno.test(`select() says of ${pattern}: ${said}`, () => {
    const error = assertThrows(() => select(inventory, pattern), InputError);
    assertEquals(formatInputError(error).includes(said), true, formatInputError(error));
  });
}

const FILES = memory({
  "maintenance": "# who is away\r\nlb1  # until Friday\n\nmasters:!m2\n",
  "empty": "\n# nobody\n",
  "wrong": "lb1\n  mastres, !lb9\n",
  "nested": "@maintenance\n",
});

const LISTS: readonly (readonly [pattern: string, names: string])[] = [
  ["@maintenance", "lb1 m1 m3"],
  ["@maintenance:!lb1", "m1 m3"],
  ["lb2:@maintenance", "lb1 lb2 m1 m3"],
  ["all:!@maintenance", "lb2 m2"],
  ["east,&@maintenance", "lb1 m1"],
];

for (const [pattern, names] of LISTS) {
  Deno.test(`selectHosts() takes ${pattern} for ${names}`, async () => {
    assertEquals((await selectHosts(inventory, pattern, FILES)).join(" "), names);
  });
}

const LIST_PROBLEMS: Readonly<Record<string, string>> = {
  "@nowhere:@neither": `Cannot read the hosts of "@nowhere": there is no such file [host-pattern]
Cannot read the hosts of "@neither": there is no such file [host-pattern]`,
  // Ansible takes it for all hosts.
  "@empty": 'Cannot select "@empty": the file names no host [host-pattern]',
  "@wrong":
    `wrong:2:3: Cannot select "mastres": the inventory names no such host or group [host-pattern]
    2 |   mastres, !lb9
      |   ^^^^^^^
   hint: masters
wrong:2:12: Cannot select "lb9": the inventory names no such host or group [host-pattern]
    2 |   mastres, !lb9
      |            ^^^^
   hint: lb1`,
  "@nested":
    `nested:1:1: Cannot select "@maintenance": the inventory names no such host or group [host-pattern]
    1 | @maintenance
      | ^^^^^^^^^^^^`,
};

for (const [pattern, text] of Object.entries(LIST_PROBLEMS)) {
  Deno.test(`selectHosts() refuses ${pattern} with its place`, async () => {
    assertEquals(await shown(selectHosts(inventory, pattern, FILES)), text);
  });
}
