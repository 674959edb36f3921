import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { messageBytes } from "../../../src/instrumentation/websocket/message_bytes.ts";

Deno.test("messageBytes counts the UTF-8 bytes of a text, including lone surrogates and long texts", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.array(fc.nat(0xffff), { maxLength: 300 }).map((units) => String.fromCharCode(...units)),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).map((part) => part.repeat(5_000)),
  );
  fc.assert(fc.property(text, (given) => {
    assertEquals(messageBytes(given), new TextEncoder().encode(given).length);
  }));
});

Deno.test("messageBytes counts bytes, views on them and blobs", () => {
  const bytes = new ArrayBuffer(16);
  assertEquals(messageBytes(bytes), 16);
  assertEquals(messageBytes(new Uint8Array(bytes, 4, 5)), 5);
  assertEquals(messageBytes(new DataView(bytes, 8)), 8);
  assertEquals(messageBytes(new Float64Array(3)), 24);
  assertEquals(messageBytes(new Blob(["grüezi"])), 7);
});

Deno.test("messageBytes counts other values as the text that is sent", () => {
  assertEquals([12.5, null, undefined, true].map(messageBytes), [4, 4, 9, 4]);
});
