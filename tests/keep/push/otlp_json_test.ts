import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { encodeTraceRequest, isWritable, nanosecondsOf } from "../../../src/keep/push/otlp_json.ts";
import type { Span } from "../../../src/model/spans.ts";
import { type DecodedSpan, decodeTraceRequest } from "../../_support/keep/push/otlp_decoder.ts";
import { spanOf, WHOLE_SPAN } from "../../_support/keep/push/spans.ts";

const RESOURCE = { "service.name": "trader" };

function decode(...spans: readonly Span[]): readonly DecodedSpan[] {
  return decodeTraceRequest(encodeTraceRequest(RESOURCE, spans)).resourceSpans[0].scopeSpans[0].spans;
}

function attributesOf({ attributes = [] }: DecodedSpan): [string, string | undefined][] {
  return attributes.map(({ key, value }) => [key, value.stringValue]);
}

Deno.test("encodeTraceRequest writes all of a span, in the words of the definitions", () => {
  assertEquals(decodeTraceRequest(encodeTraceRequest(RESOURCE, [WHOLE_SPAN])), {
    resourceSpans: [{
      resource: { attributes: [{ key: "service.name", value: { stringValue: "trader" } }] },
      scopeSpans: [{
        scope: { name: "@hotpath/metrics" },
        spans: [{
          traceId: "0af7651916cd43dd8448eb211c80319c",
          spanId: "b7ad6b7169203331",
          parentSpanId: "00f067aa0ba902b7",
          traceState: "foo=1,bar=2",
          name: "order_execution",
          kind: "SPAN_KIND_CLIENT",
          startTimeUnixNano: "1767323045678250000",
          endTimeUnixNano: "1767323045690550000",
          attributes: [
            { key: "thread.name", value: { stringValue: "worker 1" } },
            { key: "pair", value: { stringValue: "BTC-USD" } },
            { key: "side", value: { stringValue: "buy" } },
          ],
          status: { code: "STATUS_CODE_ERROR" },
        }],
      }],
    }],
  });
});

Deno.test("encodeTraceRequest omits what a span does not have", () => {
  const [span] = decode(spanOf(0, { isError: false }));
  assertEquals(Object.keys(span).toSorted(), [
    "attributes",
    "endTimeUnixNano",
    "kind",
    "name",
    "spanId",
    "startTimeUnixNano",
    "traceId",
  ]);
});

Deno.test("encodeTraceRequest has a number for each kind", () => {
  const kinds = ["internal", "server", "client", "producer", "consumer"] as const;
  const decoded = decode(...kinds.map((kind, i) => spanOf(i, { kind }))).map(({ kind }) => kind);
  assertEquals(decoded, kinds.map((kind) => `SPAN_KIND_${kind.toUpperCase()}`));
});

Deno.test("encodeTraceRequest lets a label replace the thread, so that no attribute is there twice", () => {
  assertEquals(attributesOf(decode(spanOf(0, { labels: { "thread.name": "mine" } }))[0]), [["thread.name", "mine"]]);
});

Deno.test("encodeTraceRequest writes any text, and half a surrogate pair as a replacement character", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (name, value) => {
    const [span] = decode(spanOf(0, { name, labels: { label: value } }));
    assertEquals([span.name ?? "", attributesOf(span)[1]], [name.toWellFormed(), ["label", value.toWellFormed()]]);
  }));
  assertEquals(decode(spanOf(0, { name: "a\ud800b" }))[0].name, "a\ufffdb");
});

Deno.test("nanosecondsOf loses no digit of a time", () => {
  // A time of these years is a multiple of a 4,096th of a millisecond, which is 244.140625 ns.
  const parts = fc.bigInt({ min: 1_500_000_000_000n * 4_096n, max: 2_190_000_000_000n * 4_096n });
  fc.assert(fc.property(parts, (part) => {
    const exactMillionths = part * 244_140_625n;
    const ns = nanosecondsOf(Number(part) / 4_096);
    const errorMillionths = ns * 1_000_000n - exactMillionths;
    assertEquals(errorMillionths >= -500_000n && errorMillionths <= 500_000n, true);
  }));
  assertEquals(nanosecondsOf(0), 0n);
  assertEquals(nanosecondsOf(1_767_323_045_678), 1_767_323_045_678_000_000n);
  assertEquals(nanosecondsOf(1_767_323_045_678.5), 1_767_323_045_678_500_000n);
  assertEquals(nanosecondsOf(0.000001), 1n);
  assertEquals(nanosecondsOf(1.9999999), 2_000_000n);
});

Deno.test("isWritable refuses times that no 64-bit number of nanoseconds is", () => {
  const times: [startMs: number, durationSeconds: number, is: boolean][] = [
    [0, 0, true],
    [1_767_323_045_678, 86_400, true],
    [18_446_744_073_708, 0, true],
    [18_446_744_073_708, 1, false],
    [18_446_744_073_709, 0, false],
    [-1, 0, false],
    [0, -1, false],
    [NaN, 0, false],
    [0, NaN, false],
    [Infinity, 0, false],
    [0, Infinity, false],
  ];
  for (const [startMs, durationSeconds, is] of times) {
    const span = spanOf(0, { startMs, durationSeconds });
    assertEquals(isWritable(span), is, `${startMs} ${durationSeconds}`);
    if (is) decode(span);
  }
});

Deno.test("decodeTraceRequest takes nothing that the definitions do not know", () => {
  const text = encodeTraceRequest(RESOURCE, [spanOf(0)]);
  decodeTraceRequest(text);
  for (const [right, wrong] of [["scopeSpans", "scope_spans"], ["kind", "spanKind"], ["startTime", "StartTime"]]) {
    assertThrows(() => decodeTraceRequest(text.replace(right, wrong)));
  }
  assertThrows(() => decodeTraceRequest(text.replace(/"traceId":"0/, '"traceId":"A')));
  assertThrows(() => decodeTraceRequest(text.replace(/("startTimeUnixNano"):"(\d+)"/, "$1:$2")));
});
