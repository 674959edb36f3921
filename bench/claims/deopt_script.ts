/**
 * Calls everything hot over and over, under all settings in turn, for `deopt.ts` to see which functions V8 compiles again.
 * Prints how long V8's trace, the file that is its argument, was at the end of the warm-up.
 *
 * @module
 */

import { createMetrics, type Metrics } from "@hotpath/metrics";
import { Drainer } from "../../src/aggregate/drain/drainer.ts";
import { ThreadState } from "../../src/aggregate/drain/thread_state.ts";
import { define } from "../../src/instrument/definition.ts";
import { Consumer } from "../../src/ring/consumer.ts";
import { createDoorbell, Doorbell } from "../../src/ring/doorbell.ts";
import { createRing, Kind, tagOf } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import { SeriesStore } from "../../src/aggregate/series/store.ts";
import { planWindows } from "../../src/sketch/sliding_window.ts";
import { logNormal } from "../lib/workload.ts";
import { eachLabelSet, HANDLES, LABELS } from "../lib/workload.ts";

const ROUNDS_WARM_UP = 40;
const ROUNDS_STEADY = 40;
const CALLS = 16_384;
const TURN = HANDLES - 1;
const RATES = [1, 0.5, 0.1, 1e-9];
/** So small that it is full all the time. */
const RING_CAPACITY_SMALL = 1_024;

const values = logNormal(CALLS, 1);

/** The hot calls of one set of metrics. */
function instrumentsOf(metrics: Metrics): (() => void)[] {
  const counterFamily = metrics.counter("orders_total", { labels: LABELS });
  const gaugeFamily = metrics.gauge("queue_depth", { labels: LABELS });
  const lastFamily = metrics.gauge("price", { labels: LABELS, aggregator: "last" });
  const histogramFamily = metrics.histogram("message_bytes", { labels: LABELS });
  const timerFamily = metrics.timer("order_execution", { labels: LABELS, slo: { threshold: "5ms", target: 0.999 } });
  const labelSets = eachLabelSet((labels) => labels);
  const counters = labelSets.map((labels) => counterFamily.with(labels));
  const gauges = labelSets.map((labels, i) => (i % 2 === 0 ? gaugeFamily : lastFamily).with(labels));
  const histograms = labelSets.map((labels) => histogramFamily.with(labels));
  const timers = labelSets.map((labels) => timerFamily.with(labels));
  const criticalTimer = metrics.timer("fill", { critical: true });
  const criticalHistogram = metrics.histogram("fill_bytes", { critical: true });

  function incCounters(): void {
    for (let i = 0; i < CALLS; i++) {
      counters[i & TURN].inc();
      counters[i & TURN].inc(values[i]);
    }
  }

  function lookUpCounters(): void {
    for (let i = 0; i < CALLS; i++) {
      const { pair, side, type } = labelSets[i & TURN];
      counterFamily.with({ pair, side, type }).inc();
    }
  }

  function changeGauges(): void {
    for (let i = 0; i < CALLS; i++) {
      const gauge = gauges[i & TURN];
      gauge.set(values[i]);
      gauge.inc();
      gauge.dec(2);
    }
  }

  function observeHistograms(): void {
    for (let i = 0; i < CALLS; i++) histograms[i & TURN].observe(values[i]);
  }

  function observeTimers(): void {
    for (let i = 0; i < CALLS; i++) timers[i & TURN].observe(values[i]);
  }

  function timeByToken(): void {
    for (let i = 0; i < CALLS; i++) {
      const timer = timers[i & TURN];
      const start = timer.start();
      timer.end(start);
    }
  }

  function recordCritical(): void {
    for (let i = 0; i < CALLS / HANDLES; i++) {
      const start = criticalTimer.start();
      criticalTimer.end(start);
      criticalTimer.observe(values[i]);
      criticalHistogram.observe(values[i]);
    }
  }

  return [
    incCounters,
    lookUpCounters,
    changeGauges,
    observeHistograms,
    observeTimers,
    timeByToken,
    recordCritical,
  ];
}

/** The aggregator's side on this thread: a ring drained, with weights and without. */
function drainOf(): () => void {
  const ring = createRing(CALLS, false);
  const producer = new Producer(ring, new Doorbell(createDoorbell(false)), "overwrite-oldest");
  const nowMs = () => performance.now();
  const state = new ThreadState(new SeriesStore(planWindows([{ name: "1s", lengthMs: 1_000 }])), nowMs);
  const drainer = new Drainer(new Consumer(ring), state, nowMs, false);
  state.admit({ kind: "instrument", instrument: 0, definition: define("timer", "execution", { labels: ["i"] }) });
  for (let series = 0; series < HANDLES; series++) {
    const labelValues = [String(series)];
    state.admit({ kind: "series", series, instrument: 0, labelValues, isOverflow: false, cell: undefined });
  }
  const tags = Float64Array.from({ length: HANDLES }, (_, series) => tagOf(series, Kind.timing));
  return function drain(): void {
    for (let i = 0; i < CALLS / 2; i++) producer.push(values[i], 0, tags[i & TURN]);
    for (let i = 0; i < CALLS / 2; i++) producer.pushWeighted(values[i], 0, i & TURN, Kind.timing, 1 + (i & 15));
    producer.publish();
    drainer.drain(CALLS);
  };
}

const allMetrics = [
  createMetrics({ clock: "performance", sampling: { seed: 1 } }),
  createMetrics({ clock: "performance", sampling: { seed: 1 }, ringCapacity: RING_CAPACITY_SMALL }),
  createMetrics({
    clock: "performance",
    sampling: { seed: 1 },
    ringCapacity: RING_CAPACITY_SMALL,
    overflow: "drop-newest",
  }),
];
for (const metrics of allMetrics) await metrics.ready;
const calls = allMetrics.map((metrics) => ({ metrics, instruments: instrumentsOf(metrics) }));
const drain = drainOf();

/** Everything once, at every rate, switched off, and on again. */
async function runRound(): Promise<void> {
  for (const { metrics, instruments } of calls) {
    for (const rate of RATES) {
      metrics.samplingRate = rate;
      instruments.forEach((call) => call());
    }
    metrics.enabled = false;
    instruments.forEach((call) => call());
    metrics.enabled = true;
    await metrics.flush();
  }
  drain();
}

async function traceBytes(): Promise<number> {
  return (await Deno.stat(Deno.args[0])).size;
}

for (let round = 0; round < ROUNDS_WARM_UP; round++) await runRound();
console.log(`warm-up ended at ${await traceBytes()}`);
for (let round = 0; round < ROUNDS_STEADY; round++) await runRound();
for (const metrics of allMetrics) await metrics.close();
