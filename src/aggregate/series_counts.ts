/**
 * Totals of series, label sets and exemplars of all recording threads, including departed ones.
 *
 * @module
 */

import type { MetricFamily } from "../model/families.ts";
import type { SelfFamilies, SelfMeasured } from "../model/self_metrics.ts";
import type { SnapshotMeta } from "../model/snapshot.ts";
import { Count, Taken } from "../ring/layout.ts";
import type { SeriesStore } from "./series/store.ts";
import type { ThreadLinks } from "./thread_links.ts";

/** Totals of series. */
export class SeriesCounts implements SelfMeasured {
  readonly #store: SeriesStore;
  readonly #links: ThreadLinks;

  constructor(store: SeriesStore, links: ThreadLinks) {
    this.#store = store;
    this.#links = links;
  }

  /** Number of series, and of label sets assigned to an overflow series. */
  get totals(): Pick<SnapshotMeta, "series" | "overflowed"> {
    const overflowed = this.#links.counted(Count.overflowed) + this.#links.taken(Taken.overflowed);
    return { series: this.#store.size, overflowed };
  }

  selfMetrics(families: SelfFamilies): MetricFamily[] {
    const { series, overflowed } = this.totals;
    const truncated = this.#links.counted(Count.labelValueTruncated);
    const rejected = {
      too_long: this.#links.counted(Count.exemplarTooLong),
      invalid: this.#links.counted(Count.exemplarInvalid),
    };
    const dropped = this.#links.counted(Count.exemplarDropped);
    return [
      families.gauge("hotpath_series", "Number of series", series),
      families.gauge(
        "hotpath_series_usage_ratio",
        "Share of the limit on series in use, 0 to 1",
        this.#store.usageRatio,
      ),
      families.counter("hotpath_series_overflowed_total", "Label sets sent to an overflow series", overflowed),
      families.counter("hotpath_label_values_truncated_total", "Label values truncated to the length limit", truncated),
      families.counters("hotpath_exemplars_rejected_total", "Exemplars rejected, by reason", "reason", rejected),
      families.counter(
        "hotpath_exemplars_dropped_total",
        "Exemplars dropped in favor of others of their thread",
        dropped,
      ),
    ];
  }
}
