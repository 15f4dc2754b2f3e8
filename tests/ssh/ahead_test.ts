import { assertEquals, assertRejects } from "@std/assert";
import { ConnectError } from "../../src/errors.ts";
import type { Connect, Host, Session } from "../../src/model.ts";
import { ConnectAhead } from "../../src/ssh/ahead.ts";

const host = (name: string): Host => ({
  name,
  address: name,
  become: false,
  sshArgs: [],
  vars: {},
  groups: [],
});

function world() {
  const said: string[] = [];
  const open: Connect = ({ name }, wish) => {
    said.push(`open ${name}${wish?.fresh === true ? " anew" : ""}`);
    if (name === "bad") return Promise.reject(new ConnectError(name, "no ssh"));
    const session: Session = {
      roundTrips: 0,
      run: () => Promise.resolve({ code: 0, stdout: name, stderr: "" }),
      [Symbol.asyncDispose]: () => (said.push(`close ${name}`), Promise.resolve()),
    };
    return Promise.resolve(session);
  };
  return { said, ahead: new ConnectAhead(open) };
}

Deno.test("ConnectAhead opens each host once, and hands it out once", async () => {
  const { said, ahead } = world();
  ahead.begin([host("a"), host("b")]);
  ahead.begin([host("a")]);
  assertEquals(said, ["open a", "open b"]);
  const first = await ahead.connect(host("a"));
  await ahead.connect(host("a"));
  await ahead.connect(host("c"));
  assertEquals(said, ["open a", "open b", "open a", "open c"]);
  await ahead[Symbol.asyncDispose]();
  // What was taken is closed by whoever took it.
  assertEquals(said.slice(4), ["close b"]);
  await first[Symbol.asyncDispose]();
});

Deno.test("ConnectAhead never hands out an old connection where a fresh one is wanted", async () => {
  const { said, ahead } = world();
  ahead.begin([host("a")]);
  await ahead.connect(host("a"), { fresh: true });
  assertEquals(said, ["open a", "open a anew"]);
  await ahead[Symbol.asyncDispose]();
});

Deno.test("what goes wrong ahead is thrown to who asks, and to nobody else", async () => {
  const { ahead } = world();
  ahead.begin([host("bad"), host("a")]);
  await assertRejects(() => ahead.connect(host("bad")), ConnectError, "no ssh");
  ahead.begin([host("bad")]);
  await ahead[Symbol.asyncDispose]();
});
