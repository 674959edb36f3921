import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { createMetrics, noopMetrics } from "../../../mod.ts";
import {
  type FetchLike,
  instrumentFetch,
  type InstrumentFetchOptions,
} from "../../../src/instrumentation/http/instrument_fetch.ts";
import { inlineMetrics } from "../../../src/testing/mod.ts";
import { readingsOf, sumOf } from "../../_support/instrumentation/http/readings.ts";

const DURATION = "http_client_request_duration_seconds";

function answering(status: number, headers: Record<string, string> = {}): FetchLike {
  return () => Promise.resolve(new Response(null, { status, headers }));
}

Deno.test("instrumentFetch measures real calls by method, host and status, and returns the response of fetch", async () => {
  await using metrics = createMetrics();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    return new Response(await request.text(), { status: request.url.endsWith("/none") ? 404 : 200 });
  });
  const { port } = server.addr;
  const measured = instrumentFetch(metrics, fetch);
  const url = `http://user:secret@127.0.0.1:${port}`;
  assertEquals(await (await measured(new URL("/orders", url), { method: "post", body: "éé" })).text(), "éé");
  assertEquals(await (await measured(new Request(`${url}/none`))).text(), "");
  const host = `127.0.0.1:${port}`;
  assertEquals(await readingsOf(metrics, DURATION), { [`POST ${host} 200`]: 1, [`GET ${host} 404`]: 1 });
  assertEquals(await readingsOf(metrics, "http_client_errors_total"), { client_error: 1 });
  assertEquals(await sumOf(metrics, "http_client_request_body_size_bytes"), 4);
});

Deno.test("instrumentFetch times a call until its response", async () => {
  await using test = inlineMetrics();
  const measured = instrumentFetch(test.metrics, (_input: string | URL | Request) => {
    test.clock.advance(40);
    return Promise.resolve(new Response("ok", { headers: { "content-length": "2" } }));
  });
  assertEquals(await (await measured("https://a.example/")).text(), "ok");
  assertEquals(await sumOf(test.metrics, DURATION), 0.04);
  assertEquals(await sumOf(test.metrics, "http_client_response_body_size_bytes"), 2);
});

Deno.test("instrumentFetch rethrows errors of fetch, and counts them by class with the status error", async () => {
  await using test = inlineMetrics();
  const failures: [unknown, RequestInit, string][] = [
    [new TypeError("no route"), {}, "TypeError"],
    [new DOMException("late", "TimeoutError"), { signal: AbortSignal.abort() }, "timeout"],
    [new DOMException("gone", "AbortError"), { signal: AbortSignal.abort() }, "aborted"],
    ["a reason", { signal: AbortSignal.abort("a reason") }, "aborted"],
    ["a text", {}, "other"],
  ];
  for (const [failure, init] of failures) {
    const measured = instrumentFetch(test.metrics, (() => Promise.reject(failure)) as FetchLike);
    assert(await measured("https://a.example/", init).catch((error) => error) === failure);
  }
  assertEquals(await readingsOf(test.metrics, DURATION), { "GET a.example error": 5 });
  const classes = { TypeError: 1, timeout: 1, aborted: 2, other: 1 };
  assertEquals(await readingsOf(test.metrics, "http_client_errors_total"), classes);
});

Deno.test("instrumentFetch recognizes timeouts of real calls", async () => {
  await using metrics = createMetrics();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return new Response();
  });
  const measured = instrumentFetch(metrics, fetch);
  const url = `http://127.0.0.1:${server.addr.port}`;
  await assertRejects(() => measured(url, { signal: AbortSignal.timeout(20) }), DOMException);
  assertEquals(await readingsOf(metrics, "http_client_errors_total"), { timeout: 1 });
});

Deno.test("instrumentFetch gives hosts beyond hostsMax one value, and so unknown methods", async () => {
  await using test = inlineMetrics();
  const measured = instrumentFetch(test.metrics, answering(200), { hostsMax: 2 });
  for (const host of ["a", "b", "c", "d", "a"]) await measured(`https://${host}.example/`);
  await measured("https://a.example/", { method: "BREW" });
  await measured("not an address");
  assertEquals(await readingsOf(test.metrics, DURATION), {
    "GET a.example 200": 2,
    "GET b.example 200": 1,
    "GET _OTHER 200": 3,
    "_OTHER a.example 200": 1,
  });
});

Deno.test("instrumentFetch measures bodies that are not streams", async () => {
  await using test = inlineMetrics();
  const measured = instrumentFetch(test.metrics, answering(204));
  const bodies = ["é", new Uint8Array(3), new ArrayBuffer(4), new Blob(["12345"]), new FormData(), undefined];
  for (const body of bodies) await measured("https://a.example/", { method: "PUT", body });
  assertEquals(await readingsOf(test.metrics, "http_client_request_body_size_bytes"), { "PUT a.example": 4 });
  assertEquals(await sumOf(test.metrics, "http_client_request_body_size_bytes"), 2 + 3 + 4 + 5);
});

Deno.test("instrumentFetch refuses invalid arguments and names them", () => {
  const cases: [unknown, typeof TypeError | typeof RangeError, string][] = [
    [{ hosts: 1 }, TypeError, 'options must be among hostsMax, got "hosts"'],
    [{ hostsMax: "1" }, TypeError, 'hostsMax must be a whole number from 1 to 10000, got "1"'],
    [{ hostsMax: 0 }, RangeError, "hostsMax must be a whole number from 1 to 10000, got 0"],
    [{ hostsMax: 1.5 }, RangeError, "hostsMax must be a whole number from 1 to 10000, got 1.5"],
  ];
  for (const [options, type, message] of cases) {
    assertThrows(
      () => instrumentFetch(noopMetrics, fetch, options as InstrumentFetchOptions),
      type,
      `Cannot instrument fetch: ${message}`,
    );
  }
  assertThrows(() => instrumentFetch(noopMetrics, null as unknown as FetchLike), TypeError, "fetch must be a function");
});
