/**
 * Metrics of Hotpath about itself. Each part that counts something yields its own families, next to the numbers.
 *
 * @module
 */

import type { MetricFamily, ScalarPoint } from "./families.ts";
import type { Labels } from "./model.ts";

const NO_LABELS: Labels = Object.freeze({});
/** Owner of all label sets that are created anew for each scrape. */
const SELF = {};

/** Part of Hotpath with metrics about itself. */
export interface SelfMeasured {
  /** Returns its families at this moment, in the order of exposition; empty while there is nothing to report. */
  selfMetrics(families: SelfFamilies): Iterable<MetricFamily>;
}

/** Builds the families of self-metrics. */
export class SelfFamilies {
  readonly #createdMs: number;

  /** @param createdMs Start of all counters, in milliseconds since the epoch */
  constructor(createdMs: number) {
    this.#createdMs = createdMs;
  }

  /** Returns a counter without labels. */
  counter(name: string, help: string, value: number): MetricFamily {
    return scalar("counter", name, help, [{ labels: NO_LABELS, value, createdMs: this.#createdMs }]);
  }

  /** Returns a counter with one label, whose values are the keys of the counts. */
  counters(name: string, help: string, label: string, counts: Readonly<Record<string, number>>): MetricFamily {
    return scalar("counter", name, help, pointsOf(label, counts, this.#createdMs));
  }

  /** Returns a gauge without labels. */
  gauge(name: string, help: string, value: number): MetricFamily {
    return scalar("gauge", name, help, [{ labels: NO_LABELS, value }]);
  }

  /** Returns a gauge with one label, whose values are the keys of the numbers. */
  gauges(name: string, help: string, label: string, values: Readonly<Record<string, number>>): MetricFamily {
    return scalar("gauge", name, help, pointsOf(label, values));
  }
}

function scalar(type: "counter" | "gauge", name: string, help: string, points: readonly ScalarPoint[]): MetricFamily {
  return { type, name, unit: "", help, owner: SELF, points };
}

function pointsOf(label: string, values: Readonly<Record<string, number>>, createdMs?: number): ScalarPoint[] {
  return Object.entries(values).map(([name, value]) => ({ labels: { [label]: name }, value, createdMs }));
}
