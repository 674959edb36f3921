import { assert, assertEquals, assertLessOrEqual, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { streamText } from "hono/streaming";
import { noopMetrics } from "../../../mod.ts";
import { httpMetrics, type HttpMetricsOptions, metricsRoutes } from "../../../src/hono.ts";
import { inlineMetrics } from "../../../src/testing/mod.ts";
import {
  aborted,
  errorsOf,
  readingsOf,
  requestsOf,
  sumOf,
  watchedRequest,
} from "../../_support/instrumentation/http/readings.ts";

const URL_BASE = "http://localhost";

/** Metrics, and an app that is measured by them. */
function measuredApp(options: HttpMetricsOptions = {}) {
  const test = inlineMetrics();
  const app = new Hono();
  app.use(httpMetrics(test.metrics, options));
  return { ...test, app, [Symbol.asyncDispose]: () => test.metrics.close() };
}

async function* chunks(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

Deno.test("httpMetrics times a request by method, pattern and status", async () => {
  await using test = measuredApp();
  const { app, clock, metrics } = test;
  app.get("/users/:id", (context) => {
    clock.advance(250);
    return context.text(`user ${context.req.param("id")}`);
  });
  assertEquals(await (await app.request("/users/1")).text(), "user 1");
  await app.request("/users/2?verbose");
  assertEquals(await requestsOf(metrics), { "GET /users/:id 200": 2 });
  assertEquals(await sumOf(metrics, "http_server_request_duration_seconds"), 0.5);
  assertEquals(await errorsOf(metrics), {});
});

Deno.test("httpMetrics has one route for all paths without a handler, whatever middleware and notFound do", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  app.use("/api/*", (_context, next) => next());
  app.get("/users/:id", (context) => context.text("user"));
  for (const path of ["/", "/users", "/api/1", "/api/2/3", "/users/1/2"]) {
    assertEquals((await app.request(path)).status, 404);
  }
  assertEquals(await requestsOf(metrics), { "GET unmatched 404": 5 });
  assertEquals(await errorsOf(metrics), { client_error: 5 });
});

Deno.test("httpMetrics counts a notFound that answers with 200 as unmatched, too", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  app.notFound((context) => context.html("<p>app</p>"));
  await app.request("/somewhere");
  assertEquals(await requestsOf(metrics), { "GET unmatched 200": 1 });
});

Deno.test("httpMetrics uses the route of nested apps, at a prefix, with separate error handlers", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  const orders = new Hono();
  orders.onError((error, context) => context.text(error.message, 409));
  orders.get("/:id", (context) => context.text("order"));
  orders.delete("/:id", () => {
    throw new Error("it is sent");
  });
  orders.all("/:id/any", (context) => context.text("any"));
  const shop = new Hono().route("/orders", orders);
  app.route("/shop/:name", shop);
  await app.request("/shop/a/orders/1");
  await app.request("/shop/b/orders/2", { method: "DELETE" });
  await app.request("/shop/b/orders/2/any");
  assertEquals(await requestsOf(metrics), {
    "GET /shop/:name/orders/:id 200": 1,
    "DELETE /shop/:name/orders/:id 409": 1,
    "GET /shop/:name/orders/:id/any 200": 1,
  });
  assertEquals(await errorsOf(metrics), { client_error: 1 });
});

Deno.test("httpMetrics measures a part of an app, and requests that another fetch function answers", async () => {
  await using test = inlineMetrics();
  const app = new Hono();
  app.use("/api/*", httpMetrics(test.metrics));
  app.get("/outside", (context) => context.text("outside"));
  app.mount("/api/mounted", () => new Response("mounted"));
  await app.request("/outside");
  await app.request("/api/mounted/1");
  assertEquals(await requestsOf(test.metrics), { "GET /api/mounted/* 200": 1 });
});

Deno.test("httpMetrics uses the handler's pattern where middleware answers instead", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  app.use("/users/*", (context, _next) => Promise.resolve(context.text("no", 401)));
  app.use("/files/*", (context, _next) => Promise.resolve(context.text("file")));
  app.get("/users/:id", (context) => context.text("user"));
  await app.request("/users/1");
  await app.request("/users/1/2");
  await app.request("/files/a.txt");
  assertEquals(await requestsOf(metrics), {
    "GET /users/:id 401": 1,
    "GET /users/* 401": 1,
    "GET /files/* 200": 1,
  });
});

Deno.test("httpMetrics uses the first of several matching handlers", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  app.get("/users/me", (context) => context.text("me"));
  app.get("/users/:id", (context) => context.text("user"));
  await app.request("/users/me");
  assertEquals(await requestsOf(metrics), { "GET /users/me 200": 1 });
});

Deno.test("httpMetrics rethrows errors and counts them by type", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  class OrderError extends RangeError {}
  const thrown: Record<string, unknown> = {
    "/type": new TypeError("bad"),
    "/own": new OrderError("too much"),
    "/plain": new Error("broken"),
    "/timeout": new DOMException("late", "TimeoutError"),
    "/refused": new Deno.errors.ConnectionRefused("refused"),
  };
  const handled: unknown[] = [];
  app.onError((error, context) => {
    handled.push(error);
    return context.text("sorry", 500);
  });
  for (const [path, error] of Object.entries(thrown)) {
    app.get(path, () => {
      throw error;
    });
  }
  for (const path of Object.keys(thrown)) {
    const response = await app.request(path);
    assertEquals([response.status, await response.text()], [500, "sorry"]);
  }
  assertEquals(handled, Object.values(thrown));
  assertEquals(await errorsOf(metrics), { TypeError: 1, RangeError: 1, Error: 1, timeout: 1, ConnectionRefused: 1 });
});

Deno.test("httpMetrics counts an HTTPException, and the answer of onError, by the status", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  app.onError((error, context) =>
    "getResponse" in error ? (error as HTTPException).getResponse() : context.text("", 400)
  );
  app.get("/exception/:status", (context) => {
    throw new HTTPException(Number(context.req.param("status")) as 403);
  });
  app.get("/bad", () => {
    throw new SyntaxError("bad");
  });
  for (const path of ["/exception/403", "/exception/503", "/exception/504", "/bad"]) await app.request(path);
  assertEquals(await requestsOf(metrics), {
    "GET /exception/:status 403": 1,
    "GET /exception/:status 503": 1,
    "GET /exception/:status 504": 1,
    "GET /bad 400": 1,
  });
  assertEquals(await errorsOf(metrics), { client_error: 2, server_error: 1, timeout: 1 });
});

Deno.test("httpMetrics rethrows errors of onError, and values that are not errors, as status 500", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  app.onError((error) => {
    throw error;
  });
  app.get("/twice", () => {
    throw new RangeError("again");
  });
  app.get("/text", () => {
    throw "a text";
  });
  await assertRejects(async () => await app.request("/twice"), RangeError, "again");
  assertEquals(await Promise.resolve(app.request("/text")).catch((error) => error), "a text");
  assertEquals(await requestsOf(metrics), { "GET /twice 500": 1, "GET /text 500": 1 });
  assertEquals(await errorsOf(metrics), { RangeError: 1, other: 1 });
});

Deno.test("httpMetrics does not change responses without a stream", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  const responses = [
    new Response("é", { headers: { "x-a": "1" } }),
    new Response(new Uint8Array(3)),
    new Response(null, { status: 204 }),
    new Response(null, { status: 304 }),
    Response.redirect(`${URL_BASE}/other`, 302),
    Response.json({ a: 1 }, { status: 201 }),
  ];
  app.get("/:index", (context) => responses[Number(context.req.param("index"))]);
  for (const [index, response] of responses.entries()) {
    assert(await app.request(`/${index}`) === response);
    assert(!response.bodyUsed);
  }
  assertEquals(await requestsOf(metrics), {
    "GET /:index 200": 2,
    "GET /:index 204": 1,
    "GET /:index 304": 1,
    "GET /:index 302": 1,
    "GET /:index 201": 1,
  });
  assertEquals(await readingsOf(metrics, "http_server_response_body_size_bytes"), { "GET /:index": 6 });
  assertEquals(await sumOf(metrics, "http_server_response_body_size_bytes"), 2 + 3 + 7);
});

Deno.test("httpMetrics measures HEAD as HEAD, and waits for no unread stream", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  app.get("/stream", () => new Response(ReadableStream.from(chunks("a"))));
  assertEquals((await app.request("/stream", { method: "HEAD" })).status, 200);
  assertEquals(await requestsOf(metrics), { "HEAD /stream 200": 1 });
  assertEquals(await readingsOf(metrics, "http_server_response_body_size_bytes"), {});
  assertEquals(await readingsOf(metrics, "http_server_active_requests"), { HEAD: 0 });
});

Deno.test("httpMetrics times a stream to its end, and counts its bytes", async () => {
  await using test = measuredApp();
  const { app, clock, metrics } = test;
  app.get("/stream", (context) => {
    context.header("x-before", "1");
    return streamText(context, async (stream) => {
      await stream.write("first");
      await stream.write("é");
    });
  });
  const response = await app.request("/stream");
  assertEquals([response.headers.get("x-before"), response.headers.get("transfer-encoding")], ["1", "chunked"]);
  assertEquals(await requestsOf(metrics), {});
  assertEquals(await readingsOf(metrics, "http_server_active_requests"), { GET: 1 });
  clock.advance(3_000);
  assertEquals(await response.text(), "firsté");
  assertEquals(await requestsOf(metrics), { "GET /stream 200": 1 });
  assertEquals(await sumOf(metrics, "http_server_request_duration_seconds"), 3);
  assertEquals(await sumOf(metrics, "http_server_response_body_size_bytes"), 7);
  assertEquals(await readingsOf(metrics, "http_server_active_requests"), { GET: 0 });
});

Deno.test("httpMetrics counts a cancelled stream as aborted, a failed one by its error", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  let reason: unknown;
  app.get("/endless", () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(10)),
        cancel: (given) => void (reason = given),
      }),
    ));
  app.get("/broken", () =>
    new Response(
      new ReadableStream({
        pull: () => {
          throw new RangeError("broken");
        },
      }),
    ));
  const reader = (await app.request("/endless")).body!.getReader();
  await reader.read();
  await reader.cancel("enough");
  assertEquals(reason, "enough");
  await assertRejects(async () => await (await app.request("/broken")).text(), RangeError, "broken");
  assertEquals(await requestsOf(metrics), { "GET /endless 200": 1, "GET /broken 200": 1 });
  assertEquals(await errorsOf(metrics), { aborted: 1, RangeError: 1 });
  assertEquals(await readingsOf(metrics, "http_server_response_body_size_bytes"), {
    "GET /endless": 1,
    "GET /broken": 1,
  });
});

Deno.test("httpMetrics counts a request whose client disconnected with status 499", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  const client = new AbortController();
  const request = new Request(`${URL_BASE}/slow`, { signal: client.signal });
  const watched = watchedRequest(request);
  app.get("/slow", async (context) => {
    await aborted(client.signal);
    return context.text("unheard");
  });
  const answering = app.request(request);
  await watched;
  client.abort();
  await answering;
  assertEquals(await requestsOf(metrics), { "GET /slow 499": 1 });
  assertEquals(await errorsOf(metrics), { aborted: 1 });
});

Deno.test("httpMetrics does not access the signal of fast requests, and of none with watchAborts: false", async () => {
  for (const watchAborts of [true, false]) {
    await using test = measuredApp({ watchAborts });
    let isAsked = false;
    const quick = new Request(`${URL_BASE}/quick`);
    Object.defineProperty(quick, "signal", { get: () => isAsked = true });
    test.app.get("/quick", (context) => context.text("quick"));
    test.app.get("/slow", async (context) => {
      // A slow one beside it is asked, so the tick has been.
      await (watchAborts ? watchedRequest(context.req.raw) : Promise.resolve());
      return context.text("slow");
    });
    await test.app.request(quick);
    await test.app.request("/slow");
    assertEquals([isAsked, await errorsOf(test.metrics)], [false, {}]);
  }
});

Deno.test("httpMetrics measures request bodies by their Content-Length", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  app.post("/orders", async (context) => context.text(await context.req.text()));
  for (const length of ["5", "-1", "five", "1e3"]) {
    await app.request("/orders", { method: "POST", body: "order", headers: { "content-length": length } });
  }
  assertEquals(await readingsOf(metrics, "http_server_request_body_size_bytes"), { "POST /orders": 1 });
  assertEquals(await sumOf(metrics, "http_server_request_body_size_bytes"), 5);
});

Deno.test("httpMetrics does not measure ignored requests", async () => {
  const options: HttpMetricsOptions[] = [
    { ignore: ["/health", "/internal/*"] },
    { ignore: ({ url }) => /\/(health|internal)/.test(url) },
  ];
  for (const each of options) {
    await using test = measuredApp(each);
    const { app, metrics } = test;
    app.get("/health", (context) => context.text("HEALTHY"));
    app.get("/orders", (context) => context.text("orders"));
    app.route("/internal", metricsRoutes(metrics));
    for (const path of ["/health", "/internal/metrics", "/internal/", "/orders"]) {
      assertEquals((await app.request(path)).status, 200);
    }
    assertEquals(await requestsOf(metrics), { "GET /orders 200": 1 });
  }
});

Deno.test("httpMetrics measures a request for which the ignore function throws", async () => {
  await using test = measuredApp({
    ignore: () => {
      throw new Error("no");
    },
  });
  test.app.get("/", (context) => context.text("ok"));
  assertEquals((await test.app.request("/")).status, 200);
  assertEquals(await requestsOf(test.metrics), { "GET / 200": 1 });
});

Deno.test("httpMetrics has a bounded number of series, whatever clients request", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  app.get("/users/:id", (context) => context.text("user"));
  app.post("/users/:id/orders/:order", (context) => context.text("order"));
  const token = fc.stringMatching(/^[A-Za-z!#$%&'*+.^_|~-]{1,12}$/).filter((each) =>
    !/^(connect|trace|track)$/i.test(each)
  );
  const method = fc.oneof(fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"), token);
  const path = fc.oneof(fc.webPath(), fc.webSegment().map((id) => `/users/${id}`));
  await fc.assert(
    fc.asyncProperty(method, path, async (method, path) => {
      await app.request(new Request(URL_BASE + path, { method }));
    }),
    { numRuns: 10_000 },
  );
  const requests = await requestsOf(metrics);
  assertEquals(Object.values(requests).reduce((total, count) => total + count, 0), 10_000);
  assertLessOrEqual(Object.keys(requests).length, 20);
  for (const each of Object.keys(requests)) {
    const [method, route] = each.split(" ");
    assert(["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "QUERY", "_OTHER"].includes(method), each);
    assert(["unmatched", "/users/:id", "/users/:id/orders/:order"].includes(route), each);
  }
});

Deno.test("httpMetrics of the same metrics share their instruments", async () => {
  await using test = inlineMetrics();
  for (const path of ["/a", "/b"]) {
    const app = new Hono();
    app.use(httpMetrics(test.metrics));
    app.get(path, (context) => context.text(path));
    await app.request(path);
  }
  assertEquals(await requestsOf(test.metrics), { "GET /a 200": 1, "GET /b 200": 1 });
});

Deno.test("httpMetrics counts active requests correctly while recording is switched off and on", async () => {
  await using test = measuredApp();
  const { app, metrics } = test;
  const { promise, resolve } = Promise.withResolvers<void>();
  app.get("/slow", async (context) => {
    await promise;
    return context.text("slow");
  });
  app.get("/quick", (context) => context.text("quick"));
  metrics.enabled = false;
  const answering = app.request("/slow");
  metrics.enabled = true;
  resolve();
  await answering;
  await app.request("/quick");
  assertEquals(await readingsOf(metrics, "http_server_active_requests"), { GET: 0 });
});

Deno.test("httpMetrics counts every request at any sampling rate", async () => {
  await using test = inlineMetrics({ sampling: { rate: 0.1, seed: 1 } });
  const app = new Hono();
  app.use(httpMetrics(test.metrics));
  app.get("/", (context) => context.text("ok"));
  for (let i = 0; i < 100; i++) await app.request("/");
  assertEquals(await requestsOf(test.metrics), { "GET / 200": 100 });
});

Deno.test("httpMetrics only calls the next handler with noopMetrics", async () => {
  const app = new Hono();
  app.use(httpMetrics(noopMetrics));
  app.get("/", () => new Response(ReadableStream.from(chunks("a", "b"))));
  assertEquals(await (await app.request("/")).text(), "ab");
});

Deno.test("httpMetrics refuses invalid options and names them", () => {
  const cases: [unknown, ErrorConstructor | TypeErrorConstructor | RangeErrorConstructor, string][] = [
    [{ ignored: [] }, TypeError, 'options must be among ignore, watchAborts, got "ignored"'],
    [null, TypeError, "options must be an object, got null"],
    [{ ignore: "/health" }, TypeError, "ignore must be a function or an array of paths"],
    [{ ignore: [1] }, TypeError, "ignore[0] must be a string, got 1"],
    [{ ignore: ["health"] }, RangeError, 'ignore[0] must begin with /, got "health"'],
    [{ watchAborts: "no" }, TypeError, 'watchAborts must be true or false, got "no"'],
  ];
  for (const [options, type, message] of cases) {
    assertThrows(
      () => httpMetrics(noopMetrics, options as HttpMetricsOptions),
      type,
      `Cannot measure HTTP requests: ${message}`,
    );
  }
});
