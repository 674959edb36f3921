import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ZipkinTraceExporter, type ZipkinTraceOptions } from "../../../src/keep/push/zipkin_traces.ts";
import type { Span } from "../../../src/model/spans.ts";
import { ManualTimers, until } from "../../_support/keep/push/otlp_receiver.ts";
import { spanOf, spansOf, WHOLE_SPAN } from "../../_support/keep/push/spans.ts";
import { ZipkinReceiver, type ZipkinSpan } from "../../_support/keep/push/zipkin_receiver.ts";

const NONE = { queue_full: 0, rejected: 0, failed: 0 };
const RESOURCE = { "service.name": "trader" };

/** An exporter whose time passes when the test says so, and whose delays are three quarters of the longest. */
function exporterTo(endpoint: string, options: Partial<ZipkinTraceOptions> = {}) {
  const timers = new ManualTimers();
  const exporter = new ZipkinTraceExporter({ endpoint, resource: RESOURCE, ...options }, { timers, random: () => 0.5 });
  return { exporter, timers };
}

/** Spans as a receiver gets them. */
async function sent(...spans: readonly Span[]): Promise<ZipkinSpan[]> {
  const bodies: string[] = [];
  const exporter = new ZipkinTraceExporter({ endpoint: "http://collector", resource: RESOURCE }, {
    timers: new ManualTimers(),
    async fetch(input, init) {
      bodies.push(await new Request(input, init).text());
      return new Response(null, { status: 202 });
    },
  });
  for (const span of spans) exporter.add(span);
  await exporter.close();
  return bodies.flatMap((body) => JSON.parse(body));
}

Deno.test("ZipkinTraceExporter writes all of a span, in microseconds", async () => {
  assertEquals(await sent(WHOLE_SPAN), [{
    traceId: "0af7651916cd43dd8448eb211c80319c",
    id: "b7ad6b7169203331",
    parentId: "00f067aa0ba902b7",
    kind: "CLIENT",
    name: "order_execution",
    timestamp: 1_767_323_045_678_250,
    duration: 12_300,
    localEndpoint: { serviceName: "trader" },
    tags: { "thread.name": "worker 1", pair: "BTC-USD", side: "buy", error: "true" },
  }]);
});

Deno.test("ZipkinTraceExporter omits the parent of a root, the kind of an internal span and the error of none", async () => {
  const [span] = await sent(spanOf(0, { isError: false }));
  const keys = ["duration", "id", "localEndpoint", "name", "tags", "timestamp", "traceId"];
  assertEquals([Object.keys(span).toSorted(), span.tags], [keys, { "thread.name": "main" }]);
});

Deno.test("ZipkinTraceExporter names kinds in capitals, and keeps what a label says of an error", async () => {
  const kinds = ["server", "client", "producer", "consumer"] as const;
  const spans = await sent(...kinds.map((kind, i) => spanOf(i, { kind, isError: true, labels: { error: "timeout" } })));
  assertEquals(spans.map(({ kind }) => kind), ["SERVER", "CLIENT", "PRODUCER", "CONSUMER"]);
  assertEquals(spans.map(({ tags }) => tags.error), Array(4).fill("timeout"));
});

Deno.test("ZipkinTraceExporter writes no duration of zero, and takes other resource attributes as tags", async () => {
  const bodies: string[] = [];
  const resource = { ...RESOURCE, region: "eu" };
  const exporter = new ZipkinTraceExporter({ endpoint: "http://collector", resource }, {
    timers: new ManualTimers(),
    fetch(_, init) {
      bodies.push(String(init?.body));
      return Promise.resolve(new Response());
    },
  });
  for (const [i, durationSeconds] of [0, 4e-7, 1.4e-6].entries()) exporter.add(spanOf(i, { durationSeconds }));
  await exporter.close();
  const spans: ZipkinSpan[] = JSON.parse(bodies[0]);
  assertEquals(spans.map(({ duration }) => duration), [1, 1, 1]);
  assertEquals(spans[0].tags, { region: "eu", "thread.name": "main" });
});

Deno.test("ZipkinTraceExporter writes any text as Unicode, and every label as a tag", async () => {
  await fc.assert(fc.asyncProperty(
    fc.string({ unit: "binary" }),
    fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" })),
    async (name, labels) => {
      const [span] = await sent(spanOf(0, { name, labels }));
      assertEquals(span.name, name.toWellFormed());
      for (const [key, value] of Object.entries(labels)) {
        assertEquals(Object.getOwnPropertyDescriptor(span.tags, key.toWellFormed())?.value, value.toWellFormed());
      }
    },
  ));
  const [span] = await sent(spanOf(0, {
    name: "\ud800",
    labels: { quote: '"},\n\0', ["__proto__"]: "own", half: "a\udc00" },
  }));
  assertEquals([span.name, span.tags.quote, span.tags.half], ["\ufffd", '"},\n\0', "a\ufffd"]);
  assertEquals(Object.getOwnPropertyDescriptor(span.tags, "__proto__")?.value, "own");
});

Deno.test("ZipkinTraceExporter posts JSON in batches to the path of spans, or to the one that is given", async () => {
  await using receiver = new ZipkinReceiver();
  const { exporter, timers } = exporterTo(receiver.url, { batchMax: 2 });
  for (const span of spansOf(5)) exporter.add(span);
  await until(() => exporter.counts.exported === 4);
  assertEquals(receiver.requests.map(({ spans }) => spans.length), [2, 2]);
  timers.advance(5_000);
  await until(() => exporter.counts.exported === 5);
  await exporter.close();
  const other = exporterTo(`${receiver.url}/zipkin`).exporter;
  other.add(spanOf(5));
  await other.close();
  assertEquals(receiver.spans.map(({ name }) => name), spansOf(6).map(({ name }) => name));
  const paths = ["/api/v2/spans", "/api/v2/spans", "/api/v2/spans", "/zipkin"];
  assertEquals(receiver.requests.map(({ path }) => path), paths);
  for (const { method, headers } of receiver.requests) {
    assertEquals([method, headers.get("content-type")], ["POST", "application/json"]);
  }
});

Deno.test("ZipkinTraceExporter sends a batch again after 503 and 429, when it is asked to", async () => {
  await using receiver = new ZipkinReceiver(
    new Response(null, { status: 503, headers: { "retry-after": "7" } }),
    new Response(null, { status: 429 }),
  );
  const { exporter, timers } = exporterTo(receiver.url);
  exporter.add(spanOf(0));
  const flushed = exporter.flush();
  for (const delayMs of [7_000, 1_500]) {
    await until(() => timers.delaysMs.includes(delayMs));
    timers.advance(delayMs);
  }
  await flushed;
  assertEquals(exporter.counts, { exported: 1, dropped: NONE, retries: 2 });
  await exporter.close();
});

Deno.test("ZipkinTraceExporter gives up a batch that is refused with 400", async () => {
  await using receiver = new ZipkinReceiver(new Response("bad span", { status: 400 }));
  const { exporter } = exporterTo(receiver.url);
  exporter.add(spanOf(0));
  await exporter.flush();
  assertEquals([receiver.requests.length, exporter.lastFailure], [1, "status 400"]);
  assertEquals(exporter.counts, { exported: 0, dropped: { ...NONE, failed: 1 }, retries: 0 });
  await exporter.close();
});

Deno.test("ZipkinTraceExporter delivers waiting spans when it is closed, and drops those without valid times", async () => {
  await using receiver = new ZipkinReceiver();
  const { exporter } = exporterTo(receiver.url);
  const times = [{ startMs: NaN }, { startMs: 0 }, { startMs: 1e13 }, { durationSeconds: -1 }, {
    durationSeconds: 1e11,
  }];
  for (const [i, parts] of times.entries()) exporter.add(spanOf(i + 1, parts));
  exporter.add(spanOf(0));
  await exporter.close();
  assertEquals(receiver.spans.map(({ name }) => name), ["span 0"]);
  assertEquals(exporter.counts, { exported: 1, dropped: { ...NONE, failed: 5 }, retries: 0 });
});
