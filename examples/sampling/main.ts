/**
 * What sampling changes: counts that stay exact at a rate of 10 %, and a rate that follows a budget.
 *
 * Run it with `deno run --allow-read=src examples/sampling/main.ts [SECONDS]`.
 *
 * @module
 */

import { createMetrics, type Metrics } from "@hotpath/metrics";

const REQUESTS = 100_000;
const TICK_MS = 100;
const TIMINGS_PER_TICK = 20_000;

await atTenPercent();
await withBudget(Number(Deno.args[0] ?? 4));

/** Observes sizes of 1 to 1,000 bytes equally often, so the true mean is 500.5 and the true p99 is 990. */
async function atTenPercent(): Promise<void> {
  await using metrics = createMetrics({ sampling: { rate: 0.1 } });
  const size = metrics.histogram("http_response_size", { help: "Size of responses", unit: "bytes" });
  for (let i = 0; i < REQUESTS; i++) size.observe(1 + i % 1_000);

  const { metrics: [{ series: [bytes] }], meta } = await metrics.snapshot();
  if (!("windows" in bytes)) throw new Error("Cannot find the sizes");
  const { mean, quantiles, confidence } = bytes.windows["5m"];
  const [low, high] = confidence?.mean ?? [];
  console.log(`count ${bytes.count}, of which ${meta.sampledOut} were sampled out`);
  console.log(`mean ${mean?.toFixed(1)}, with 95 % confidence ${low?.toFixed(1)} to ${high?.toFixed(1)}`);
  console.log(
    `p99 ${quantiles["0.99"]?.toFixed(1)}, with 95 % confidence ${
      confidence?.quantiles["0.99"].map((it) => it?.toFixed(1)).join(" to ")
    }`,
  );
}

/** Times far more calls than a budget of 0.5 % of a core permits to record. */
async function withBudget(seconds: number): Promise<void> {
  await using metrics = createMetrics({ sampling: { budget: 0.005 } });
  await metrics.ready;
  const step = metrics.timer("step", { help: "Step of a computation" });
  let calls = 0;
  for (let tick = 1; tick <= seconds * 1_000 / TICK_MS; tick++) {
    for (let i = 0; i < TIMINGS_PER_TICK; i++) step.end(step.start());
    calls += TIMINGS_PER_TICK;
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
    if (tick * TICK_MS % 1_000 === 0) await printRate(metrics);
  }
  const { metrics: [{ series: [steps] }] } = await metrics.snapshot();
  console.log(`${calls} calls, count ${"count" in steps && steps.count}`);
}

async function printRate(metrics: Metrics): Promise<void> {
  const { sampling } = await metrics.performance();
  if (sampling === undefined) return;
  const { eventsPerSecond, rate, overheadRatio } = sampling;
  const overhead = overheadRatio === null ? "not known yet" : `${(100 * overheadRatio).toFixed(2)} %`;
  console.log(`${Math.round(eventsPerSecond)} calls/s, ${(100 * rate).toFixed(1)} % recorded, overhead ${overhead}`);
}
