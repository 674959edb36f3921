/**
 * Two hundred series, half of them timers, and calls of all of them in turn, for what is fed with many series.
 *
 * @module
 */

import type { Metrics } from "@hotpath/metrics";

/** Of timers as many as of all else. */
const TIMERS = 100;
const COUNTERS = 50;
const GAUGES = 50;

/** How many there are. */
export const SERIES: number = TIMERS + COUNTERS + GAUGES;

/** Makes all series; calls one instrument after the other, as a program does that has some of each. */
export function callerOf(metrics: Metrics): (from: number, count: number) => void {
  const labels = (count: number) => Array.from({ length: count }, (_, id) => ({ id: String(id) }));
  const timerFamily = metrics.timer("stage", { labels: ["id"], slo: { threshold: "5ms", target: 0.99 } });
  const counterFamily = metrics.counter("orders_total", { labels: ["id"] });
  const gaugeFamily = metrics.gauge("queue_depth", { labels: ["id"] });
  const timers = labels(TIMERS).map((each) => timerFamily.with(each));
  const counters = labels(COUNTERS).map((each) => counterFamily.with(each));
  const gauges = labels(GAUGES).map((each) => gaugeFamily.with(each));
  // Log-normal about a millisecond, made beforehand.
  const values = Float64Array.from(
    { length: 4_096 },
    () => 0.001 * Math.exp(Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())),
  );
  return (from, count) => {
    for (let i = from; i < from + count; i++) {
      timers[i % TIMERS].observe(values[i & 4_095]);
      if ((i & 1) === 0) counters[i % COUNTERS].inc();
      else gauges[i % GAUGES].set(i);
    }
  };
}
