/**
 * What sampling changes: counts that stay exact at a rate of 10 %, and a rate that follows a budget.
 *
 * Run it with `deno run --allow-read=src examples/sampling/main.ts [SECONDS]`.
 *
 * @module
 */

import { createMetrics, type Metrics } from "@hotpath/metrics";

const REQUESTS = 100_000;
const CALLS_PER_SECOND = 100_000;

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

/** Times far more calls than a budget of 1 % of a core permits to record. */
async function withBudget(seconds: number): Promise<void> {
  await using metrics = createMetrics({ sampling: { budget: 0.01 } });
  await metrics.ready;
  const step = metrics.timer("step", { help: "Step of a computation" });
  const startMs = performance.now();
  let calls = 0;
  for (let second = 1; second <= seconds; second++) {
    while (calls < second * CALLS_PER_SECOND) {
      const due = (performance.now() - startMs) / 1_000 * CALLS_PER_SECOND;
      for (; calls < Math.min(due, second * CALLS_PER_SECOND); calls++) step.end(step.start());
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await printRate(metrics);
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
