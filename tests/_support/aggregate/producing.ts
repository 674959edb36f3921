import { resolveOptions } from "../../../src/config/options.ts";
import type { Announcement, Definition } from "../../../src/model/model.ts";
import type { MetricSnapshot } from "../../../src/model/snapshot.ts";
import { define } from "../../../src/instrument/definition.ts";
import type { Recorder } from "../../../src/record/recorder.ts";
import { createRing } from "../../../src/ring/layout.ts";
import { Aggregator } from "../../../src/aggregate/aggregator.ts";
import type { AggregatorContext } from "../../../src/aggregate/aggregator_setup.ts";
import type { ThreadLink } from "../../../src/aggregate/thread_links.ts";
import { startRecorder } from "../record/start_recorder.ts";

export const ORDERS = define("counter", "orders_total", { labels: ["id"] });
export const DEPTH = define("gauge", "depth", { labels: ["id"] });
export const SIZE = define("histogram", "size", { labels: ["id"] });

/** A recording thread, without the thread. */
export class Producing {
  readonly recorder: Recorder;
  readonly link: ThreadLink;

  constructor(aggregator: Aggregator, sendsHeartbeats = true, announce?: (news: Announcement) => void) {
    const ring = createRing(1_024, false);
    this.link = aggregator.intake.connect(ring, { sendsHeartbeats });
    this.recorder = startRecorder({ ring, announce: announce ?? ((news) => this.link.state.admit(news)) });
  }

  /** Announces a scalar series; returns its cell and its id. */
  addScalar(definition: Definition, id: string) {
    return this.recorder.addScalar(this.recorder.define(definition), [id]);
  }
}

/** Returns an aggregator, and the clock that it reads. */
export function setUp(context: AggregatorContext = {}) {
  const time = { nowMs: 0 };
  const aggregator = new Aggregator(
    {
      ...resolveOptions({ windows: [], seriesMax: 1_000 }).aggregate,
      aggregation: "inline",
      clock: "performance",
      createdMs: 0,
      isStamped: false,
      rejectedReasons: {},
    },
    () => time.nowMs,
    context,
  );
  return { time, aggregator };
}

/** Values by metric and id. */
export function contentOf(metrics: readonly MetricSnapshot[]): Record<string, number> {
  return Object.fromEntries(
    metrics.flatMap(({ name, series }) =>
      series.map((each) => [`${name} ${each.labels.id}`, "value" in each ? each.value : each.sum])
    ),
  );
}
