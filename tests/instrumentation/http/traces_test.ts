import { context as otelContext, trace as otelTrace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Hono } from "hono";
import { createMetrics, type Metrics, type TraceDetail } from "../../../mod.ts";
import { httpMetrics } from "../../../src/hono.ts";
import { type FetchLike, instrumentFetch, instrumentHandler, measureRequest } from "../../../src/server.ts";
import { runScript } from "../../_support/subprocess.ts";
import { testTraceContext } from "../../_support/trace/trace_context.ts";
import { BareServer } from "../../_support/instrumentation/http/bare_server.ts";

const TRACE_ID = "0af7651916cd43dd8448eb211c80319c";
const PARENT_ID = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE_ID}-${PARENT_ID}-01`;
const CALLS = 3;

type Handler = (request: Request) => Response | Promise<Response>;
type Instrument = (metrics: Metrics, handler: Handler) => Handler;

const INSTRUMENTS: Readonly<Record<string, Instrument>> = {
  httpMetrics: (metrics, handler) => {
    const app = new Hono();
    app.use(httpMetrics(metrics));
    app.onError(() => new Response(null, { status: 500 }));
    app.all("*", ({ req }) => handler(req.raw));
    return (request) => app.fetch(request);
  },
  instrumentHandler,
};

for (const [name, instrument] of Object.entries(INSTRUMENTS)) {
  testTraceContext(`${name} and instrumentFetch pass the tests of W3C Trace Context over sockets`, async (headers) => {
    await using metrics = createMetrics({ aggregation: "inline", traces: true });
    const received: Headers[] = [];
    await using target = BareServer.serve((request) => {
      received.push(request.headers);
      return new Response();
    });
    const call = instrumentFetch(metrics, fetch);
    await using service = BareServer.serve(instrument(metrics, async () => {
      for (let i = 0; i < CALLS; i++) await (await call(target.url)).text();
      return new Response("done");
    }));
    assertMatch(await service.ask(headers), /^HTTP\/1\.1 200 /);
    return received;
  });

  Deno.test(`${name} makes a request a span of the trace in its headers, and its calls child spans`, async () => {
    await using metrics = createMetrics({ aggregation: "inline", traces: true });
    const query = metrics.timer("query");
    const call = instrumentFetch<FetchLike>(metrics, () => Promise.resolve(new Response(null, { status: 404 })));
    const handle = instrument(metrics, async () => {
      query.end(query.start());
      await call("http://prices/AAPL");
      return new Response("found");
    });
    const response = await handle(new Request("http://shop/orders", { headers: { traceparent: TRACEPARENT } }));
    assertEquals(await response.text(), "found");

    const trace = await metrics.findTrace(TRACE_ID);
    const [request, ...parts] = trace?.stages ?? [];
    assertEquals([request.kind, request.parentId, request.isError], ["server", PARENT_ID, false]);
    assertMatch(request.name, /^GET( \*)?/);
    assertEquals(
      parts.map(({ name, kind, parentId, isError }) => [name, kind, parentId === request.spanId, isError]),
      [["query", "internal", true, false], ["GET", "client", true, true]],
    );
    assertEquals(response.headers.get("traceparent"), `00-${TRACE_ID}-${request.spanId}-01`);
  });

  Deno.test(`${name} starts a trace without headers, also for a server that was started in one`, async () => {
    await using metrics = createMetrics({ aggregation: "inline", traces: true });
    const handle = instrument(metrics, () => new Response());
    const outer = await metrics.trace.run({ name: "start" }, async ({ traceId }) => {
      await handle(new Request("http://shop/"));
      return traceId;
    });
    const response = await handle(new Request("http://shop/", { headers: { traceparent: "nonsense" } }));
    assertEquals((await metrics.findTrace(outer))?.stages.map(({ name }) => name), ["start"]);
    const { slowest } = await metrics.listTraces();
    assertEquals(slowest.length, 3);
    assertEquals(new Set(slowest.map(({ traceId }) => traceId)).size, 3);
    assertMatch(response.headers.get("traceparent") ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/);
  });

  Deno.test(`${name} marks a span as failed if the server failed`, async () => {
    await using metrics = createMetrics({ aggregation: "inline", traces: true });
    const answers: (() => Response)[] = [
      () => new Response(null, { status: 404 }),
      () => new Response(null, { status: 503 }),
      () => {
        throw new TypeError("broken");
      },
    ];
    const failures: boolean[] = [];
    for (const [i, answer] of answers.entries()) {
      const traceId = TRACE_ID.slice(0, -1) + i;
      const headers = { traceparent: `00-${traceId}-${PARENT_ID}-01` };
      const handle = instrument(metrics, answer);
      await Promise.resolve().then(() => handle(new Request("http://shop/", { headers }))).catch(() => {});
      failures.push((await metrics.findTrace(traceId))?.stages[0].isError ?? false);
    }
    assertEquals(failures, [false, true, true]);
  });

  Deno.test(`${name} ends the span of a stream with the stream`, async () => {
    await using metrics = createMetrics({ aggregation: "inline", traces: true });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const handle = instrument(metrics, () => new Response(readable));
    const response = await handle(new Request("http://shop/", { headers: { traceparent: TRACEPARENT } }));
    assertEquals(await metrics.findTrace(TRACE_ID), undefined);
    const text = response.text();
    const writer = writable.getWriter();
    await writer.write(new TextEncoder().encode("all of it"));
    await writer.close();
    assertEquals(await text, "all of it");
    assertEquals((await metrics.findTrace(TRACE_ID))?.spans, 1);
    assert(response.headers.get("traceparent")?.includes(TRACE_ID));
  });

  Deno.test(`${name} names the span also in immutable responses`, async () => {
    await using metrics = createMetrics({ aggregation: "inline", traces: true });
    const handle = instrument(metrics, () => Response.redirect("http://shop/elsewhere", 303));
    const response = await handle(new Request("http://shop/", { headers: { traceparent: TRACEPARENT } }));
    assertEquals([response.status, response.headers.get("location")], [303, "http://shop/elsewhere"]);
    assert(response.headers.get("traceparent")?.includes(TRACE_ID));
  });

  Deno.test(`${name} traces nothing without traces, and propagates ids that are not recorded`, async () => {
    for (const traces of [undefined, false] as const) {
      await using metrics = createMetrics({ aggregation: "inline", traces });
      const handle = instrument(metrics, () => new Response());
      const response = await handle(new Request("http://shop/", { headers: { traceparent: TRACEPARENT } }));
      assertEquals([response.headers.get("traceparent"), await metrics.findTrace(TRACE_ID)], [null, undefined]);
    }
    await using metrics = createMetrics({ aggregation: "inline", traces: true });
    let sent: string | null = null;
    const call = instrumentFetch<FetchLike>(metrics, (_input, init) => {
      sent = new Headers(init?.headers).get("traceparent");
      return Promise.resolve(new Response());
    });
    const handle = instrument(metrics, () => call("http://prices/"));
    await handle(new Request("http://shop/", { headers: { traceparent: `00-${TRACE_ID}-${PARENT_ID}-00` } }));
    assertMatch(sent ?? "", new RegExp(`^00-${TRACE_ID}-[0-9a-f]{16}-00$`));
    assertEquals(await metrics.findTrace(TRACE_ID), undefined);
  });

  Deno.test(`${name} makes a request part of OpenTelemetry's active span, not of its headers`, async () => {
    await using metrics = createMetrics({ aggregation: "inline", traces: true });
    const manager = new AsyncLocalStorageContextManager().enable();
    otelContext.setGlobalContextManager(manager);
    try {
      const spanContext = { traceId: TRACE_ID, spanId: "00f067aa0ba902b7", traceFlags: 1 };
      const active = otelTrace.setSpan(otelContext.active(), otelTrace.wrapSpanContext(spanContext));
      const timer = metrics.timer("work");
      const handle = instrument(metrics, () => {
        timer.end(timer.start());
        return new Response();
      });
      await otelContext.with(active, async () => {
        await handle(new Request("http://shop/", { headers: { traceparent: TRACEPARENT } }));
        // And timings directly within the span of OpenTelemetry.
        timer.end(timer.start());
      });
      const stages = (await metrics.findTrace(TRACE_ID))?.stages ?? [];
      const server = stages.find(({ kind }) => kind === "server");
      assertEquals(server?.parentId, "00f067aa0ba902b7");
      const works = stages.filter(({ name }) => name === "work").map(({ parentId }) => parentId);
      assertEquals(works.toSorted(), ["00f067aa0ba902b7", server?.spanId ?? ""].toSorted());
    } finally {
      otelContext.disable();
      manager.disable();
    }
  });
}

Deno.test("instrumentFetch names its span instead of the caller's, and keeps the other headers", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const sent: Headers[] = [];
  const call = instrumentFetch<FetchLike>(metrics, (input, init) => {
    sent.push(new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined)));
    return Promise.resolve(new Response());
  });
  const headers = { traceparent: TRACEPARENT, tracestate: "stale=1", accept: "text/plain" };
  await call("http://prices/", { headers });
  const traceId = await metrics.trace.run({ tracestate: "ours=2" }, async ({ traceId }) => {
    await call(new Request("http://prices/", { headers }));
    return traceId;
  });
  assertEquals(sent[0].get("traceparent"), TRACEPARENT);
  assertEquals([sent[1].get("accept"), sent[1].get("tracestate")], ["text/plain", "ours=2"]);
  const client = (await metrics.findTrace(traceId))?.stages.find(({ kind }) => kind === "client");
  assertEquals(sent[1].get("traceparent"), `00-${traceId}-${client?.spanId}-03`);
});

Deno.test("instrumentFetch marks a call without a response as failed", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const call = instrumentFetch<FetchLike>(metrics, () => Promise.reject(new TypeError("no route to host")));
  const traceId = await metrics.trace.run({}, async ({ traceId }) => {
    await call("http://prices/").catch(() => {});
    return traceId;
  });
  assertEquals((await metrics.findTrace(traceId))?.stages.map(({ name, isError }) => [name, isError]), [
    ["run", false],
    ["GET", true],
  ]);
});

Deno.test("measureRequest ends the span of its context", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const context = metrics.trace.open({ traceId: TRACE_ID, parentId: PARENT_ID });
  {
    using request = measureRequest(metrics, { method: "PUT", route: "/orders/:id", context });
    request.end(500);
  }
  const [stage] = (await metrics.findTrace(TRACE_ID) as TraceDetail).stages;
  assertEquals(
    [stage.name, stage.kind, stage.spanId, stage.parentId, stage.isError],
    ["PUT /orders/:id", "server", context.spanId, PARENT_ID, true],
  );
});

/** With Deno's own OpenTelemetry, the span that it makes for a request is the parent. */
const BUILT_IN = `
  import { createMetrics } from ${JSON.stringify(import.meta.resolve("../../../mod.ts"))};
  import { instrumentHandler } from ${JSON.stringify(import.meta.resolve("../../../src/server.ts"))};
  const metrics = createMetrics({ aggregation: "inline", traces: true });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    instrumentHandler(metrics, () => Response.json(metrics.trace.current)),
  );
  const url = "http://127.0.0.1:" + server.addr.port;
  await (await fetch(url, { headers: { traceparent: ${JSON.stringify(TRACEPARENT)} } })).text();
  await server.shutdown();
  const trace = await metrics.findTrace(${JSON.stringify(TRACE_ID)});
  await metrics.close();
  console.log(JSON.stringify(trace.stages.map(({ kind, parentId }) => [kind, parentId])));
`;

Deno.test("instrumentHandler makes a request part of the span of Deno's own OpenTelemetry", async () => {
  const permissions = ["--allow-read", "--allow-env", "--allow-net=127.0.0.1"];
  const env = { OTEL_DENO: "true", OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" };
  const { code, stdout, stderr } = await runScript(BUILT_IN, permissions, env);
  assertEquals([code, stderr], [0, ""]);
  const [[kind, parentId]] = JSON.parse(stdout);
  assertEquals(kind, "server");
  assertMatch(parentId, /^[0-9a-f]{16}$/);
  assertNotEquals(parentId, PARENT_ID);
});
