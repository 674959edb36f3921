import { assertEquals, assertMatch } from "@std/assert";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { createMetrics } from "../../mod.ts";
import { metricsRoutes } from "../../src/hono.ts";
import { serveMetrics } from "../../src/server.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import type { AskerJob } from "../_support/serve/health_asker.ts";

/** Only so that a failure ends. */
const PATIENCE_MS = 60_000;

Deno.test("/health reports overdue checks while the program is blocked", async () => {
  await using metrics = createMetrics({ health: { staleAfter: "100ms" } });
  await using server = await serveMetrics(metrics, { port: 0 });
  metrics.health.add("queue", () => true, { interval: "10ms", timeout: "10ms" });
  await metrics.flush();
  const job: AskerJob = { url: server.url, flag: new Int32Array(new SharedArrayBuffer(4)) };
  const asker = new Worker(new URL("../_support/serve/health_asker.ts", import.meta.url), { workerData: job });
  try {
    await once(asker, "message");
    asker.postMessage("go");
    const woken = Atomics.wait(job.flag, 0, 0, PATIENCE_MS);
    const [[seen]] = await once(asker, "message");
    assertEquals([woken, seen?.code, seen?.status], ["ok", 503, "UNHEALTHY"]);
    assertMatch(seen.reasons.join(), /^queue: has not reported for [\d.]+ s$/);
  } finally {
    await asker.terminate();
  }
});

Deno.test("/health/extended has measurements, /health only the status", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const routes = metricsRoutes(metrics);
  const lag = metrics.timer("deno_eventloop_lag", { labels: ["thread"] }).with({ thread: "main" });
  for (let i = 0; i < 100; i++) lag.observe(0.75);
  metrics.health.add("disk", () => ({ status: "DEGRADED", reason: "it is nearly full" }));
  await metrics.flush();
  const short = await routes.request("/health");
  assertEquals([short.status, await short.json()], [503, { status: "UNHEALTHY" }]);
  const extended = await routes.request("/health/extended");
  const { status, reasons, checks, eventLoop } = await extended.json();
  const reason = 'the event loop lags by 0.75 s at p95{thread="main"}';
  assertEquals([extended.status, status, reasons], [503, "UNHEALTHY", [reason, "disk: it is nearly full"]]);
  assertEquals(eventLoop, { lagSecondsAverage: 0.75, lagSecondsP95: 0.75 });
  assertEquals(checks[1], { name: "eventLoopLag", status: "UNHEALTHY", value: 0.75, reason });
  assertEquals(checks.at(-1), { name: "disk", status: "DEGRADED", reason: "disk: it is nearly full" });
});
