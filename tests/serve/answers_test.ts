import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { type MetricsSource, noopMetrics } from "../../mod.ts";
import { metricsRoutes, type RoutesOptions } from "../../src/hono.ts";
import { ROUTES } from "../../src/serve/page.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { metricOf } from "../_support/snapshots.ts";
import { assertProblem } from "../_support/serve/problems.ts";
import { sourceOf } from "../_support/serve/sources.ts";

const JSON_ONLY = ["/metrics.json", "/traces", "/health/extended", "/diagnostics/metrics", "/diagnostics/performance"];
const SCRAPES = ["", "/metrics", "/metrics.json", "/traces", "/diagnostics/metrics", "/diagnostics/performance"];

function mounted(source: MetricsSource, options: RoutesOptions = {}): Hono {
  return new Hono().route("/internal", metricsRoutes(source, options));
}

function withHeader(name: string, value: string): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { [name]: value } };
}

Deno.test("metricsRoutes refuses an Accept that a JSON or HTML route cannot satisfy, but no scrape and no probe", async () => {
  const app = mounted(noopMetrics);
  for (const path of JSON_ONLY) {
    for (const accept of ["text/plain", "text/*, application/xml", "*/*;q=0", "application/json;q=0, */*"]) {
      const response = await app.request(`/internal${path}`, withHeader("accept", accept));
      await assertProblem(response, 406, `/internal${path} is application/json only`);
    }
    for (const accept of ["application/json", "text/html, APPLICATION/* ; q=0.1", "*/*", ""]) {
      const response = await app.request(`/internal${path}`, withHeader("accept", accept));
      await response.text();
      assertEquals([path, accept, response.status], [path, accept, 200]);
    }
  }
  const page = await app.request("/internal", withHeader("accept", "application/json"));
  await assertProblem(page, 406, "/internal is text/html only");
  for (const path of ["/metrics", "/health", "/health/live", "/health/ready"]) {
    const response = await app.request(`/internal${path}`, withHeader("accept", "image/png"));
    await response.text();
    assertEquals([path, response.status], [path, 200]);
  }
});

Deno.test("metricsRoutes compresses large answers on request, and varies by that", async () => {
  const app = mounted(sourceOf(100_000));
  for (const coding of ["gzip", "deflate, GZIP;q=0.5", "identity;q=0.5, gzip"]) {
    const response = await app.request("/internal/metrics", withHeader("accept-encoding", coding));
    assertEquals([coding, response.headers.get("content-encoding")], [coding, "gzip"]);
    assertEquals(response.headers.get("vary"), "accept, accept-encoding");
    const compressed = await response.bytes();
    assertEquals(response.headers.get("content-length"), `${compressed.length}`);
    assertLess(compressed.length, 1_000);
    const plain = new Response(compressed).body!.pipeThrough(new DecompressionStream("gzip"));
    assertEquals(await new Response(plain).text(), "#".repeat(100_000));
  }
  for (const coding of ["", "*", "identity", "br", "gzip;q=0", "gzip;q=0.5, identity"]) {
    const response = await app.request("/internal/metrics", withHeader("accept-encoding", coding));
    assertEquals([coding, response.headers.get("content-encoding")], [coding, null]);
    assertEquals((await response.bytes()).length, 100_000);
  }
  const small = await mounted(sourceOf(1_000)).request("/internal/metrics", withHeader("accept-encoding", "gzip"));
  assertEquals([small.headers.get("content-encoding"), (await small.bytes()).length], [null, 1_000]);
});

Deno.test("metricsRoutes refuses an Accept-Encoding that it cannot satisfy", async () => {
  const app = mounted(noopMetrics);
  for (const coding of ["identity;q=0", "*;q=0", "br, identity;q=0, gzip;q=0.000"]) {
    for (const path of SCRAPES) {
      const response = await app.request(`/internal${path}`, withHeader("accept-encoding", coding));
      await assertProblem(response, 406, "content codings are gzip and identity");
    }
  }
});

Deno.test("metricsRoutes answers HEAD with the headers of GET, the length too, and holds nothing for it", async () => {
  await using test = inlineMetrics();
  test.metrics.counter("orders_total").inc();
  const app = mounted(test.metrics, { scrapesMax: 1 });
  for (const path of ["", ...ROUTES.filter(({ isLive }) => !isLive).map(({ path }) => path)]) {
    for (const coding of ["identity", "gzip"]) {
      const head = await app.request(`/internal${path}`, { ...withHeader("accept-encoding", coding), method: "HEAD" });
      const got = await app.request(`/internal${path}`, withHeader("accept-encoding", coding));
      assertEquals([head.status, head.body], [200, null]);
      for (const name of ["content-type", "cache-control", "vary", "content-encoding"]) {
        assertEquals([path, name, head.headers.get(name)], [path, name, got.headers.get(name)]);
      }
      assertEquals(got.headers.get("content-length"), `${(await got.bytes()).length}`);
      assert(Number(head.headers.get("content-length")) > 0);
    }
  }
});

Deno.test("metricsRoutes refuses addresses over 8 KB and bodies over the limit, before anything else", async () => {
  const app = mounted(noopMetrics, { auth: { bearer: "x" }, requestBytesMax: 100 });
  const target = "/internal/health?";
  const long = target + "x".repeat(8_192 - target.length);
  assertEquals((await app.request(long)).status, 200);
  await assertProblem(await app.request(`${long}x`), 414, "path and query must have at most 8192 bytes");

  for (const [bytes, status] of [[100, 401], [101, 413]]) {
    const declared = withHeader("content-length", `${bytes}`);
    const body = "x".repeat(bytes);
    assertEquals((await app.request("/internal/metrics", { ...declared, method: "POST", body })).status, status);
    const chunked = { ...withHeader("transfer-encoding", "chunked"), method: "POST", body };
    assertEquals((await app.request("/internal/metrics", chunked)).status, status);
  }
  const large = { ...withHeader("content-length", "101"), method: "POST", body: "x".repeat(101) };
  await assertProblem(await app.request("/internal/health", large), 413, "body must have at most 100 bytes");
});

Deno.test("metricsRoutes does not read a body unnecessarily", async () => {
  const app = mounted(noopMetrics, { requestBytesMax: 10 });
  let pulls = 0;
  const body = new ReadableStream({ pull: (controller) => void (pulls += 1, controller.enqueue(new Uint8Array(6))) }, {
    highWaterMark: 0,
  });
  const request = { ...withHeader("content-length", "1000000"), method: "POST", body };
  await assertProblem(await app.request("/internal/metrics", request), 413, "at most 10 bytes");
  assertEquals(pulls, 0);
  const endless = { ...withHeader("transfer-encoding", "chunked"), method: "POST", body };
  await assertProblem(await app.request("/internal/metrics", endless), 413, "at most 10 bytes");
  assertEquals(pulls, 2);
});

Deno.test("metricsRoutes answers a body that cannot be read with 400", async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("an invalid chunk")) });
  const request = { ...withHeader("transfer-encoding", "chunked"), method: "POST", body };
  const response = await mounted(noopMetrics).request("/internal/metrics", request);
  await assertProblem(response, 400, "the body cannot be read");
});

Deno.test("metricsRoutes answers scrapes beyond its limit with 503 and Retry-After, and probes as usual", async () => {
  const app = mounted(sourceOf(500_000), { scrapesMax: 2 });
  const unread = [await app.request("/internal/metrics"), await app.request("/internal/metrics")];
  for (const path of SCRAPES) {
    const response = await app.request(`/internal${path}`);
    assertEquals(response.headers.get("retry-after"), "1");
    await assertProblem(response, 503, "the limit of 2 scrapes in flight is reached");
  }
  assertEquals((await app.request("/internal/health")).status, 200);
  for (const response of unread) await response.body?.cancel();
  assertEquals((await (await app.request("/internal/metrics")).bytes()).length, 500_000);
});

Deno.test("metricsRoutes answers simultaneous scrapes from one exposition, in each requested form", async () => {
  let expositions = 0;
  const { expose } = sourceOf(5_000);
  const source: MetricsSource = { ...sourceOf(0), expose: (accept) => (expositions += 1, expose(accept)) };
  const app = mounted(source);
  const ask = async (coding: string) => {
    return (await (await app.request("/internal/metrics", withHeader("accept-encoding", coding))).bytes()).length;
  };
  const plain = await Promise.all(Array.from({ length: 50 }, () => ask("identity")));
  assertEquals([new Set(plain), expositions], [new Set([5_000]), 1]);
  const both = await Promise.all(Array.from({ length: 50 }, (_, i) => ask(i % 2 === 0 ? "gzip" : "identity")));
  assertEquals([new Set(both).size, expositions], [2, 3]);
});

Deno.test("metricsRoutes includes only the metrics of name[] in /metrics.json", async () => {
  await using test = inlineMetrics();
  test.metrics.counter("orders_total").inc();
  test.metrics.gauge("queue_depth").set(1);
  test.metrics.timer("order_execution", { slo: { threshold: "5ms", target: 0.999 } }).observe(0.001);
  const app = mounted(test.metrics);
  const namesFor = async (query: string) => {
    const response = await app.request(`/internal/metrics.json?${query}`);
    assertEquals(response.status, 200);
    return (await response.json()).metrics.map(({ name }: { name: string }) => name);
  };
  const timer = "order_execution_seconds";
  assertEquals(await namesFor(""), ["orders_total", "queue_depth", timer]);
  assertEquals(await namesFor("name[]=queue_depth&name[]=orders_total"), ["orders_total", "queue_depth"]);
  assertEquals(await namesFor("name%5B%5D=queue_depth&name[]=queue_depth"), ["queue_depth"]);
  assertEquals(await namesFor("name[]="), []);
  assertEquals(await namesFor("name[]=order_execution"), []);
  const ofTimer = ["window_seconds", "slo_violations_total", "slo_compliance_ratio", "slo_burn_rate", "seconds"];
  for (const suffix of ofTimer) assertEquals(await namesFor(`name[]=order_execution_${suffix}`), [timer]);
});

Deno.test("metricsRoutes refuses more than 1,000 name[]", async () => {
  const app = mounted(noopMetrics);
  const query = (count: number) => Array.from({ length: count }, () => "name[]").join("&");
  for (const path of ["/metrics", "/metrics.json"]) {
    assertEquals((await app.request(`/internal${path}?${query(1_000)}`)).status, 200);
    const refused = await app.request(`/internal${path}?${query(1_001)}`);
    await assertProblem(refused, 400, "name[] must be given at most 1000 times, got 1001");
  }
});

Deno.test("metricsRoutes includes only the requested window in each series of /metrics.json", async () => {
  await using test = inlineMetrics({ windows: ["1s", "1m"] });
  const app = mounted(test.metrics);
  const nothing = await app.request("/internal/metrics.json?window=7m");
  assertEquals([nothing.status, (await nothing.json()).metrics], [200, []]);

  test.metrics.gauge("queue_depth").set(1);
  test.metrics.timer("order_execution", { slo: { threshold: "5ms", target: 0.9 } }).observe(0.001);
  test.metrics.summary("wait", { window: "1s" }).observe(3);
  const response = await app.request("/internal/metrics.json?window=1m");
  const snapshot = await response.json();
  const { series: [series] } = metricOf(snapshot, "order_execution_seconds");
  if (!("bucketCounts" in series)) throw new Error("it is no distribution");
  assertEquals([Object.keys(series.windows), series.windows["1m"].count], [["1m"], 1]);
  assertEquals(series.slo?.burnRate, { "1m": 0 });
  assertEquals(series.count, 1);
  assertEquals(metricOf(snapshot, "queue_depth").series, [{ labels: {}, value: 1 }]);
  const { series: [wait] } = metricOf(snapshot, "wait");
  assertEquals("windows" in wait && [wait.quantiles["0.5"], Object.keys(wait.windows)], [3, []]);

  for (const window of ["7m", "", "__proto__", "1M"]) {
    const refused = await app.request(`/internal/metrics.json?name[]=queue_depth&window=${window}`);
    await assertProblem(refused, 400, "window must be one of 1s, 1m");
  }
  const twice = await app.request("/internal/metrics.json?window=1s&window=1m");
  await assertProblem(twice, 400, "window must be given once, got 2");
  const text = await (await app.request("/internal/metrics?window=7m")).text();
  assertStringIncludes(text, "order_execution_seconds_count 1\n");
});
