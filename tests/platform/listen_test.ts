import { assertEquals, assertThrows } from "@std/assert";
import { hostAndPort, tryAddress } from "../../src/platform/listen.ts";

Deno.test("hostAndPort puts an IPv6 address in brackets", () => {
  assertEquals(hostAndPort({ host: "localhost", port: 80 }), "localhost:80");
  assertEquals(hostAndPort({ host: "::1", port: 80 }), "[::1]:80");
});

Deno.test("tryAddress resolves a name, and throws for a port that is in use", () => {
  assertEquals(tryAddress({ host: "127.0.0.1", port: 0 }, undefined), "127.0.0.1");
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  assertThrows(() => tryAddress({ host: "127.0.0.1", port: other.addr.port }, undefined), Deno.errors.AddrInUse);
});
