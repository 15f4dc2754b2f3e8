/** What a proxy takes over from its defaults. */
import { assertEquals } from "@std/assert";
import { parseHaproxy } from "../../src/configs/haproxy.ts";
import { lineOf, optionOf, paramsOf, proxiesOf, serversOf } from "../../src/configs/proxies.ts";

const proxies = (text: string) => proxiesOf(parseHaproxy(text));

Deno.test("proxiesOf(): the latest defaults count, or those that it names, and theirs", () => {
  const all = proxies(
    "frontend z\ndefaults a\n mode http\ndefaults b from a\n retries 2\nfrontend x\nlisten y from a\n",
  );
  assertEquals(all.map((it) => it.defaults.map(({ name }) => name)), [[], ["b", "a"], ["a"]]);
  assertEquals(all.map((it) => lineOf(it, "mode")?.words[1]?.text), [undefined, "http", "http"]);
});

Deno.test("proxiesOf(): defaults that take over from each other end", () => {
  const [proxy] = proxies("defaults a from b\ndefaults b from a\nlisten x from a\n");
  assertEquals(proxy?.defaults.map(({ name }) => name), ["a", "b"]);
});

Deno.test("optionOf(): no and default take an option back", () => {
  const [off, on, unset, again] = proxies(
    "defaults\n option redispatch\nbackend a\n no option redispatch\nbackend b\n option redispatch 1\n" +
      "backend c\n option redispatch\n default option redispatch\nbackend d\n",
  ).map((it) => optionOf(it, "redispatch")?.words[0]?.source.line);
  assertEquals([off, on, unset, again], [undefined, 6, undefined, 2]);
});

Deno.test("paramsOf(): the server's own words come last, those of the farthest defaults first", () => {
  const [proxy] = proxies(
    "defaults a\n default-server inter 1s\ndefaults from a\n default-server inter 2s\n" +
      "backend x\n default-server fall 3\n server m 1.2.3.4:5 inter 4s\n",
  );
  const [server] = serversOf(proxy!);
  assertEquals(
    paramsOf(proxy!, server!).map(({ text }) => text).join(" "),
    "inter 1s inter 2s fall 3 inter 4s",
  );
});
