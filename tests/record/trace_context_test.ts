import { assertEquals } from "@std/assert";
import { fromHex, RecordedContext, toHex } from "../../src/record/trace_context.ts";

Deno.test("toHex and fromHex are eight digits per word, the upper word first", () => {
  const words = Uint32Array.of(0x0102_0304, 0, 0xffff_ffff, 0xa);
  const text = "010203040000000" + "0ffffffff0000000a";
  assertEquals([toHex(words), fromHex(text)], [text, words]);
});

Deno.test("RecordedContext has its parts, and ids as text", () => {
  const parts = {
    number: 7,
    traceWords: Uint32Array.of(1, 2, 3, 4),
    spanWords: Uint32Array.of(5, 6),
    parentWords: Uint32Array.of(8, 9),
    isSampled: true,
    tracestate: "a=b",
    hasRandomTraceId: true,
  };
  const context = new RecordedContext(parts);
  const { number, traceWords, spanWords, isSampled, tracestate, hasRandomTraceId } = context;
  const { parentWords, ...shown } = parts;
  assertEquals({ number, traceWords, spanWords, isSampled, tracestate, hasRandomTraceId }, shown);
  assertEquals(context.traceId, "00000001000000020000000300000004");
  assertEquals([context.spanId, context.parentId], ["0000000500000006", toHex(parentWords)]);
  assertEquals(new RecordedContext({ ...parts, parentWords: undefined }).parentId, undefined);
});
