/**
 * Reads the counts of an instrumented cache.
 *
 * @module
 */

import type { Metrics } from "@hotpath/metrics";

/** Counts of the caches of a name; a series that does not exist is absent. */
export interface CacheCounts {
  readonly hits?: number;
  readonly misses?: number;
  readonly sets?: number;
  readonly deletes?: number;
  readonly evictions?: number;
  readonly ratio?: number;
  readonly size?: number;
  /** Errors by operation, without zeros. */
  readonly errors: Readonly<Record<string, number>>;
  /** Number of timed calls by operation, without zeros. */
  readonly timed: Readonly<Record<string, number>>;
}

/** Reads the counts of a name. */
export async function countsOf(metrics: Metrics, cache: string): Promise<CacheCounts> {
  const series = (await metrics.snapshot()).metrics.flatMap(({ name, series }) =>
    series.filter(({ labels }) => labels.cache === cache).map((each) => ({ name, ...each }))
  );
  const value = (of: string) => {
    const found = series.find(({ name }) => name === of);
    return found !== undefined && "value" in found ? found.value : undefined;
  };
  const byOperation = (of: string) =>
    Object.fromEntries(
      series.filter(({ name }) => name === of)
        .map((each) => [each.labels.operation, "value" in each ? each.value : each.count])
        .filter(([, count]) => count !== 0),
    );
  return {
    hits: value("cache_hits_total"),
    misses: value("cache_misses_total"),
    sets: value("cache_sets_total"),
    deletes: value("cache_deletes_total"),
    evictions: value("cache_evictions_total"),
    ratio: value("cache_hit_ratio"),
    size: value("cache_size"),
    errors: byOperation("cache_errors_total"),
    timed: byOperation("cache_operation_duration_seconds"),
  };
}

/** Counts of an unused cache, without the given members. */
export function counts(given: Partial<CacheCounts>): CacheCounts {
  return {
    hits: 0,
    misses: 0,
    sets: 0,
    deletes: 0,
    evictions: undefined,
    ratio: undefined,
    size: undefined,
    errors: {},
    timed: {},
    ...given,
  };
}
