import { assertEquals } from "@std/assert";
import { OURS, tcpKind, tlsKind } from "../../src/prober/kinds.ts";

const coded = (code: string) => Object.assign(new Error(code), { code });

Deno.test("tcpKind() tells what the kernel said", () => {
  const kinds = {
    ECONNREFUSED: "refused",
    ECONNRESET: "reset",
    EPIPE: "reset",
    ETIMEDOUT: "timeout",
    EHOSTUNREACH: "unreachable",
    ENETUNREACH: "unreachable",
    EMFILE: OURS,
    EADDRNOTAVAIL: OURS,
  };
  for (const [code, kind] of Object.entries(kinds)) assertEquals(tcpKind(coded(code)), kind, code);
});

Deno.test("tcpKind() knows Deno's own errors by name", () => {
  assertEquals(tcpKind(new Deno.errors.ConnectionRefused("x")), "refused");
  assertEquals(tcpKind(new Deno.errors.ConnectionReset("x")), "reset");
  assertEquals(tcpKind(new Deno.errors.NotCapable("x")), OURS);
  assertEquals(tcpKind("x"), "closed");
});

Deno.test("tlsKind() tells an end in the handshake from a handshake that failed", () => {
  const words = "Client network socket disconnected before secure TLS connection was established";
  assertEquals(tlsKind(new Error(words)), "closed");
  assertEquals(tlsKind(new Error("unable to verify the first certificate")), "tls");
});
