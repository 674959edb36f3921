import { assertEquals } from "@std/assert";
import { TraceRecords } from "../../../src/aggregate/drain/trace_records.ts";
import { RECORD_BYTES } from "../../../src/ring/layout.ts";

Deno.test("TraceRecords takes the memory of its records and no more", () => {
  const { doubles, words } = new TraceRecords(5);
  assertEquals([doubles.byteLength, words.byteLength], [5 * RECORD_BYTES, 5 * RECORD_BYTES]);
});
