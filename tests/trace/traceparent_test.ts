import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { createMetrics, noopMetrics, type TraceContext } from "../../mod.ts";
import {
  formatTraceparent,
  parseTraceparent,
  readTraceHeaders,
  type RemoteContext,
  type TraceParent,
  writeTraceHeaders,
} from "../../src/trace/traceparent.ts";
import { type HeaderPairs, testTraceContext } from "../_support/trace/trace_context.ts";

const TRACE_ID = "12345678901234567890123456789012";
const PARENT_ID = "1234567890123456";
const IDS = `${TRACE_ID}-${PARENT_ID}`;
const PARENT: TraceParent = { traceId: TRACE_ID, parentId: PARENT_ID, isSampled: true, hasRandomTraceId: false };

/** Context of a request whose parent is the given one. */
function contextOf({ parentId, tracestate = "", hasRandomTraceId = false, ...rest }: RemoteContext): TraceContext {
  return { ...rest, spanId: parentId, parentId: undefined, tracestate, hasRandomTraceId };
}

/** A program that sends three requests by hand while it serves one. */
async function serve(headers: Headers | HeaderPairs): Promise<Headers[]> {
  await using metrics = createMetrics({ aggregation: "inline" });
  const remote = readTraceHeaders(headers);
  return metrics.trace.run({ name: "request", ...remote }, () =>
    Array.from({ length: 3 }, () => {
      const outgoing = new Headers({ traceparent: "stale", tracestate: "stale=1" });
      metrics.trace.run({ name: "call" }, (context) => writeTraceHeaders(outgoing, context));
      return outgoing;
    }));
}

testTraceContext("readTraceHeaders and writeTraceHeaders pass the tests of W3C Trace Context", (headers) => {
  return serve(new Headers(headers.map(([name, value]) => [name, value])));
});

testTraceContext("readTraceHeaders passes them also with pairs of name and value", serve);

Deno.test("parseTraceparent reads the flags that it knows, of every version that there can be", () => {
  assertEquals(parseTraceparent(`00-${IDS}-00`), { ...PARENT, isSampled: false });
  assertEquals(parseTraceparent(`00-${IDS}-fd`), PARENT);
  assertEquals(parseTraceparent(`00-${IDS}-03`), { ...PARENT, hasRandomTraceId: true });
  assertEquals(parseTraceparent(`01-${IDS}-01-later`), PARENT);
  assertEquals(parseTraceparent(`fe-${IDS}-01-`), PARENT);
  assertEquals(parseTraceparent(` \t00-${IDS}-01\t `), PARENT);
});

Deno.test("parseTraceparent refuses what is not valid", () => {
  const texts = [
    "",
    "00",
    `00-${IDS}`,
    `00-${IDS}-1`,
    `00-${IDS}-01-`,
    `00-${IDS}-01-later`,
    `01-${IDS}-01later`,
    `ff-${IDS}-01`,
    `FE-${IDS}-01`,
    `00-${IDS.replace("1", "A")}-01`,
    `00-${"0".repeat(32)}-${PARENT_ID}-01`,
    `00-${TRACE_ID}-${"0".repeat(16)}-01`,
    `00_${TRACE_ID}_${PARENT_ID}_01`,
    `00-${IDS}-01\n`,
    `\u00a000-${IDS}-01`,
    // Two headers, also if a later version may have more to say.
    `00-${IDS}-01, 00-${IDS}-01`,
    `01-${IDS}-01-later, 01-${IDS}-01`,
    `00-${IDS}-01,`,
  ];
  for (const text of texts) assertEquals(parseTraceparent(text), undefined, text);
});

const hexDigits = (length: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length })
    .filter((digits) => !/^0*$/.test(digits));

Deno.test("parseTraceparent returns what formatTraceparent wrote", () => {
  const parents = fc.record({
    traceId: hexDigits(32),
    parentId: hexDigits(16),
    isSampled: fc.boolean(),
    hasRandomTraceId: fc.boolean(),
  });
  fc.assert(fc.property(parents, (parent) => {
    assertEquals(parseTraceparent(formatTraceparent(contextOf(parent))), parent);
  }));
});

Deno.test("readTraceHeaders never throws, and its result can be written", () => {
  const almost = fc.stringMatching(/^[0-9a-f]{2}-[0-9a-f]{30,34}-[0-9a-f]{16}-[0-9a-f]{2}(-x)?$/);
  const names = fc.constantFrom("traceparent", "tracestate", "TRACESTATE", "other");
  const pairs = fc.array(fc.tuple(names, fc.oneof(fc.string({ unit: "binary" }), almost)));
  fc.assert(fc.property(pairs, (headers) => {
    const context = readTraceHeaders(headers);
    if (context === undefined) return;
    const written = new Headers();
    writeTraceHeaders(written, contextOf(context));
    assertEquals(readTraceHeaders(written), context);
  }));
});

Deno.test("readTraceHeaders keeps the traceparent where the tracestate is wrong", () => {
  const headers = new Headers({ traceparent: `00-${IDS}-01`, tracestate: "FOO=1" });
  assertEquals(readTraceHeaders(headers), { ...PARENT, tracestate: undefined });
});

Deno.test("writeTraceHeaders replaces what was there", () => {
  const headers = new Headers({ traceparent: "stale", tracestate: "stale=1", other: "1" });
  writeTraceHeaders(headers, contextOf({ ...PARENT, tracestate: "foo=1,bar=2" }));
  assertEquals([...headers], [["other", "1"], ["traceparent", `00-${IDS}-01`], ["tracestate", "foo=1,bar=2"]]);
  writeTraceHeaders(headers, contextOf(PARENT));
  assertEquals([...headers], [["other", "1"], ["traceparent", `00-${IDS}-01`]]);
});

Deno.test("writeTraceHeaders writes nothing where nothing is traced", () => {
  const headers = new Headers({ traceparent: "theirs" });
  noopMetrics.trace.run({}, (context) => writeTraceHeaders(headers, context));
  assertEquals(headers.get("traceparent"), "theirs");
});

Deno.test("parseTraceparent reads each of many blanks once", () => {
  // Were it once for each blank before it, this would take minutes.
  assertEquals(parseTraceparent(`x${" ".repeat(2_000_000)}x`), undefined);
});
