/**
 * Families that are made up for tests of the encoders.
 *
 * @module
 */

import type {
  Exemplar,
  ExponentialBuckets,
  HistogramPoint,
  MetricFamily,
  ScalarPoint,
  SummaryPoint,
} from "../../src/families.ts";
import type { Encoder } from "../../src/encode/encoder.ts";
import { writeFamilies } from "../../src/encode/exposition.ts";

/** When everything began. */
export const CREATED_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

/** A family of which what tests mostly leave out may be left out. */
type Parts<Family> = Family extends MetricFamily
  ? Omit<Family, "owner" | "unit" | "help"> & Partial<Pick<Family, "owner" | "unit" | "help">>
  : never;

/** A family; without a unit and a help text unless they are given, and with an owner of its own. */
export function family(parts: Parts<MetricFamily>): MetricFamily {
  return { unit: "", help: "", owner: {}, ...parts };
}

/** Gauges that differ by one label. */
export function gauges(name: string, help: string, points: readonly ScalarPoint[]): MetricFamily {
  return family({ type: "gauge", name, help, points });
}

/** A histogram's point without anything but what is given. */
export function histogramPoint(parts: {
  readonly labels?: HistogramPoint["labels"];
  readonly count?: number;
  readonly sum?: number;
  readonly bucketCounts?: readonly number[];
  readonly bucketExemplars?: readonly (Exemplar | undefined)[];
  readonly exemplars?: readonly Exemplar[];
  readonly buckets?: ExponentialBuckets;
}): HistogramPoint {
  const { bucketCounts = [], buckets, ...rest } = parts;
  return {
    labels: {},
    count: 0,
    sum: 0,
    createdMs: CREATED_MS,
    bucketExemplars: [],
    exemplars: [],
    ...rest,
    bucketCounts: () => bucketCounts,
    exponentialBuckets: () => buckets,
  };
}

/** A summary's point without anything but quantiles. */
export function summaryPoint(labels: SummaryPoint["labels"], window: string, values: readonly number[]): SummaryPoint {
  return { labels, window, quantiles: [0.5, 0.999].map((quantile, i) => [quantile, values[i]]) };
}

/** What an encoder makes of families. */
export function encode(encoder: Encoder, families: Iterable<MetricFamily>): Uint8Array {
  for (const _ of writeFamilies(families, encoder, () => false)) throw new Error("it must not rest");
  return encoder.end();
}
