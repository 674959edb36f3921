import { assert, assertEquals, assertLessOrEqual, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { createMetrics, type Metrics, noopMetrics } from "../../../mod.ts";
import { type HandlerOptions, instrumentHandler } from "../../../src/server.ts";
import { inlineMetrics } from "../../../src/testing/mod.ts";
import {
  aborted,
  errorsOf,
  readingsOf,
  requestsOf,
  sumOf,
  watchedRequest,
} from "../../_support/instrumentation/http/readings.ts";

type Answer = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

/** A server of measured requests on a free port. */
function serveMeasured(metrics: Metrics, answer: Answer, options: HandlerOptions = {}) {
  const onError = () => new Response("sorry", { status: 500 });
  const serveOptions = { hostname: "127.0.0.1", port: 0, onListen() {}, onError };
  const server = Deno.serve(serveOptions, instrumentHandler(metrics, answer, options));
  return { url: `http://127.0.0.1:${server.addr.port}`, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** Resolves when so many requests of a server are over, which may be after their clients have their answers. */
async function untilOver(metrics: Metrics, count: number): Promise<void> {
  for (;;) {
    const total = Object.values(await requestsOf(metrics)).reduce((sum, each) => sum + each, 0);
    if (total >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("instrumentHandler measures requests of Deno.serve", async () => {
  await using metrics = createMetrics();
  await using server = serveMeasured(metrics, (request, info) => {
    assertEquals(info.remoteAddr.transport, "tcp");
    return request.url.endsWith("/later") ? Promise.resolve(new Response("later")) : new Response("now");
  }, { route: ["/now", "/:when"] });
  assertEquals(await (await fetch(`${server.url}/now`)).text(), "now");
  assertEquals(await (await fetch(`${server.url}/later`)).text(), "later");
  assertEquals(await (await fetch(`${server.url}/other/path?/now`)).text(), "now");
  await untilOver(metrics, 3);
  assertEquals(await requestsOf(metrics), { "GET /now 200": 1, "GET /:when 200": 1, "GET unmatched 200": 1 });
  assertEquals(await errorsOf(metrics), {});
});

Deno.test("instrumentHandler rethrows and counts errors of a handler, synchronous or not", async () => {
  await using metrics = createMetrics();
  await using server = serveMeasured(metrics, ({ url }) => {
    if (url.endsWith("/now")) throw new TypeError("now");
    return Promise.reject(new RangeError("later"));
  });
  for (const path of ["/now", "/later"]) {
    const response = await fetch(server.url + path);
    assertEquals([response.status, await response.text()], [500, "sorry"]);
  }
  assertEquals(await requestsOf(metrics), { "GET unmatched 500": 2 });
  assertEquals(await errorsOf(metrics), { TypeError: 1, RangeError: 1 });
});

/** Responses that the server rejects. */
const REFUSED: Readonly<Record<string, () => Response | Promise<Response>>> = {
  "error": () => Response.error(),
  "text": () => used(new Response("x")),
  "bytes": () => used(new Response(new Uint8Array(3))),
  "stream": () => used(new Response(new Blob(["x"]).stream())),
};

async function used(response: Response): Promise<Response> {
  await response.text();
  return response;
}

for (const traces of [false, true]) {
  const how = traces ? "with traces" : "without traces";
  Deno.test(`instrumentHandler counts a response that the server rejects as an error, ${how}`, async () => {
    await using metrics = createMetrics({ aggregation: "inline", ...(traces && { traces: true }) });
    const answer: Answer = ({ url }) => REFUSED[new URL(url).pathname.slice(1)]();
    await using server = serveMeasured(metrics, answer, { route: ["/:kind"] });
    const kinds = Object.keys(REFUSED);
    for (const kind of kinds) {
      const response = await fetch(`${server.url}/${kind}`);
      assertEquals([response.status, await response.text()], [500, "sorry"]);
      const head = await fetch(`${server.url}/${kind}`, { method: "HEAD" });
      assertEquals(head.status, 500);
    }
    const count = kinds.length;
    assertEquals(await requestsOf(metrics), { "GET /:kind 500": count, "HEAD /:kind 500": count });
    assertEquals(await errorsOf(metrics), { TypeError: 2 * count });
  });
}

Deno.test("instrumentHandler returns a value that is not a response, which the server rejects", async () => {
  await using metrics = createMetrics();
  await using server = serveMeasured(metrics, () => undefined as unknown as Response);
  assertEquals(await (await fetch(server.url)).text(), "sorry");
  assertEquals(await requestsOf(metrics), { "GET unmatched 500": 1 });
  assertEquals(await errorsOf(metrics), { TypeError: 1 });
});

Deno.test("instrumentHandler times a stream to its end, over a connection", async () => {
  await using test = inlineMetrics();
  const { clock, metrics } = test;
  const { promise: isRead, resolve } = Promise.withResolvers<void>();
  await using server = serveMeasured(metrics, () =>
    new Response(ReadableStream.from((async function* () {
      yield new Uint8Array(1_000);
      await isRead;
      clock.advance(2_000);
      yield new Uint8Array(24);
    })())));
  const response = await fetch(server.url);
  assertEquals(await requestsOf(metrics), {});
  resolve();
  assertEquals((await response.bytes()).byteLength, 1_024);
  await untilOver(metrics, 1);
  assertEquals(await sumOf(metrics, "http_server_request_duration_seconds"), 2);
  assertEquals(await sumOf(metrics, "http_server_response_body_size_bytes"), 1_024);
});

Deno.test("instrumentHandler counts a client that disconnects during a stream as aborted", async () => {
  await using metrics = createMetrics();
  let isCancelled = false;
  await using server = serveMeasured(metrics, () =>
    new Response(
      new ReadableStream({
        pull: async (controller) => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          controller.enqueue(new Uint8Array(10));
        },
        cancel: () => void (isCancelled = true),
      }),
    ));
  const client = new AbortController();
  const response = await fetch(server.url, { signal: client.signal });
  const reader = response.body!.getReader();
  await reader.read();
  client.abort();
  await assertRejects(() => reader.read());
  await untilOver(metrics, 1);
  assert(isCancelled);
  assertEquals(await requestsOf(metrics), { "GET unmatched 200": 1 });
  assertEquals(await errorsOf(metrics), { aborted: 1 });
});

Deno.test("instrumentHandler counts a client that disconnects before the response with status 499", async () => {
  await using metrics = createMetrics();
  const client = new AbortController();
  await using server = serveMeasured(metrics, async (request) => {
    const { signal } = request;
    await watchedRequest(request);
    client.abort();
    await aborted(signal);
    if (request.url.endsWith("/throws")) throw new Error("unheard");
    return new Response("unheard");
  });
  await assertRejects(() => fetch(server.url, { signal: client.signal }));
  await untilOver(metrics, 1);
  assertEquals(await requestsOf(metrics), { "GET unmatched 499": 1 });
  assertEquals(await errorsOf(metrics), { aborted: 1 });
});

Deno.test("instrumentHandler counts an error caused by the client's disconnect as aborted", async () => {
  await using test = inlineMetrics();
  const client = new AbortController();
  const request = new Request("http://localhost/", { signal: client.signal });
  const watched = watchedRequest(request);
  const handler = instrumentHandler(test.metrics, async () => {
    await aborted(client.signal);
    throw client.signal.reason;
  });
  const answering = handler(request);
  await watched;
  client.abort();
  await assertRejects(() => Promise.resolve(answering), DOMException);
  assertEquals(await requestsOf(test.metrics), { "GET unmatched 499": 1 });
  assertEquals(await errorsOf(test.metrics), { aborted: 1 });
});

Deno.test("instrumentHandler counts an error that the request's signal causes immediately as aborted", async () => {
  await using test = inlineMetrics();
  const handler = instrumentHandler(
    test.metrics,
    ({ signal }) => Promise.reject(signal.reason ?? new DOMException("", "AbortError")),
  );
  const signals = [AbortSignal.abort(), new AbortController().signal];
  for (const signal of signals) await assertRejects(async () => await handler(new Request("http://shop/", { signal })));
  assertEquals(await requestsOf(test.metrics), { "GET unmatched 499": 1, "GET unmatched 500": 1 });
  assertEquals(await errorsOf(test.metrics), { aborted: 1, DOMException: 1 });
});

Deno.test("instrumentHandler starts no timer of a fake clock that replaces setTimeout", async () => {
  await using test = inlineMetrics();
  const { setTimeout } = globalThis;
  let timers = 0;
  globalThis.setTimeout = ((...values: Parameters<typeof setTimeout>) => (timers++, setTimeout(...values))) as never;
  try {
    await instrumentHandler(test.metrics, () => Promise.resolve(new Response()))(new Request("http://shop/"));
  } finally {
    globalThis.setTimeout = setTimeout;
  }
  assertEquals(timers, 0);
});

Deno.test("instrumentHandler ends a request that is upgraded to a WebSocket, and does not touch the socket", async () => {
  await using metrics = createMetrics();
  await using server = serveMeasured(metrics, async (request) => {
    await watchedRequest(request);
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(`echo ${data}`);
    return response;
  });
  const socket = new WebSocket(server.url.replace("http", "ws"));
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const received: unknown[] = [];
  socket.onopen = () => socket.send("hello");
  socket.onmessage = async ({ data }) => {
    received.push(data, await requestsOf(metrics), await readingsOf(metrics, "http_server_active_requests"));
    socket.close();
  };
  socket.onclose = () => resolve();
  await closed;
  assertEquals(received, ["echo hello", { "GET unmatched 101": 1 }, { GET: 0 }]);
  assertEquals(await errorsOf(metrics), {});
});

Deno.test("instrumentHandler measures bodies in both directions", async () => {
  await using metrics = createMetrics();
  await using server = serveMeasured(metrics, async (request) => new Response(await request.text()));
  const response = await fetch(server.url, { method: "PUT", body: "é".repeat(500) });
  assertEquals((await response.text()).length, 500);
  await untilOver(metrics, 1);
  assertEquals(await sumOf(metrics, "http_server_request_body_size_bytes"), 1_000);
  assertEquals(await sumOf(metrics, "http_server_response_body_size_bytes"), 1_000);
});

Deno.test("instrumentHandler answers HEAD without waiting for a stream", async () => {
  await using metrics = createMetrics();
  await using server = serveMeasured(metrics, () => new Response(new ReadableStream(), { headers: { "x-a": "1" } }));
  const response = await fetch(server.url, { method: "HEAD" });
  assertEquals([response.headers.get("x-a"), await response.text()], ["1", ""]);
  await untilOver(metrics, 1);
  assertEquals(await requestsOf(metrics), { "HEAD unmatched 200": 1 });
});

Deno.test("instrumentHandler uses the route that a function returns, or unmatched if it returns none or throws", async () => {
  await using test = inlineMetrics();
  const routes: Record<string, () => unknown> = {
    "/named": () => "/:name",
    "/none": () => undefined,
    "/empty": () => "",
    "/number": () => 1,
    "/throws": () => {
      throw new Error("no");
    },
  };
  const handler = instrumentHandler(test.metrics, () => new Response("ok"), {
    route: ({ url }) => routes[new URL(url).pathname]() as string,
  });
  for (const path of Object.keys(routes)) await handler(new Request(`http://localhost${path}`));
  assertEquals(await requestsOf(test.metrics), { "GET /:name 200": 1, "GET unmatched 200": 4 });
});

Deno.test("instrumentHandler gives routes beyond 1,000 one value, even if a function uses paths as routes", async () => {
  await using test = inlineMetrics();
  const handler = instrumentHandler(test.metrics, () => new Response("ok"), { route: ({ url }) => url });
  for (let i = 0; i < 1_005; i++) await handler(new Request(`http://localhost/${i}`));
  const requests = await requestsOf(test.metrics);
  assertEquals([Object.keys(requests).length, requests["GET _OTHER 200"]], [1_001, 5]);
});

Deno.test("instrumentHandler has a bounded number of series, whatever clients request", async () => {
  await using test = inlineMetrics();
  const handler = instrumentHandler(test.metrics, () => new Response("ok"), { route: ["/", "/users/:id", "/files/*"] });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "POST", "get", "Get", "BREW", "brew"),
      fc.webPath(),
      async (method, path) => {
        await handler(new Request(`http://localhost${path}`, { method }));
      },
    ),
    { numRuns: 10_000 },
  );
  assertLessOrEqual(Object.keys(await requestsOf(test.metrics)).length, 3 * 4);
});

Deno.test("instrumentHandler does not measure ignored requests", async () => {
  await using test = inlineMetrics();
  const handler = instrumentHandler(test.metrics, () => new Response("ok"), { ignore: ["/health", "/", "/static/*"] });
  for (const path of ["/health", "/health?full", "", "?a=1", "/static/", "/static/a#b", "/static", "/orders"]) {
    await handler(new Request(`http://localhost${path}`));
  }
  assertEquals(await requestsOf(test.metrics), { "GET unmatched 200": 2 });
});

Deno.test("instrumentHandler refuses invalid arguments and names them", () => {
  const cases: [unknown, typeof TypeError | typeof RangeError, string][] = [
    [{ routes: [] }, TypeError, 'options must be among ignore, watchAborts, route, got "routes"'],
    [{ route: "/" }, TypeError, 'route must be a function or an array of paths, got "/"'],
    [{ route: ["users"] }, RangeError, 'route[0] must begin with /, got "users"'],
    [{ route: ["/(["] }, RangeError, 'route must contain only patterns that URLPattern accepts, got "/(["'],
  ];
  for (const [options, type, message] of cases) {
    assertThrows(
      () => instrumentHandler(noopMetrics, () => new Response(), options as HandlerOptions),
      type,
      `Cannot instrument a handler: ${message}`,
    );
  }
  assertThrows(
    () => instrumentHandler(noopMetrics, "handler" as unknown as () => Response),
    TypeError,
    'Cannot instrument a handler: handler must be a function, got "handler"',
  );
});
