import { assertEquals, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { createMetrics, type Metrics, noopMetrics } from "../../mod.ts";
import { metricsRoutes, type RoutesOptions } from "../../src/hono.ts";
import { followEvents, followSocket, HANDSHAKE } from "../_support/serve/live_sockets.ts";
import { assertProblem } from "../_support/serve/problems.ts";

/** An app of the user's on a server of Deno's. */
async function mounting(
  use: (url: string, metrics: Metrics) => Promise<void>,
  options: RoutesOptions = {},
  aggregation: "worker" | "inline" = "worker",
): Promise<void> {
  await using metrics = createMetrics({ aggregation });
  const app = new Hono().route("/internal", metricsRoutes(metrics, options));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  await use(`http://127.0.0.1:${server.addr.port}/internal`, metrics);
}

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`metricsRoutes on a server of Deno's sends the live feed both ways, ${aggregation}`, async () => {
    await mounting(
      async (url, metrics) => {
        const orders = metrics.counter("orders_total");
        orders.inc(3);
        const events = followEvents(await fetch(`${url}/live/sse?intervalMs=100`));
        const socket = await followSocket(url, "?intervalMs=100");
        for (const client of [socket, events]) {
          assertEquals((await client.start()).metrics.map(({ name }) => name), ["orders_total"]);
          const [[id, value]] = (await client.frame()).scalars;
          orders.inc();
          let { scalars } = await client.frame();
          while (scalars.length === 0) ({ scalars } = await client.frame());
          assertEquals(scalars, [[id, value + 1]]);
          await client.close();
        }
        while (!(await metrics.scrape()).includes("\nhotpath_live_clients 0\n"));
      },
      {},
      aggregation,
    );
  });
}

Deno.test("metricsRoutes ends the live feed with its metrics, so that the server can be shut down", async () => {
  await mounting(async (url, metrics) => {
    const events = followEvents(await fetch(`${url}/live/sse?intervalMs=100`));
    const socket = await followSocket(url, "?intervalMs=100");
    await Promise.all([events.start(), socket.start()]);
    await metrics.close();
    assertEquals(await socket.closed, 1001);
    await events.ended;
    await assertProblem(await fetch(`${url}/live/sse`), 503, "they are closed");
  });
});

Deno.test("metricsRoutes refuses WebSockets on a server without them, and names /live/sse", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const app = metricsRoutes(metrics, { liveClientsMax: 1 });
  for (let i = 0; i < 3; i++) {
    await assertProblem(await app.request("/live", { headers: HANDSHAKE }), 501, "use /live/sse");
  }
  const response = await app.request("/live/sse");
  assertEquals(response.status, 200);
  await response.body!.cancel();
  const withoutFeed = metricsRoutes(noopMetrics);
  await assertProblem(await withoutFeed.request("/live/sse"), 501, "these metrics have no live feed");
});

Deno.test("metricsRoutes refuses the same handshakes on a server of Deno's as elsewhere", async () => {
  await mounting(async (url) => {
    await assertProblem(await fetch(`${url}/live`), 426, "server-sent events are at /live/sse");
    await assertProblem(await fetch(`${url}/live/sse?window=7m`), 400, "window must be one of 1s, 5s, 1m, 5m");
    const first = await fetch(`${url}/live/sse`);
    await assertProblem(await fetch(`${url}/live/sse`), 503, "the limit of 1 clients of the live feed is reached");
    await first.body!.cancel();
    const compressed = await fetch(`${url}/metrics`);
    assertStringIncludes(await compressed.text(), "hotpath_records_total 0");
  }, { liveClientsMax: 1 });
});
