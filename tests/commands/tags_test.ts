import { assertEquals } from "@std/assert";
import { isWanted, tagWords } from "../../src/commands/tags.ts";

/** Tags of the tasks of a play, in Ansible's words. */
const TASKS: Readonly<Record<string, readonly string[]>> = {
  plain: [],
  a: ["a"],
  ab: ["a", "b"],
  always: ["always"],
  alwaysA: ["always", "a"],
  never: ["never"],
  neverA: ["never", "a"],
};

/** --tags, --skip-tags, and the tasks that Ansible runs for them. */
const CASES: readonly (readonly [only: string, skip: string, runs: string])[] = [
  ["", "", "plain a ab always alwaysA"],
  ["all", "", "plain a ab always alwaysA"],
  ["a", "", "a ab always alwaysA neverA"],
  ["b", "", "ab always alwaysA"],
  ["a,b", "", "a ab always alwaysA neverA"],
  ["tagged", "", "a ab always alwaysA"],
  ["untagged", "", "plain always alwaysA"],
  ["never", "", "always alwaysA never neverA"],
  ["always", "", "always alwaysA"],
  ["all,never", "", "plain a ab always alwaysA never neverA"],
  ["", "a", "plain always"],
  ["", "b", "plain a always alwaysA"],
  ["a", "b", "a always alwaysA neverA"],
  ["", "always", "plain a ab"],
  ["", "all", "always alwaysA"],
  ["", "all,always", ""],
  ["", "tagged", "plain"],
  ["", "untagged", "a ab always alwaysA"],
  ["all", "never", "plain a ab always alwaysA"],
];

for (const [only, skip, runs] of CASES) {
  Deno.test(`isWanted() with --tags "${only}" --skip-tags "${skip}" runs: ${runs}`, () => {
    const choice = { only: tagWords([only]), skip: tagWords([skip]) };
    const wanted = Object.keys(TASKS).filter((name) => isWanted(TASKS[name] ?? [], choice));
    assertEquals(wanted.join(" "), runs);
  });
}

Deno.test("tagWords() takes flags that are repeated, and commas with blanks", () => {
  assertEquals(tagWords(["a, b", "b,c,", ""]), ["a", "b", "c"]);
  assertEquals(tagWords(), []);
});
