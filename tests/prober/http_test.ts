import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { readAnswer, requestText, statusKind } from "../../src/prober/http.ts";

const SIZED = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const CHUNKED =
  "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n";

Deno.test("readAnswer() finds the end of a whole answer, and of none that is not", () => {
  for (const [text, status] of [[SIZED, 200], [CHUNKED, 500]] as const) {
    for (let length = 0; length < text.length; length++) {
      const answer = readAnswer(text.slice(0, length));
      assertEquals([answer.length, answer.garbage], [undefined, undefined], text.slice(0, length));
    }
    assertEquals(readAnswer(text), { status, length: text.length });
    assertEquals(readAnswer(text + SIZED), { status, length: text.length });
  }
});

Deno.test("readAnswer() knows answers without a body, and those that only their end ends", () => {
  assertEquals(readAnswer("HTTP/1.1 204 \r\n\r\n"), { status: 204, length: 17 });
  assertEquals(readAnswer("HTTP/1.0 200 OK\r\n\r\nab"), { status: 200, untilClose: true });
});

Deno.test("readAnswer() calls everything else garbage, and throws at nothing", () => {
  assertEquals(readAnswer("SSH-2.0-OpenSSH\r\n"), { garbage: true });
  assertEquals(readAnswer("HTTP/1.1 abc\r\n"), { garbage: true });
  assertEquals(readAnswer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), {
    garbage: true,
  });
  fc.assert(fc.property(fc.string(), (text) => void readAnswer(text)));
});

Deno.test("requestText() brackets an IPv6 address", () => {
  assertMatch(requestText("fd00::1", "/x", "close"), /^GET \/x HTTP\/1.1\r\nHost: \[fd00::1\]\r\n/);
});

Deno.test("statusKind() is ok from 200 to 299", () => {
  assertEquals([200, 204, 302, 401, 500].map((it) => statusKind(it)), [
    "ok",
    "ok",
    "http 302",
    "http 401",
    "http 500",
  ]);
});

Deno.test("statusKind() of a guarded server takes being turned away for an answer", () => {
  const kinds = [200, 302, 401, 403, 404, 500].map((it) => statusKind(it, true));
  assertEquals(kinds, ["ok", "http 302", "ok", "ok", "http 404", "http 500"]);
});
