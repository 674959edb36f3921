import { assert, assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import { createMetrics, type Metrics, type MetricsOptions, noopMetrics } from "../mod.ts";
import { ROUTES } from "../src/serve/page.ts";
import { serveMetrics, type ServeOptions } from "../src/server.ts";
import { valueOf } from "./_support/snapshots.ts";
import { assertProblem } from "./_support/serve/problems.ts";

const FORMS: readonly MetricsOptions["aggregation"][] = ["worker", "inline"];

/** Asserts that nothing listens on a port. */
async function assertFree(port: number): Promise<void> {
  await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port }), Deno.errors.ConnectionRefused);
}

async function textOf(url: string): Promise<string> {
  const response = await fetch(url);
  assertEquals(response.status, 200);
  return await response.text();
}

for (const aggregation of FORMS) {
  Deno.test(`serveMetrics answers every route over a socket, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    metrics.counter("orders_total", { help: "Orders sent" }).inc(7);
    metrics.timer("order_execution").wrap(() => {})();
    await using server = await serveMetrics(metrics, { port: 0 });
    assertEquals([server.host, server.url], ["127.0.0.1", `http://127.0.0.1:${server.port}`]);
    assert(server.port > 0);
    await metrics.flush();
    for (const { path } of [{ path: "/" }, ...ROUTES.filter(({ isLive }) => !isLive)]) {
      assert((await textOf(server.url + path)).length > 0);
      const head = await fetch(server.url + path, { method: "HEAD" });
      assertEquals([path, head.status, await head.text()], [path, 200, ""]);
    }
    const text = await textOf(`${server.url}/metrics`);
    assertStringIncludes(text, "\norders_total 7\n");
    assertStringIncludes(text, "\norder_execution_seconds_count 1\n");
    assertEquals(valueOf(JSON.parse(await textOf(`${server.url}/metrics.json`)), "orders_total"), 7);
    assertEquals(JSON.parse(await textOf(`${server.url}/health/ready`)), { ready: true });
  });

  Deno.test(`serveMetrics answers an unknown route 404 and a wrong method 405, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    await using server = await serveMetrics(metrics, { port: 0 });
    await assertProblem(await fetch(`${server.url}/nothing`), 404, "there is no route at /nothing");
    const refused = await fetch(`${server.url}/metrics`, { method: "POST", body: "x".repeat(10_000) });
    assertEquals(refused.headers.get("allow"), "GET, HEAD, OPTIONS");
    await assertProblem(refused, 405, "/metrics supports GET and HEAD, not POST");
    await textOf(`${server.url}/health`);
  });

  Deno.test(`MetricsServer.close frees the port, and the metrics go on, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    const orders = metrics.counter("orders_total");
    orders.inc();
    const server = await serveMetrics(metrics, { port: 0 });
    await textOf(`${server.url}/metrics`);
    await Promise.all([server.close(), server.close()]);
    await server.close();
    await assertFree(server.port);
    orders.inc();
    assertEquals(valueOf(await metrics.snapshot(), "orders_total"), 2);
    await using again = await serveMetrics(metrics, { port: 0 });
    assertStringIncludes(await textOf(`${again.url}/metrics`), "orders_total 2\n");
  });

  Deno.test(`serveMetrics refuses to serve the same metrics twice, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    await using server = await serveMetrics(metrics, { port: 0 });
    await assertRejects(
      () => serveMetrics(metrics, { port: 0 }),
      Error,
      "Cannot serve metrics: they are already served",
    );
    await textOf(`${server.url}/metrics`);
  });

  Deno.test(`serveMetrics called twice at once starts one server, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    const calls = await Promise.allSettled([
      serveMetrics(metrics, { port: 0 }),
      serveMetrics(metrics, { port: 0 }),
      serveMetrics(metrics, { port: 0 }),
    ]);
    assertEquals(calls.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
    const [first] = calls;
    if (first.status !== "fulfilled") throw first.reason;
    await textOf(`${first.value.url}/health`);
    await first.value.close();
    await assertFree(first.value.port);
  });

  Deno.test(`serveMetrics reports that a port is in use, and leaves no half-started server, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation });
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = taken.addr as Deno.NetAddr;
    await assertRejects(
      () => serveMetrics(metrics, { port }),
      Error,
      `Cannot serve metrics on 127.0.0.1:${port}: the port is in use`,
    );
    await using server = await serveMetrics(metrics, { port: 0 });
    await textOf(`${server.url}/metrics`);
  });

  Deno.test(`Metrics.close stops the server, ${aggregation}`, async () => {
    const metrics = createMetrics({ aggregation });
    const server = await serveMetrics(metrics, { port: 0 });
    await textOf(`${server.url}/metrics`);
    await metrics.close();
    await assertFree(server.port);
    await server.close();
  });

  Deno.test(`Metrics.close during serveMetrics leaves no server, ${aggregation}`, async () => {
    const metrics = createMetrics({ aggregation });
    const [served] = await Promise.allSettled([serveMetrics(metrics, { port: 0 }), metrics.close()]);
    if (served.status === "rejected") return;
    await assertFree(served.value.port);
    await served.value.close();
  });

  Deno.test(`serveMetrics refuses metrics that are closed, ${aggregation}`, async () => {
    const metrics = createMetrics({ aggregation });
    await metrics.close();
    await assertRejects(() => serveMetrics(metrics, { port: 0 }), Error, "closed");
  });
}

Deno.test("serveMetrics names the bad option, its rule and what was given", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const rule = "must be a whole number from 0 to 65535, got";
  const refusals: [unknown, typeof Error, string][] = [
    [{ port: -1 }, RangeError, `port ${rule} -1`],
    [{ port: 65_536 }, RangeError, `port ${rule} 65536`],
    [{ port: 1.5 }, RangeError, `port ${rule} 1.5`],
    [{ port: NaN }, RangeError, `port ${rule} NaN`],
    [{ port: "9464" }, TypeError, `port ${rule} "9464"`],
    [{ port: null }, TypeError, `port ${rule} null`],
    [{ port: 0, host: "" }, RangeError, 'host must be an address or a name, got ""'],
    [{ port: 0, host: 127 }, TypeError, "host must be a string, got 127"],
  ];
  for (const [options, errorClass, message] of refusals) {
    const error = await assertRejects(() => serveMetrics(metrics, options as ServeOptions), errorClass);
    assertEquals(error.message, `Cannot serve metrics: ${message}`);
  }
  await using _server = await serveMetrics(metrics, { port: 0 });
});

Deno.test("serveMetrics takes host and port from the configuration of its metrics, and its options before these", async () => {
  const config = { source: "hotpath.yaml", metrics: { host: "192.0.2.1", port: 0 } };
  await using metrics = createMetrics({ aggregation: "inline", config });
  await assertRejects(() => serveMetrics(metrics), Error, "Cannot serve metrics on 192.0.2.1:0");
  await using server = await serveMetrics(metrics, { host: "127.0.0.1" });
  assertEquals(server.host, "127.0.0.1");
  assert(server.port !== 9_464);
});

Deno.test("serveMetrics refuses metrics that createMetrics did not make", async () => {
  for (const metrics of [noopMetrics, {}, null, undefined, 7] as unknown[]) {
    await assertRejects(
      () => serveMetrics(metrics as Metrics, { port: 0 }),
      TypeError,
      "Cannot serve metrics: metrics must come from createMetrics, got",
    );
  }
});

Deno.test("serveMetrics answers 100 scrapes at once, each with the same exact numbers", async () => {
  await using metrics = createMetrics();
  metrics.counter("orders_total").inc(7);
  await using server = await serveMetrics(metrics, { port: 0 });
  const texts = await Promise.all(Array.from({ length: 100 }, () => textOf(`${server.url}/metrics.json`)));
  for (const text of texts) assertStrictEquals(valueOf(JSON.parse(text), "orders_total"), 7);
});
