import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { createMetrics, type MetricsSource, noopMetrics } from "../../mod.ts";
import { metricsRoutes, type RoutesOptions } from "../../src/hono.ts";
import { FakeClock } from "../../src/testing/mod.ts";
import { Traces } from "../../src/aggregate/traces/traces.ts";
import { childWith, spanWith, traceIdOf } from "../_support/aggregate/traces/spans.ts";
import { assertProblem } from "../_support/serve/problems.ts";
import { sourceWith } from "../_support/serve/sources.ts";
import { TRACE_LIMITS } from "../_support/aggregate/traces/trace_limits.ts";

const ID = "4bf92f3577b34da6a3ce929d0e0e4736";

function mounted(source: MetricsSource, options: RoutesOptions = {}): Hono {
  return new Hono().route("/internal", metricsRoutes(source, options));
}

/** Routes to traces that the test feeds. */
function withTraces(options: RoutesOptions = {}): { traces: Traces; app: Hono } {
  const clock = new FakeClock();
  const traces = new Traces(() => clock.now(), 100, TRACE_LIMITS);
  const source = sourceWith({
    listTraces: (query) => Promise.resolve(traces.list(query)),
    findTrace: (traceId) => Promise.resolve(traces.find(traceId)),
  });
  return { traces, app: mounted(source, options) };
}

Deno.test("metricsRoutes answers /traces with the slowest, the recent ones and totals", async () => {
  const { traces, app } = withTraces();
  for (const [i, durationSeconds] of [3, 1, 2].entries()) {
    traces.add(spanWith({ traceId: traceIdOf(i + 1), durationSeconds, thread: `thread ${i}` }));
  }
  traces.join.end(ID, "order", 1);
  const response = await app.request("/internal/traces");
  assertEquals(response.status, 200);
  assertMatch(response.headers.get("content-type") ?? "", /^application\/json/);
  assertEquals(response.headers.get("cache-control"), "no-store");
  const { slowest, recent, unmatched, counts } = await response.json();
  assertEquals(slowest[0], {
    traceId: traceIdOf(1),
    name: "candle",
    startedAt: "2023-11-14T22:13:20.000Z",
    endToEndSeconds: 3,
    spans: 1,
    droppedSpans: 0,
    threads: ["thread 0"],
    isComplete: true,
  });
  const durationsOf = (traces: { endToEndSeconds: number }[]) => traces.map(({ endToEndSeconds }) => endToEndSeconds);
  assertEquals([durationsOf(slowest), durationsOf(recent)], [[3, 2, 1], [2, 1, 3]]);
  assertEquals(unmatched, []);
  assertEquals([counts.spans, counts.traces, counts.waiting], [3, 3, 1]);
});

Deno.test("metricsRoutes applies the limit of /traces, and refuses an invalid one", async () => {
  const { traces, app } = withTraces();
  for (let i = 1; i <= 60; i++) traces.add(spanWith({ traceId: traceIdOf(i) }));
  for (const [query, length] of [["", 50], ["?limit=1", 1], ["?limit=1000", 60]] as const) {
    const { slowest, recent } = await (await app.request(`/internal/traces${query}`)).json();
    assertEquals([query, slowest.length, recent.length], [query, length, length]);
  }
  for (const limit of ["0", "-1", "1001", "1.5", "1e2", "0x5", "ten", "", "%20", "9".repeat(400)]) {
    const response = await app.request(`/internal/traces?limit=${limit}`);
    await assertProblem(response, 400, "limit must be a whole number from 1 to 1000");
  }
  await assertProblem(await app.request("/internal/traces?limit=1&limit=2"), 400, "limit must be given once, got 2");
});

Deno.test("metricsRoutes answers /traces/:id with the stages of one trace, the id in either case", async () => {
  const { traces, app } = withTraces();
  traces.add(childWith({ traceId: ID, startMs: 1_700_000_000_250, durationSeconds: 0.5, labels: { pair: "BTC-USD" } }));
  traces.add(spanWith({ traceId: ID }));
  for (const id of [ID, ID.toUpperCase()]) {
    const response = await app.request(`/internal/traces/${id}`);
    assertEquals(response.status, 200);
    const { traceId, endToEndSeconds, stages } = await response.json();
    assertEquals([traceId, endToEndSeconds], [ID, 1]);
    assertEquals(stages.map(({ name }: { name: string }) => name), ["candle", "signal"]);
    assertEquals(stages[0].parentId, null);
    assertEquals(stages[1], {
      name: "signal",
      spanId: "b7ad6b7169203331",
      parentId: "00f067aa0ba902b7",
      startOffsetSeconds: 0.25,
      durationSeconds: 0.5,
      labels: { pair: "BTC-USD" },
      thread: "main",
      kind: "internal",
      isError: false,
    });
  }
});

Deno.test("metricsRoutes answers 404 for an unknown trace, and 400 for an invalid trace id", async () => {
  const { app } = withTraces();
  await assertProblem(await app.request(`/internal/traces/${ID}`), 404, `trace ${ID} is unknown or was evicted`);
  for (const id of ["5", `${ID}0`, "0".repeat(32), "z".repeat(32), "%00", `${ID}%20`]) {
    const response = await app.request(`/internal/traces/${id}`);
    await assertProblem(response, 400, "a trace id is 32 hexadecimal digits that are not all zero");
  }
  await assertProblem(await app.request(`/internal/traces/${ID}/stages`), 404, "there is no route at");
});

Deno.test("metricsRoutes answers HEAD on traces with headers only, other methods with 405, and none without credentials", async () => {
  const { traces, app } = withTraces({ auth: { bearer: "s3cret" } });
  traces.add(spanWith({ traceId: ID }));
  const headers = { authorization: "Bearer s3cret" };
  for (const path of ["/internal/traces", `/internal/traces/${ID}`]) {
    await assertProblem(await app.request(path), 401, "credentials are missing");
    const [get, head] = await Promise.all(
      ["GET", "HEAD"].map((method) => app.request(path, { method, headers })),
    );
    const length = (await get.bytes()).byteLength;
    assertEquals([head.status, head.headers.get("content-length"), await head.text()], [200, `${length}`, ""]);
    for (const method of ["POST", "PUT", "DELETE"]) {
      const response = await app.request(path, { method, headers });
      assertEquals(response.headers.get("allow"), "GET, HEAD, OPTIONS");
      await assertProblem(response, 405, `${path} supports GET and HEAD, not ${method}`);
    }
    const refused = await app.request(path, { headers: { ...headers, accept: "text/plain" } });
    await assertProblem(refused, 406, `${path} is application/json only`);
  }
});

Deno.test("metricsRoutes compresses /traces, and names it on its page", async () => {
  const { traces, app } = withTraces();
  for (let i = 1; i <= 50; i++) traces.add(spanWith({ traceId: traceIdOf(i) }));
  const response = await app.request("/internal/traces", { headers: { "accept-encoding": "gzip" } });
  assertEquals(response.headers.get("content-encoding"), "gzip");
  await response.body?.cancel();
  assertStringIncludes(await (await app.request("/internal")).text(), 'href="./internal/traces"');
});

Deno.test("metricsRoutes returns empty lists without traces", async () => {
  await using metrics = createMetrics({ traces: false });
  for (const source of [noopMetrics, metrics]) {
    const { slowest, recent, unmatched, counts } = await (await mounted(source).request("/internal/traces")).json();
    assertEquals([slowest, recent, unmatched, counts.spans], [[], [], [], 0]);
    await assertProblem(await mounted(source).request(`/internal/traces/${ID}`), 404, "is unknown or was evicted");
  }
});
