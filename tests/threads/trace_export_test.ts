import { assert, assertEquals, assertGreater, assertMatch, assertStringIncludes } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { OtlpReceiver } from "../_support/keep/push/otlp_receiver.ts";
import { ZipkinReceiver } from "../_support/keep/push/zipkin_receiver.ts";
import { runScript } from "../_support/subprocess.ts";
import { Thread } from "../_support/threads/thread.ts";

const HEX = { trace: /^[0-9a-f]{32}$/, span: /^[0-9a-f]{16}$/ };

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`createMetrics exports the spans of a trace to a collector, all of them by its close, ${aggregation}`, async () => {
    await using collector = new OtlpReceiver();
    const traces = { endpoint: collector.url, headers: { authorization: "Bearer secret" }, serviceName: "shop" };
    const metrics = createMetrics({ aggregation, traces });
    const payment = metrics.timer("payment", { labels: ["method"] });
    const traceId = await metrics.trace.run({ name: "order" }, async ({ traceId }) => {
      await payment.with({ method: "card" }).wrap(() => Promise.resolve())();
      return traceId;
    });
    await metrics.close();

    const [order, part] = collector.spans.toSorted((a, b) => Number(b.name === "order") - Number(a.name === "order"));
    assertEquals(collector.spans.length, 2);
    assertEquals([order.name, order.traceId, order.parentSpanId], ["order", traceId, undefined]);
    assertEquals([part.name, part.traceId, part.parentSpanId], ["payment", traceId, order.spanId]);
    assertMatch(order.traceId, HEX.trace);
    assertMatch(order.spanId, HEX.span);
    const attributes = part.attributes?.map(({ key, value }) => [key, value.stringValue]) ?? [];
    assert(attributes.some(([key, value]) => key === "method" && value === "card"), JSON.stringify(attributes));
    assertGreater(Number(part.startTimeUnixNano), Number(order.startTimeUnixNano) - 1e6);
    const [{ headers, message, path }] = collector.requests;
    assertEquals([path, headers.get("authorization")], ["/v1/traces", "Bearer secret"]);
    const [{ key, value }] = message.resourceSpans[0].resource.attributes;
    assertEquals([key, value.stringValue], ["service.name", "shop"]);
    assertStringIncludes(await metrics.scrape(), "hotpath_spans_exported_total 2\n");
  });
}

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`createMetrics exports spans to Zipkin beside OTLP, without the headers of OTLP, ${aggregation}`, async () => {
    await using collector = new OtlpReceiver();
    await using zipkin = new ZipkinReceiver();
    const headers = { authorization: "Bearer secret" };
    const traces = { endpoint: collector.url, headers, zipkinEndpoint: zipkin.url, serviceName: "shop" };
    const metrics = createMetrics({ aggregation, traces });
    metrics.trace.run({ name: "order" }, () => {});
    const { zipkinExport } = await metrics.performance();
    assertEquals(zipkinExport?.lastFailure, null);
    await metrics.close();
    const [{ name, traceId, localEndpoint, timestamp }] = zipkin.spans;
    assertEquals([name, localEndpoint], ["order", { serviceName: "shop" }]);
    assertEquals([collector.spans.length, collector.spans[0].traceId], [1, traceId]);
    assertEquals(Math.abs(Number(collector.spans[0].startTimeUnixNano) / 1_000 - timestamp) < 1, true);
    assertEquals(zipkin.requests[0].headers.get("authorization"), null);
    const text = await metrics.scrape();
    for (const prefix of ["hotpath", "hotpath_zipkin"]) {
      assertStringIncludes(text, `\n${prefix}_spans_exported_total 1\n`);
    }
  });
}

Deno.test("createMetrics exports a trace that crosses two Workers as one", async () => {
  await using collector = new OtlpReceiver();
  const metrics = createMetrics({ traces: { endpoint: collector.url } });
  const first = await Thread.start(metrics);
  const second = await Thread.start(metrics, "node");
  const traceId = await metrics.trace.run({ name: "candle" }, async ({ traceId, spanId }) => {
    await first.run({ do: "trace", traceId, parentId: spanId, name: "signal", half: "start" });
    await second.run({ do: "trace", traceId, parentId: spanId, name: "order", half: "end" });
    return traceId;
  });
  await first[Symbol.asyncDispose]();
  await second[Symbol.asyncDispose]();
  await metrics.close();
  assertEquals(new Set(collector.spans.map((span) => span.traceId)), new Set([traceId]));
  const names = collector.spans.map(({ name }) => name).toSorted();
  assertEquals(names, ["candle", "handover", "order", "signal", "stage", "stage"]);
  const threads = collector.spans.map(({ name, attributes = [] }) => {
    return [name, attributes.find(({ key }) => key.includes("thread"))?.value.stringValue];
  });
  assertEquals(Object.fromEntries(threads).signal, "worker-1");
  assertEquals(Object.fromEntries(threads).order, "worker-2");
});

Deno.test("spans that a collector does not take are counted, with the reason", async () => {
  await using collector = new OtlpReceiver(() => new Response("no such tenant", { status: 403 }));
  const metrics = createMetrics({ aggregation: "inline", traces: { endpoint: collector.url } });
  metrics.trace.run({}, () => {});
  assertStringIncludes(await metrics.scrape(), 'hotpath_spans_export_dropped_total{reason="failed"} 0\n');
  await metrics.close();
  assertStringIncludes(await metrics.scrape(), 'hotpath_spans_export_dropped_total{reason="failed"} 1\n');
  assertEquals(collector.requests.length, 1);
});

Deno.test("the diagnostics show what became of exported spans", async () => {
  await using collector = new OtlpReceiver();
  await using metrics = createMetrics({ traces: { endpoint: collector.url } });
  const { traceExport } = await metrics.performance();
  assertEquals(traceExport, {
    exported: 0,
    dropped: { queue_full: 0, rejected: 0, failed: 0 },
    retries: 0,
    lastFailure: null,
  });
  await using plain = createMetrics({ aggregation: "inline" });
  assertEquals("traceExport" in await plain.performance(), false);
});

Deno.test("Metrics with trace export lets a program end in time without its collector", async () => {
  const program = `
    import { createMetrics } from ${JSON.stringify(import.meta.resolve("../../mod.ts"))};
    const metrics = createMetrics({ traces: { endpoint: "http://127.0.0.1:9" } });
    metrics.trace.run({}, () => {});
    await metrics.flush();
    console.log("done");
  `;
  const { code, stdout, stderr } = await runScript(program, ["--allow-read", "--allow-net=127.0.0.1:9"], {});
  assertEquals([code, stdout.trim(), stderr], [0, "done", ""]);
});
