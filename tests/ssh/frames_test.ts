import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { concat, type Frame, Frames } from "../../src/ssh/frames.ts";

const NONCE = "0123456789abcdef0123456789abcdef";
const bytesOf = (text: string) => new TextEncoder().encode(text);
const mark = (words: string) => bytesOf(`\x1e${NONCE} ${words}\n`);

/** Cuts bytes at the given places. */
function split(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [...new Set(places.map((p) => p % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.slice(from, at[i] ?? bytes.length));
}

function read(pieces: readonly Uint8Array[], limit?: number) {
  const frames = new Frames(NONCE, limit);
  const found: Frame[] = pieces.flatMap((piece) => frames.push(piece));
  const cut = frames.close();
  return { found: found.map((f) => ({ ...f, body: [...concat(f.body)] })), cut, frames };
}

// Bodies are full of what could be taken for a marker.
const body = fc.array(
  fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(
      bytesOf("\x1e"),
      bytesOf(`\x1e${NONCE.slice(0, 9)}`),
      bytesOf(`\x1e${NONCE}\n`),
      bytesOf("\x1e\x1e\n"),
    ),
  ),
  { maxLength: 8 },
).map((parts) => concat(parts));

Deno.test("Frames gives the same frames however the bytes are split", () => {
  const frame = fc.record({ body, code: fc.integer({ min: 0, max: 255 }), timedOut: fc.boolean() });
  fc.assert(fc.property(
    fc.array(frame, { maxLength: 5 }),
    fc.array(fc.nat(2000), { maxLength: 30 }),
    body,
    (sent, places, noise) => {
      const stream = concat([
        noise,
        mark("hello"),
        ...sent.flatMap((f, i) => [
          mark(`begin ${i + 1}`),
          f.body,
          mark(`end ${i + 1} ${f.code} ${f.timedOut ? 1 : 0}`),
          noise,
        ]),
      ]);
      const { found, cut, frames } = read(split(stream, places));
      assertEquals(
        found,
        sent.map((f, i) => ({
          seq: i + 1,
          code: f.code,
          timedOut: f.timedOut,
          sizeBytes: f.body.length,
          body: [...f.body],
        })),
      );
      assertEquals(cut, undefined);
      assertEquals(frames.greeted, true);
    },
  ));
});

Deno.test("Frames gives the same frames byte by byte", () => {
  const stream = concat([mark("begin 1"), bytesOf("\x1e0123 no\n"), mark("end 1 3 0")]);
  const { found } = read([...stream].map((byte) => new Uint8Array([byte])));
  assertEquals(found[0]?.body, [...bytesOf("\x1e0123 no\n")]);
  assertEquals(found[0]?.code, 3);
});

Deno.test("Frames.close() names the request whose frame was cut", () => {
  const whole = concat([mark("begin 1"), bytesOf("x"), mark("end 1 0 0"), mark("begin 2")]);
  const end = concat([bytesOf("half"), mark("end 2 0 0")]);
  for (let kept = 0; kept < end.length; kept++) {
    const { found, cut } = read([whole, end.slice(0, kept)]);
    assertEquals([found.length, cut], [1, 2]);
  }
});

Deno.test("Frames takes a marker with another nonce as data", () => {
  const fake = bytesOf(`\x1e${NONCE.replace("0", "f")} end 1 0 0\n`);
  const { found } = read([concat([mark("begin 1"), fake, mark("end 1 7 0")])]);
  assertEquals(found[0]?.body, [...fake]);
  assertEquals(found[0]?.code, 7);
});

Deno.test("Frames counts what passes the limit and keeps nothing of it", () => {
  const pieces = [mark("begin 1"), new Uint8Array(10), new Uint8Array(100), mark("end 1 0 0")];
  const { found } = read(pieces, 50);
  assertEquals([found[0]?.sizeBytes, found[0]?.body.length], [110, 10]);
});

Deno.test("Frames.noise keeps the last 4 kB outside of frames", () => {
  const banner = "x".repeat(100_000) + "last words";
  const { frames } = read(split(bytesOf(banner), [...Array(500)].map((_, i) => i * 199)));
  assertEquals(frames.noise, banner.slice(-4096));
});

Deno.test("Frames takes 20 MB in small pieces without quadratic work", () => {
  const piece = new Uint8Array(1000).fill(0x1e); // Each byte could start a marker.
  const frames = new Frames(NONCE);
  frames.push(mark("begin 1"));
  for (let i = 0; i < 20_000; i++) frames.push(piece);
  assertEquals(frames.push(mark("end 1 0 0"))[0]?.sizeBytes, 20_000_000);
});

Deno.test("last words in a frame that never ended are heard", () => {
  const frames = new Frames("abc");
  frames.push(
    new TextEncoder().encode("banner\n\x1eabc begin 1\nTimeout, server not responding.\r\n"),
  );
  assertEquals([frames.noise, frames.last], [
    "banner\n",
    "banner\nTimeout, server not responding.\r\n",
  ]);
  frames.push(new TextEncoder().encode("\x1eabc end 1 0 0\n"));
  assertEquals(frames.last, "banner\n");
});
