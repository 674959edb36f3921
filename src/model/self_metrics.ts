/**
 * Metrics of Hotpath about itself. Each part that counts something yields its own families, so that a self-metric is
 * written where its number is kept.
 *
 * @module
 */

import type { MetricFamily, ScalarPoint } from "./families.ts";
import type { Labels } from "./model.ts";

const NO_LABELS: Labels = Object.freeze({});
/** The owner of all label sets that are made anew for each scrape. */
const SELF = {};

/** A part of Hotpath that counts something. */
export interface SelfMeasured {
  /** Returns its families at this moment, in the order of the exposition; none while there is nothing to report. */
  selfMetrics(families: SelfFamilies): Iterable<MetricFamily>;
}

/** Builds the families of self-metrics. */
export class SelfFamilies {
  readonly #createdMs: number;

  /** @param createdMs Start of all counters, in milliseconds since the epoch */
  constructor(createdMs: number) {
    this.#createdMs = createdMs;
  }

  /** A counter without labels. */
  counter(name: string, help: string, value: number): MetricFamily {
    return scalar("counter", name, help, [{ labels: NO_LABELS, value, createdMs: this.#createdMs }]);
  }

  /** A counter with one label, by whose values the counts are named. */
  counters(name: string, help: string, label: string, counts: Readonly<Record<string, number>>): MetricFamily {
    return scalar("counter", name, help, pointsOf(label, counts, this.#createdMs));
  }

  /** A gauge without labels. */
  gauge(name: string, help: string, value: number): MetricFamily {
    return scalar("gauge", name, help, [{ labels: NO_LABELS, value }]);
  }

  /** A gauge with one label, by whose values the numbers are named. */
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
