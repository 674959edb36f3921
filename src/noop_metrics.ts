/**
 * Metrics that record nothing, with the whole surface of real ones.
 *
 * @module
 */

import { NOOP_INSTRUMENT } from "./instrument/noop.ts";
import type { MetricsHealth } from "./health/program_health.ts";
import type { Metrics, ScrapeOptions } from "./api/metrics.ts";
import type { Snapshot } from "./model/snapshot.ts";
import type { ExposeRequest, Exposition } from "./model/source.ts";
import { NOOP_TRACER } from "./trace/noop_tracer.ts";
import type { Tracer } from "./trace/tracer.ts";
import type { TraceDetail, TraceList } from "./model/spans.ts";
import { wallTimestamp } from "./platform/wall_clock.ts";
import type { MetricsPort } from "./api/metrics_port.ts";
import { Encoders } from "./encode/encoders.ts";
import { encodeReport } from "./encode/report.ts";

const META = Object.freeze({ recorded: 0, dropped: 0, sampledOut: 0, series: 0, overflowed: 0 });
const NO_TRACES: TraceList = Object.freeze({
  slowest: [],
  recent: [],
  unmatched: [],
  counts: {
    spans: 0,
    droppedSpans: { trace_full: 0, memory: 0, invalid: 0, orphaned: 0 },
    traces: 0,
    evictedTraces: 0,
    waiting: 0,
    startsWithoutEnd: 0,
    endsWithoutStart: 0,
  },
});

class NoopMetrics extends EventTarget {
  enabled = false;
  samplingRate = 0;
  readonly ready: Promise<void> = Promise.resolve();
  readonly trace: Tracer = NOOP_TRACER;
  readonly health: MetricsHealth = Object.assign(
    (): ReturnType<MetricsHealth> =>
      Promise.resolve({ status: "HEALTHY", reasons: [], checks: [], isReady: true, uptimeSeconds: 0 }),
    { add: () => () => {} },
  );
  counter(): typeof NOOP_INSTRUMENT {
    return NOOP_INSTRUMENT;
  }
  gauge(): typeof NOOP_INSTRUMENT {
    return NOOP_INSTRUMENT;
  }
  histogram(): typeof NOOP_INSTRUMENT {
    return NOOP_INSTRUMENT;
  }
  timer(): typeof NOOP_INSTRUMENT {
    return NOOP_INSTRUMENT;
  }
  summary(): typeof NOOP_INSTRUMENT {
    return NOOP_INSTRUMENT;
  }
  find(): undefined {}
  remove(): boolean {
    return false;
  }
  declareKpis(): void {}
  /** Keeps no listener: nothing ever happens here. */
  override addEventListener(): void {}
  connect(): MetricsPort {
    return { transfer: [] };
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
  snapshot(): Promise<Snapshot> {
    return Promise.resolve({ timestamp: wallTimestamp(), uptimeSeconds: 0, metrics: [], meta: META });
  }
  scrape(options?: ScrapeOptions): Promise<string & Exposition> {
    return Promise.resolve((options === undefined ? "" : this.#nothing(options)) as string & Exposition);
  }
  async report(): Promise<string> {
    return encodeReport(await this.snapshot());
  }
  expose(request: ExposeRequest): Promise<Exposition> {
    return Promise.resolve(this.#nothing(request));
  }
  instruments(): ReturnType<Metrics["instruments"]> {
    return Promise.resolve([]);
  }
  definitions(): ReturnType<Metrics["definitions"]> {
    return Promise.resolve({ instruments: [], kpis: [], windows: [], health: {}, hasSelfMetrics: false });
  }
  performance(): ReturnType<Metrics["performance"]> {
    return Promise.resolve({
      aggregation: "inline",
      clock: "none",
      ringCapacity: 0,
      ringOccupancyRatio: 0,
      drainIntervalMs: 0,
      drains: 0,
      drainDurationSeconds: {},
      scrapeDurationSeconds: {},
      meta: META,
      rejected: {},
      aggregatorRestarts: 0,
      histogramRecordsLost: 0,
    });
  }
  listTraces(): Promise<TraceList> {
    return Promise.resolve(NO_TRACES);
  }
  findTrace(): Promise<TraceDetail | undefined> {
    return Promise.resolve(undefined);
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #nothing({ accept }: ExposeRequest): Exposition {
    const { encoder, contentType } = new Encoders().choose(accept);
    return { body: encoder.end(), contentType };
  }
}

/**
 * Metrics that record nothing and cost next to nothing. A library can take `Metrics` and default to
 * these.
 *
 * @example A library that is always instrumented
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { type Metrics, noopMetrics } from "@hotpath/metrics";
 *
 * function createParser(metrics: Metrics = noopMetrics) {
 *   const lines = metrics.counter("parser_lines_total");
 *   return (text: string) => text.split("\n").map((line) => (lines.inc(), line.trim()));
 * }
 *
 * assertEquals(createParser()("a\n b"), ["a", "b"]);
 * ```
 */
export const noopMetrics: Metrics = new NoopMetrics();
