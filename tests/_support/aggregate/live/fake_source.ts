/**
 * A source of feeds whose series a test changes as it likes. Distributions count in real sketches; their window is
 * everything.
 *
 * @module
 */

import type { ExponentialBuckets } from "../../../../src/model/families.ts";
import type { Exemplar } from "../../../../src/model/model.ts";
import type { HealthState } from "../../../../src/model/health_status.ts";
import type { Kpi } from "../../../../src/model/kpi.ts";
import type { LiveMetric } from "../../../../src/model/live_frames.ts";
import type {
  LiveFacts,
  LiveGroup,
  LiveReading,
  LiveScalar,
  LiveSource,
  LiveWindowReading,
} from "../../../../src/aggregate/live/live_source.ts";
import { QUANTILES, quantilesOf } from "../../../../src/sketch/quantile.ts";
import { Moment, Sketch } from "../../../../src/sketch/sketch.ts";

/** The resolution of all distributions. */
export const SCHEMA = 6;
/** Health of a source without checks. */
export const SELF: LiveFacts["self"] = {
  meta: { recorded: 0, dropped: 0, sampledOut: 0, series: 0, overflowed: 0 },
  ringOccupancyRatio: 0,
  samplingRate: 1,
  overheadRatio: null,
  drainSecondsP99: null,
  scrapeSecondsP99: null,
};

/** A distribution that can be recorded in. */
export class FakeDistribution implements LiveReading {
  readonly key = this;
  readonly labels: Record<string, string>;
  createdMs = 0;
  violations = 0;
  exemplars: Exemplar[] = [];
  #sketch = new Sketch(SCHEMA);

  constructor(id: number) {
    this.labels = { id: String(id) };
  }

  get count(): number {
    return this.#sketch.count;
  }

  get sum(): number {
    return this.#sketch.moments[Moment.sum];
  }

  record(value: number): void {
    this.#sketch.record(value, 1);
  }

  /** Starts again; a client sees by the violations that it did. */
  reset(): void {
    this.createdMs += 1;
    this.violations += 1;
    this.#sketch = new Sketch(SCHEMA);
  }

  window(): LiveWindowReading {
    const { moments } = this.#sketch;
    const [count, sum, max] = [moments[Moment.count], moments[Moment.sum], moments[Moment.max]];
    const quantiles = count === 0 ? [] : quantilesOf(this.#sketch, QUANTILES);
    return { count, seconds: 60, sum, max: count === 0 ? 0 : max, violations: this.violations, quantiles };
  }

  buckets(): ExponentialBuckets {
    const copy = new Sketch(SCHEMA);
    copy.merge(this.#sketch);
    const { schema, positive, negative, moments } = copy;
    return { schema, zeroThreshold: 0, zeroCount: moments[Moment.zeros], positive, negative };
  }
}

/** A source with a counter, a gauge and a timer of any number of series. */
export class FakeSource implements LiveSource {
  windows: readonly string[] = ["1s", "1m", "5m"];
  ms = 0;
  /** Duration of a reading by its clock. */
  lookMs = 0;
  looks = 0;
  kpis: readonly Kpi[] = [];
  health: HealthState = { status: "HEALTHY", reasons: [] };
  readonly scalars: Set<LiveScalar & { value: number }> = new Set();
  readonly distributions: Set<FakeDistribution> = new Set();
  scalarMetric: LiveMetric = { name: "orders_total", type: "counter", unit: "", help: "Orders" };
  readonly #distributionMetric: LiveMetric = {
    name: "order_seconds",
    type: "histogram",
    unit: "seconds",
    help: "",
    schema: SCHEMA,
    slo: { thresholdSeconds: 0.005, target: 0.99 },
  };
  #nextId = 0;

  addScalar(): LiveScalar & { value: number } {
    const scalar = { labels: { id: String(this.#nextId++) }, value: 0 };
    this.scalars.add(scalar);
    return scalar;
  }

  addDistribution(): FakeDistribution {
    const distribution = new FakeDistribution(this.#nextId++);
    this.distributions.add(distribution);
    return distribution;
  }

  nowMs(): number {
    return this.ms;
  }

  look(): LiveFacts {
    this.looks += 1;
    this.ms += this.lookMs;
    return { kpis: this.kpis, health: this.health, self: SELF };
  }

  *groups(): Generator<LiveGroup> {
    yield {
      kind: "scalars",
      metric: this.scalarMetric,
      names: new Set(["orders_total"]),
      series: this.scalars,
    };
    yield {
      kind: "distributions",
      metric: this.#distributionMetric,
      names: new Set(["order_seconds", "order_window_seconds"]),
      quantiles: QUANTILES.map(String),
      series: this.distributions,
    };
  }
}
