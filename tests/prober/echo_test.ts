import { assertEquals } from "@std/assert";
import { Echo } from "../../src/prober/echo.ts";

Deno.test("Echo doubts nothing while all comes back as soon as the best did", () => {
  const echo = new Echo({ sentAt: 0, cameAt: 80 }, 20);
  echo.sent(100);
  echo.sent(120);
  echo.came(1, 190);
  echo.came(1, 249);
  assertEquals(echo.doubts(250), []);
});

Deno.test("Echo doubts the way since it last worked, until it works again", () => {
  const echo = new Echo({ sentAt: 0, cameAt: 2 }, 20);
  for (const now of [20, 40, 60]) echo.sent(now);
  echo.came(1, 23);
  assertEquals(echo.doubts(90), []);
  assertEquals(echo.doubts(100), [{ from: 23, to: 100 }]);
  echo.came(2, 180);
  echo.sent(200);
  echo.came(1, 203);
  assertEquals(echo.doubts(205), [{ from: 23, to: 180 }]);
});

Deno.test("Echo: a way that has ended is in doubt until the end", () => {
  const echo = new Echo({ sentAt: 0, cameAt: 2 }, 20);
  echo.ended(10);
  assertEquals([echo.gone, echo.doubts(500)], [true, [{ from: 2, to: 500 }]]);
  assertEquals(echo.doubts(900), [{ from: 2, to: 900 }]);
});

Deno.test("Echo: two bad times with a good one between them are two", () => {
  const echo = new Echo({ sentAt: 0, cameAt: 2 }, 20);
  echo.sent(10);
  echo.came(1, 200);
  echo.sent(210);
  echo.came(1, 213);
  echo.sent(220);
  echo.came(1, 400);
  assertEquals(echo.doubts(401), [{ from: 2, to: 200 }, { from: 213, to: 400 }]);
});
