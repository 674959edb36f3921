import { assertEquals } from "@std/assert";
import { createSpanSinks } from "../../../src/keep/push/sinks.ts";

Deno.test("createSpanSinks creates what settings ask for, and nothing without settings", () => {
  assertEquals(createSpanSinks({}), []);
  const [sink, ...others] = createSpanSinks({ traceExport: { endpoint: "http://127.0.0.1:9", resource: {} } });
  assertEquals([sink.name, others.length], ["otlp", 0]);
  assertEquals(sink.diagnostics, {
    traceExport: { exported: 0, dropped: { queue_full: 0, rejected: 0, failed: 0 }, retries: 0, lastFailure: null },
  });
});

Deno.test("createSpanSinks creates a sink for each endpoint, with its own diagnostics", () => {
  const traceExport = { endpoint: "http://127.0.0.1:9", zipkinEndpoint: "http://127.0.0.1:9", resource: {} };
  const sinks = createSpanSinks({ traceExport });
  assertEquals(sinks.map(({ name, diagnostics }) => [name, Object.keys(diagnostics)]), [["otlp", ["traceExport"]], [
    "zipkin",
    ["zipkinExport"],
  ]]);
  const [zipkin] = createSpanSinks({ traceExport: { ...traceExport, endpoint: undefined } });
  assertEquals(zipkin.name, "zipkin");
});
