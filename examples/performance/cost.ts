/**
 * Measures what a call of each instrument costs the calling thread, on the machine that it runs on.
 *
 * Run it with `deno run --allow-read=. --allow-ffi examples/performance/cost.ts [ROUNDS]`. Without `--allow-ffi` timings
 * read the clock through `performance.now()`.
 *
 * The calls are measured in turn, in many short bursts; the result of each is the median of its bursts. The aggregator
 * catches up between bursts, untimed, so no ring is ever full.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";

/** Calls of a burst: half of what a ring holds. */
const BURST = 65_536;
const rounds = Number(Deno.args[0] ?? 50);

await using metrics = createMetrics();
await metrics.ready;

const requests = metrics.counter("requests_total", { labels: ["route", "status"] });
const found = requests.with({ route: "/users/:id", status: 200 });
const inFlight = metrics.gauge("requests_in_flight");
const bytes = metrics.histogram("response_bytes", { unit: "bytes" });
const duration = metrics.timer("request_duration");

/** A burst of each call. The loops are separate functions, so that V8 inlines each call as it would in a program. */
const bursts: Readonly<Record<string, () => void>> = {
  "counter.inc()": () => {
    for (let i = 0; i < BURST; i++) found.inc();
  },
  "counter.with(labels).inc()": () => {
    for (let i = 0; i < BURST; i++) requests.with({ route: "/users/:id", status: 200 }).inc();
  },
  "gauge.set(value)": () => {
    for (let i = 0; i < BURST; i++) inFlight.set(i);
  },
  "histogram.observe(value)": () => {
    for (let i = 0; i < BURST; i++) bytes.observe(i);
  },
  "timer.start() and end(start)": () => {
    for (let i = 0; i < BURST; i++) duration.end(duration.start());
  },
  "the same, sampled out": () => {
    metrics.samplingRate = 0;
    for (let i = 0; i < BURST; i++) duration.end(duration.start());
    metrics.samplingRate = 1;
  },
};

const results = new Map(Object.keys(bursts).map((name): [string, number[]] => [name, []]));
for (let round = 0; round < rounds; round++) {
  for (const [name, burst] of Object.entries(bursts)) {
    const start = performance.now();
    burst();
    results.get(name)!.push((performance.now() - start) * 1e6 / BURST);
    await metrics.flush();
  }
}

for (const [name, nanoseconds] of results) {
  const median = nanoseconds.toSorted((a, b) => a - b)[Math.floor(rounds / 2)];
  console.log(`${name.padEnd(30)} ${median.toFixed(1).padStart(6)} ns`);
}
const { meta: { recorded, dropped } } = await metrics.snapshot();
console.log(`${recorded} calls recorded or sampled out, ${dropped} records dropped`);
