import { context, createTraceState, INVALID_SPAN_CONTEXT, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { AlwaysOffSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import { assertEquals } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { runScript } from "../_support/subprocess.ts";

const API = Symbol.for("opentelemetry.js.api.1");

const metrics = createMetrics({ aggregation: "inline" });

/** The place in a trace that runs now. */
function activeSpan(): Record<string, unknown> | undefined {
  const { traceId, spanId, isSampled, tracestate } = metrics.trace.current ?? {};
  return traceId === undefined ? undefined : { traceId, spanId, isSampled, tracestate };
}

/** Does something while OpenTelemetry knows which span is active. */
async function withOpenTelemetry(work: () => void | Promise<void>): Promise<void> {
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  try {
    await work();
  } finally {
    context.disable();
    manager.disable();
  }
}

/** Does something with another global object of OpenTelemetry. */
function withApi(api: unknown, work: () => void): void {
  const globals = globalThis as Record<symbol, unknown>;
  const original = globals[API];
  globals[API] = api;
  try {
    work();
  } finally {
    if (original === undefined) delete globals[API];
    else globals[API] = original;
  }
}

Deno.test("Tracer.current has the ids of a span of @opentelemetry/sdk-trace, across await", async () => {
  await withOpenTelemetry(async () => {
    const tracer = new TracerProvider().getTracer("test");
    assertEquals(activeSpan(), undefined);
    await tracer.startActiveSpan("work", async (span) => {
      const { traceId, spanId } = span.spanContext();
      const expected = { traceId, spanId, isSampled: true, tracestate: "" };
      assertEquals(activeSpan(), expected);
      await Promise.resolve();
      assertEquals(activeSpan(), expected);
      span.end();
    });
    assertEquals(activeSpan(), undefined);
  });
});

Deno.test("Tracer.current has the flags and the tracestate of the span", async () => {
  await withOpenTelemetry(() => {
    const tracer = new TracerProvider({ sampler: new AlwaysOffSampler() }).getTracer("test");
    const parent = trace.wrapSpanContext({
      traceId: "12345678901234567890123456789012",
      spanId: "1234567890123456",
      traceFlags: 1,
      traceState: createTraceState("foo=1,bar=2"),
    });
    context.with(trace.setSpan(context.active(), parent), () => {
      assertEquals(activeSpan(), {
        traceId: "12345678901234567890123456789012",
        spanId: "1234567890123456",
        isSampled: true,
        tracestate: "foo=1,bar=2",
      });
      tracer.startActiveSpan("work", (span) => {
        assertEquals(activeSpan(), {
          traceId: "12345678901234567890123456789012",
          spanId: span.spanContext().spanId,
          isSampled: false,
          tracestate: "foo=1,bar=2",
        });
        span.end();
      });
    });
  });
});

Deno.test("Tracer.current excludes a tracestate that no header can carry", () => {
  for (const tracestate of ["a=\ud800", "a=1\r\nb: 2", 5, null]) {
    const spanContext = () => ({
      traceId: "12345678901234567890123456789012",
      spanId: "1234567890123456",
      traceFlags: 1,
      traceState: { serialize: () => tracestate },
    });
    withApi({ context: { active: () => ({ getValue: () => ({ spanContext }) }) } }, () => {
      assertEquals(activeSpan()?.tracestate, "");
    });
  }
});

Deno.test("Tracer.current is undefined for a span that records nothing", async () => {
  await withOpenTelemetry(() => {
    context.with(trace.setSpan(context.active(), trace.wrapSpanContext(INVALID_SPAN_CONTEXT)), () => {
      assertEquals(activeSpan(), undefined);
    });
  });
});

Deno.test("Tracer.current is undefined where OpenTelemetry is absent, not set up, or fails", () => {
  const withSpan = (span: unknown) => ({ context: { active: () => ({ getValue: () => span }) } });
  const fail = () => {
    throw new Error("broken");
  };
  const apis: unknown[] = [
    undefined,
    null,
    5,
    {},
    { context: {} },
    { context: { active: fail } },
    { context: { active: () => undefined } },
    withSpan(undefined),
    withSpan(null),
    withSpan({}),
    withSpan({ spanContext: fail }),
    withSpan({ spanContext: () => ({}) }),
    withSpan({ spanContext: () => ({ traceId: "A".repeat(32), spanId: "1".repeat(16), traceFlags: 1 }) }),
    withSpan({ spanContext: () => ({ traceId: 5, spanId: "1".repeat(16), traceFlags: 1 }) }),
  ];
  for (const api of apis) withApi(api, () => assertEquals(activeSpan(), undefined));
});

const BUILT_IN = `import { createMetrics } from ${JSON.stringify(import.meta.resolve("../../mod.ts"))};
  const metrics = createMetrics({ aggregation: "inline" });
  const activeSpan = () => {
    const { traceId, spanId, isSampled } = metrics.trace.current ?? {};
    return traceId && { traceId, spanId, isSampled };
  };
  const before = activeSpan();
  const tracer = Deno.telemetry.tracerProvider?.getTracer("test");
  if (Deno.env.get("OTEL_DENO") !== "true") {
    console.log(JSON.stringify([before]));
  } else {
    const inside = await tracer.startActiveSpan("work", async (span) => {
      await Promise.resolve();
      const { traceId, spanId } = span.spanContext();
      const active = activeSpan();
      span.end();
      return [active?.traceId === traceId, active?.spanId === spanId, active?.isSampled];
    });
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => Response.json(activeSpan()));
    const traceparent = "00-12345678901234567890123456789012-1234567890123456-01";
    const response = await fetch("http://127.0.0.1:" + server.addr.port, { headers: { traceparent } });
    const { traceId, spanId } = await response.json();
    await server.shutdown();
    console.log(JSON.stringify([before ?? null, inside, traceId, spanId !== "1234567890123456"]));
  }`;

async function runBuiltIn(env: Readonly<Record<string, string>>): Promise<unknown> {
  const permissions = ["--allow-read", "--allow-env", "--allow-net=127.0.0.1"];
  const { code, stdout, stderr } = await runScript(BUILT_IN, permissions, env);
  assertEquals([code, stderr], [0, ""]);
  return JSON.parse(stdout);
}

Deno.test("Tracer.current has the ids of a span of Deno's own OpenTelemetry, and of a request", async () => {
  const env = { OTEL_DENO: "true", OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" };
  assertEquals(await runBuiltIn(env), [null, [true, true, true], "12345678901234567890123456789012", true]);
  assertEquals(await runBuiltIn({ OTEL_DENO: "false" }), [null]);
});
