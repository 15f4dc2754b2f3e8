import { assertEquals } from "@std/assert";
import { answer } from "../../src/lab/api_server.ts";

Deno.test("answer() gives every health path the status that is switched on", async () => {
  for (const path of ["/healthz", "/livez", "/readyz", "/readyz/ping"]) {
    assertEquals(answer("m1", path, 200).status, 200);
    assertEquals(await answer("m1", path, 200).text(), "ok");
    assertEquals(answer("m1", path, 500).status, 500);
  }
});

Deno.test("answer() says its version whatever its health", async () => {
  assertEquals((await answer("m1", "/version", 500).json()).major, "1");
});

Deno.test("answer() refuses the API and knows nothing else", async () => {
  assertEquals(answer("m1", "/api/v1/nodes", 200).status, 401);
  assertEquals(answer("m1", "/readyzz", 200).status, 404);
  assertEquals((await answer("m1", "/", 200).json()).kind, "Status");
});

Deno.test("answer() says which server it is", () => {
  assertEquals(answer("m2", "/version", 200).headers.get("x-lab-server"), "m2");
});
