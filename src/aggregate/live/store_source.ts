/**
 * Series of a store as the source of feeds.
 *
 * @module
 */

import type { ExponentialBuckets } from "../../model/families.ts";
import type { Definition, Exemplar, Labels } from "../../model/model.ts";
import type { LiveMetric } from "../../model/live_frames.ts";
import { sloNames } from "../../model/sample_names.ts";
import type { Distribution } from "../series/distribution.ts";
import type { DistributionFamily } from "../series/distribution_family.ts";
import type { PlannedWindow } from "../series/distribution_spec.ts";
import { ScalarFamily } from "../series/scalar_family.ts";
import type { SeriesFamily, SeriesStore } from "../series/store.ts";
import { QUANTILES, quantilesOf } from "../../sketch/quantile.ts";
import { Moment } from "../../sketch/sketch.ts";
import type { LiveGroup, LiveReading, LiveWindowReading } from "./live_source.ts";

const EMPTY: LiveWindowReading = { count: 0, seconds: 1, sum: 0, max: 0, violations: 0, quantiles: [] };

/** Constant properties of a family. */
interface Constant {
  readonly metric: LiveMetric;
  readonly names: ReadonlySet<string>;
  readonly quantiles: readonly string[];
}

/** Reader of the series of a store. */
export class StoreGroups {
  readonly #store: SeriesStore;
  readonly #constants: WeakMap<SeriesFamily, Constant> = new WeakMap();

  constructor(store: SeriesStore) {
    this.#store = store;
  }

  /** Yields metrics and their series, see `LiveSource.groups`. */
  *groups(window: string, nowMs: number): Generator<LiveGroup> {
    for (const family of this.#store.all) {
      const { metric, names, quantiles } = this.#constantOf(family);
      if (family instanceof ScalarFamily) {
        yield { kind: "scalars", metric, names, series: family.current(nowMs) };
      } else {
        const series = readingsOf(family, family.windowNamed(window), nowMs);
        yield { kind: "distributions", metric, names, quantiles, series };
      }
    }
  }

  #constantOf(family: SeriesFamily): Constant {
    const known = this.#constants.get(family);
    if (known !== undefined) return known;
    const { definition } = family;
    const constant = {
      metric: metricOf(definition),
      names: new Set(namesOf(definition)),
      quantiles: reportedQuantilesOf(definition).map(String),
    };
    this.#constants.set(family, constant);
    return constant;
  }
}

function metricOf({ type, exposedName: name, unit, help, schema, sketch, slo }: Definition): LiveMetric {
  const isScalar = type === "counter" || type === "gauge";
  return {
    name,
    type: type === "timer" ? "histogram" : type,
    unit,
    help,
    ...(!isScalar && sketch === "exponential" && { schema }),
    ...(slo !== undefined && { slo }),
  };
}

/** Returns the names by which a metric can be requested, including those of a timer's windows and objective. */
function namesOf({ exposedName, windowName, sloName }: Definition): string[] {
  return [exposedName, windowName, ...(sloName === undefined ? [] : Object.values(sloNames(sloName)))];
}

function reportedQuantilesOf({ summary }: Definition): readonly number[] {
  return summary?.quantiles ?? QUANTILES;
}

/** Yields the same object for all series, one after the other, so that it creates no garbage. */
function* readingsOf(
  family: DistributionFamily,
  window: PlannedWindow | undefined,
  nowMs: number,
): Generator<LiveReading> {
  const reading = new Reading(window, reportedQuantilesOf(family.definition), nowMs);
  for (const series of family.current(nowMs)) {
    reading.key = series;
    yield reading;
  }
}

/** Distribution at one moment. */
class Reading implements LiveReading {
  key!: Distribution;
  readonly #window: PlannedWindow | undefined;
  readonly #quantiles: readonly number[];
  readonly #nowMs: number;

  constructor(window: PlannedWindow | undefined, quantiles: readonly number[], nowMs: number) {
    this.#window = window;
    this.#quantiles = quantiles;
    this.#nowMs = nowMs;
  }

  get labels(): Labels {
    return this.key.labels;
  }

  get createdMs(): number {
    return this.key.createdMs;
  }

  get count(): number {
    return this.key.count;
  }

  get sum(): number {
    return this.key.sum;
  }

  get violations(): number {
    return this.key.violations;
  }

  get exemplars(): readonly Exemplar[] {
    return this.key.exemplars;
  }

  window(): LiveWindowReading {
    const window = this.#window;
    const sketch = window && this.key.followedOver(window, this.#nowMs);
    if (window === undefined || sketch === undefined || sketch.count === 0) return EMPTY;
    const { moments } = sketch;
    return {
      count: moments[Moment.count],
      seconds: window.spec.lengthMs / 1_000,
      sum: moments[Moment.sum],
      max: moments[Moment.max],
      violations: moments[Moment.violations],
      quantiles: quantilesOf(sketch, this.#quantiles),
    };
  }

  buckets(): ExponentialBuckets | undefined {
    return this.key.followedBuckets();
  }
}
