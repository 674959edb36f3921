/**
 * A program for scrapers: records what it always records, serves it from the aggregator's thread, and keeps its main
 * thread busy when it gets SIGUSR2. Prints its address, then when it was busy and what it counted meanwhile.
 *
 * @module
 */

import { createMetrics } from "../../../mod.ts";
import { serveMetrics } from "../../../src/server.ts";
import { normalFrom, randomFrom } from "../random.ts";

/** Message that the program sends once it was busy. */
export interface BusyReport {
  /** When it began, in milliseconds since the epoch. */
  readonly fromMs: number;
  /** When it ended. */
  readonly toMs: number;
}

/** How long it is busy. */
export const BUSY_MS = 10_000;
/** `ticks_total` goes up by so many a second while it is busy. */
export const TICKS_PER_SECOND = 20_000;

const TIMINGS = 50_000;
const TIMINGS_PER_TRACE = 1_000;

if (import.meta.main) {
  await using metrics = createMetrics();
  const random = randomFrom(7);
  const normal = normalFrom(random);

  const orders = metrics.counter("orders", { help: "Orders sent", labels: ["side"] });
  orders.with({ side: "buy" }).incWithExemplar(3, { trace_id: "buy" });
  orders.with({ side: "sell" }).inc(4.5);
  metrics.gauge("profit", { help: "Profit", unit: "dollars" }).set(-12.25);
  const size = metrics.histogram("message", { help: "Message size", unit: "bytes", buckets: [64, 512, 4_096] });
  for (let i = 0; i < 10_000; i++) size.observe(Math.floor(random() ** 4 * 10_000));
  const waits = metrics.summary("wait", { help: "Wait", unit: "seconds", window: "1h" });
  for (let i = 0; i < 1_000; i++) waits.observe(random());
  const execution = metrics.timer("order_execution", { help: "Signal to submission", labels: ["pair"] });
  for (const [i, pair] of ["BTC-USD", "ETH-USD"].entries()) {
    for (let timing = 0; timing < TIMINGS; timing++) {
      const seconds = 0.002 * (i + 1) * Math.exp(normal());
      if (timing % TIMINGS_PER_TRACE > 0) execution.with({ pair }).observe(seconds);
      else execution.with({ pair }).observeWithExemplar(seconds, { trace_id: `${pair}-${timing}` });
      // Of the exemplars offered in between, two stay.
      if (timing % TIMINGS_PER_TRACE === 0) await metrics.flush();
    }
  }
  const ticks = metrics.counter("ticks", { help: "Counted while busy" });
  ticks.inc(0);
  const tick = metrics.timer("tick", { help: "Recorded while busy" });
  await metrics.flush();

  Deno.addSignalListener("SIGUSR2", () => {
    const fromMs = Date.now();
    let ticked = 0;
    for (let nowMs = fromMs; nowMs < fromMs + BUSY_MS; nowMs = Date.now()) {
      for (const due = (nowMs - fromMs) * TICKS_PER_SECOND / 1_000; ticked < due; ticked++) {
        ticks.inc();
        tick.observe(0.001);
      }
    }
    const report: BusyReport = { fromMs, toMs: Date.now() };
    console.log(JSON.stringify(report));
  });
  await using server = await serveMetrics(metrics, { port: 0 });
  console.log(server.url);
  await new Promise(() => {});
}
