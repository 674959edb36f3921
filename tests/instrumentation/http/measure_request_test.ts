import { assertEquals, assertThrows } from "@std/assert";
import { noopMetrics } from "../../../mod.ts";
import { type MeasuredRequest, measureRequest } from "../../../src/server.ts";
import { inlineMetrics } from "../../../src/testing/mod.ts";
import { errorsOf, readingsOf, requestsOf, sumOf } from "../../_support/instrumentation/http/readings.ts";

Deno.test("measureRequest measures from its call to end, once", async () => {
  await using test = inlineMetrics();
  const { clock, metrics } = test;
  const request = measureRequest(metrics, { method: "POST", route: "/orders", requestBytes: 12 });
  assertEquals(await readingsOf(metrics, "http_server_active_requests"), { POST: 1 });
  clock.advance(30);
  request.end(201, { responseBytes: 7 });
  request.end(500);
  request[Symbol.dispose]();
  assertEquals(await requestsOf(metrics), { "POST /orders 201": 1 });
  assertEquals(await sumOf(metrics, "http_server_request_duration_seconds"), 0.03);
  assertEquals(await sumOf(metrics, "http_server_request_body_size_bytes"), 12);
  assertEquals(await sumOf(metrics, "http_server_response_body_size_bytes"), 7);
  assertEquals(await readingsOf(metrics, "http_server_active_requests"), { POST: 0 });
  assertEquals(await errorsOf(metrics), {});
});

Deno.test("measureRequest counts errors by status, exception, or the client's disconnect", async () => {
  await using test = inlineMetrics();
  const begin = () => measureRequest(test.metrics, { method: "GET", route: "/" });
  begin().end(404);
  begin().end(503);
  begin().end(500, { exception: new SyntaxError("bad") });
  begin().end(200, { isAborted: true });
  assertEquals(await errorsOf(test.metrics), { client_error: 1, server_error: 1, SyntaxError: 1, aborted: 1 });
});

Deno.test("measureRequest counts no response body where there is none", async () => {
  await using test = inlineMetrics();
  const begin = (method: string) => measureRequest(test.metrics, { method, route: "/" });
  for (const [method, status] of [["HEAD", 200], ["GET", 304], ["PUT", 204], ["GET", 101]] as const) {
    begin(method).end(status, { responseBytes: 1_000 });
  }
  assertEquals(await readingsOf(test.metrics, "http_server_response_body_size_bytes"), {});
});

Deno.test("measureRequest counts a scope that ends without a status as 500", async () => {
  await using test = inlineMetrics();
  assertThrows(() => {
    using _request = measureRequest(test.metrics, { method: "GET", route: "/" });
    throw new Error("left");
  });
  assertEquals(await requestsOf(test.metrics), { "GET / 500": 1 });
  assertEquals(await errorsOf(test.metrics), { server_error: 1 });
});

Deno.test("measureRequest bounds invalid methods and statuses", async () => {
  await using test = inlineMetrics();
  for (const status of [0, 99, 600, 200.5, NaN, Infinity]) {
    measureRequest(test.metrics, { method: `M${status}`, route: "/" }).end(status);
  }
  assertEquals(await requestsOf(test.metrics), { "_OTHER / _OTHER": 6 });
});

Deno.test("measureRequest refuses an invalid request and names the member", () => {
  const cases: [unknown, string][] = [
    [{ method: 1, route: "/" }, "method must be a string, got 1"],
    [{ method: "GET" }, "route must be a string, got undefined"],
    [
      { method: "GET", route: "/", path: "/" },
      'options must be among method, route, requestBytes, context, got "path"',
    ],
  ];
  for (const [request, message] of cases) {
    const measure = () => measureRequest(noopMetrics, request as MeasuredRequest);
    assertThrows(measure, TypeError, `Cannot measure a request: ${message}`);
  }
});
