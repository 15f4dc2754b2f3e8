import { assertEquals, assertStringIncludes } from "@std/assert";
import { withTempDir } from "../helpers.ts";
import { cli, DEAD_END } from "./cli.ts";

/** The inventory with one load balancer more, and what is said of it by a command. */
async function said(command: string, more: string, settings = "") {
  const result = { code: -1, text: "" };
  await withTempDir(async (dir) => {
    const inventory = DEAD_END.replace(/, lb2: \{.*?\}/, more === "" ? "" : `, lb2: ${more}`)
      .replace("endpoint: { ", `endpoint: { ${settings}`);
    await Deno.writeTextFile(`${dir}/hosts.yaml`, inventory);
    const { code, out, err } = await cli([command, "hosts.yaml"], { cwd: dir });
    Object.assign(result, { code, text: out + err });
  });
  return result;
}

const WARNING = 'warning: Endpoint "load_balancers" does not outlive one loss: without "lb1" no ' +
  "load balancer is left [single-loss]";

Deno.test("lint, check and apply warn where one load balancer is left", async () => {
  const gone = "{ ansible_host: 127.0.0.2, endpoint_host: { state: absent } }";
  for (const command of ["lint", "check", "apply"]) {
    const { text } = await said(command, gone);
    assertStringIncludes(text, WARNING, command);
    assertEquals(text.split(WARNING).length, 2, `${command} says it once`);
    assertStringIncludes(
      text,
      "   hint: a second load balancer in the group, one that is not absent",
    );
  }
  const { text } = await said("lint", "");
  assertStringIncludes(text, WARNING);
  assertStringIncludes(text, "   hint: a second load balancer in the group\n");
  assertStringIncludes(text, "0 errors, 1 warning\n");
});

Deno.test("nothing is said of two load balancers, nor of an endpoint that shall go", async () => {
  const two = "{ ansible_host: 127.0.0.2 }";
  assertEquals((await said("lint", two)).text.includes("single-loss"), false);
  const whole = await said("lint", two, "state: absent, ");
  assertEquals([whole.text.includes("single-loss"), whole.code], [false, 0]);
});
