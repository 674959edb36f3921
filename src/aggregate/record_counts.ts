/**
 * Totals of the records of all recording threads, including departed ones.
 *
 * @module
 */

import type { MetricFamily } from "../model/families.ts";
import type { SelfFamilies, SelfMeasured } from "../model/self_metrics.ts";
import type { SnapshotMeta } from "../model/snapshot.ts";
import { Count, Taken } from "../ring/layout.ts";
import type { ThreadLinks } from "./thread_links.ts";

/** Totals of records. */
export class RecordCounts implements SelfMeasured {
  readonly #links: ThreadLinks;
  readonly #rejectedReasons: Readonly<Record<string, number>>;
  #occupancyRatio = 0;

  /** @param rejectedReasons Reasons for rejections, with the positions of their counts in a ring */
  constructor(links: ThreadLinks, rejectedReasons: Readonly<Record<string, number>>) {
    this.#links = links;
    this.#rejectedReasons = rejectedReasons;
  }

  /** Records by outcome, without rejected ones. */
  get totals(): Pick<SnapshotMeta, "recorded" | "dropped" | "sampledOut"> {
    return {
      recorded: this.#links.taken(Taken.recorded),
      dropped: this.#links.counted(Count.dropped),
      sampledOut: this.#links.taken(Taken.sampledOut),
    };
  }

  /** Rejected values, by reason. */
  get rejected(): Record<string, number> {
    const saturated = this.#links.taken(Taken.saturated);
    const extra = (at: number) => at === Count.infinite ? saturated : 0;
    const reasons = Object.entries(this.#rejectedReasons);
    return Object.fromEntries(reasons.map(([reason, at]) => [reason, this.#links.counted(at) + extra(at)]));
  }

  /** Notes the occupancy of the rings before a scrape drains them. */
  noteOccupancy(): void {
    this.#occupancyRatio = this.#links.occupancyRatio;
  }

  selfMetrics(families: SelfFamilies): MetricFamily[] {
    const { recorded, dropped, sampledOut } = this.totals;
    return [
      families.counter("hotpath_records_total", "Records taken from the rings", recorded),
      families.counter("hotpath_records_dropped_total", "Records dropped by a full ring", dropped),
      families.counters("hotpath_records_rejected_total", "Values rejected, by reason", "reason", this.rejected),
      families.counter("hotpath_records_sampled_out_total", "Records sampled out", sampledOut),
      families.gauge(
        "hotpath_ring_occupancy_ratio",
        "Occupancy of the fullest ring when the scrape began, 0 to 1",
        this.#occupancyRatio,
      ),
    ];
  }
}
