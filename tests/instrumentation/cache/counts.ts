/**
 * Reads what an instrumented cache was counted as.
 *
 * @module
 */

import type { Metrics } from "@hotpath/metrics";

/** What the caches of a name were counted as; what is absent has no series. */
export interface CacheCounts {
  readonly hits?: number;
  readonly misses?: number;
  readonly sets?: number;
  readonly deletes?: number;
  readonly evictions?: number;
  readonly ratio?: number;
  readonly size?: number;
  /** By operation, those that are zero left out. */
  readonly errors: Readonly<Record<string, number>>;
  /** How many were timed, by operation, those that are zero left out. */
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

/** What an untouched cache has, without what is given. */
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
