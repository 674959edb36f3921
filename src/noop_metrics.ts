/**
 * Metrics that record nothing, with all methods of real ones.
 *
 * @module
 */

import { NOOP_INSTRUMENT } from "./instrument/noop.ts";
import type { MetricsHealth } from "./health/program_health.ts";
import type { Metrics, ScrapeOptions } from "./api/metrics.ts";
import type { ExposeRequest, Exposition } from "./model/source.ts";
import { NOOP_TRACER } from "./trace/noop_tracer.ts";
import type { Tracer } from "./trace/tracer.ts";
import { READ, ReadableMetrics } from "./api/readable_metrics.ts";
import { type ReadingArgument, type ReadingName, type ReadingResult, READINGS } from "./api/readings.ts";
import type { MetricsPort } from "./api/metrics_port.ts";
import { Encoders } from "./encode/encoders.ts";
import { encodeReport } from "./encode/report.ts";

class NoopMetrics extends ReadableMetrics {
  enabled = false;
  samplingRate = 0;
  readonly ready: Promise<void> = Promise.resolve();
  readonly trace: Tracer = NOOP_TRACER;
  readonly health: MetricsHealth = Object.assign(() => this[READ]("health", undefined), { add: () => () => {} });

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
  info(): void {}
  find(): undefined {}
  remove(): boolean {
    return false;
  }
  declareKpis(): void {}
  /** Does nothing, because there are no events. */
  override addEventListener(): void {}
  connect(): MetricsPort {
    return { transfer: [] };
  }
  flush(): Promise<void> {
    return Promise.resolve();
  }
  scrape(options?: ScrapeOptions): Promise<string & Exposition> {
    return Promise.resolve((options === undefined ? "" : this.#nothing(options)) as string & Exposition);
  }
  async report(): Promise<string> {
    return encodeReport(await this.snapshot());
  }
  override [READ]<Name extends ReadingName>(
    name: Name,
    argument: ReadingArgument<Name>,
  ): Promise<ReadingResult<Name>> {
    const { nothing } = READINGS[name];
    const result = nothing === undefined ? this.#nothing(argument as ExposeRequest) : nothing();
    return Promise.resolve(result as ReadingResult<Name>);
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
 * Metrics that record nothing, at almost no cost. A library can take `Metrics` and default to these.
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
