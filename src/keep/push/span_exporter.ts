/**
 * Exporter of spans to a collector over HTTP, in its format. Spans wait in a bounded queue and are sent in batches, one
 * request at a time. A batch that is not accepted is repeated for a while, then given up; every undelivered span is
 * counted. Nothing here throws, and no waiting span keeps a program alive.
 *
 * @module
 */

import type { PerformanceDiagnostics } from "../../model/diagnostics.ts";
import type { MetricFamily } from "../../model/families.ts";
import type { SelfFamilies } from "../../model/self_metrics.ts";
import type { SpanSink } from "../../model/sink.ts";
import type { Span, SpanExportCounts } from "../../model/spans.ts";
import type { Delivery, ReadAcceptance } from "./request.ts";
import { Sender, SURROUNDINGS, type Surroundings, type Timers } from "./sender.ts";

/** Format accepted by a collector. */
export interface SpanFormat {
  /** Name of the sink, as in the settings. */
  readonly name: string;
  /** Prefix of its self-metrics' names. */
  readonly metricPrefix: string;
  /** Key of its outcomes in the diagnostics. */
  readonly diagnosticsKey: `${string}Export`;
  /** Path to append to a collector's URL that has none. */
  readonly path: string;
  /** Whether a span has times that can be encoded. */
  isWritable(span: Span): boolean;
  /** Encodes the JSON of a request. */
  encode(spans: readonly Span[]): string;
  /** Reads the body of a successful response. */
  readonly accepted: ReadAcceptance;
}

/** Options of an exporter. */
export interface SpanExportOptions {
  /** URL of the collector; the path of the format is appended if it has none. */
  readonly endpoint: string;
  /**
   * Headers of each request, such as its credentials.
   *
   * @default {{}}
   */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Maximum number of spans that wait or are being sent; further ones are dropped.
   *
   * @default {2_048}
   */
  readonly queueMax?: number;
  /**
   * Maximum number of spans in a request, at most `queueMax`.
   *
   * @default {512}
   */
  readonly batchMax?: number;
  /**
   * Maximum milliseconds that a span waits for others.
   *
   * @default {5_000}
   */
  readonly intervalMs?: number;
  /**
   * Milliseconds until a request, or `close`, times out.
   *
   * @default {10_000}
   */
  readonly timeoutMs?: number;
  /**
   * Maximum number of retries of a batch.
   *
   * @default {5}
   */
  readonly retriesMax?: number;
  /**
   * Milliseconds before the first retry, reduced at random by up to half, and doubled with each retry.
   *
   * @default {1_000}
   */
  readonly retryFirstMs?: number;
  /**
   * Maximum delay before a retry, in milliseconds; a delay requested by the receiver may be up to five minutes.
   *
   * @default {30_000}
   */
  readonly retryLongestMs?: number;
}

const DEFAULTS = {
  headers: {},
  queueMax: 2_048,
  batchMax: 512,
  intervalMs: 5_000,
  timeoutMs: 10_000,
  retriesMax: 5,
  retryFirstMs: 1_000,
  retryLongestMs: 30_000,
};

/** Exporter of spans to a collector. */
export class SpanExporter implements SpanSink {
  readonly name: string;
  readonly #format: SpanFormat;
  readonly #options: Required<SpanExportOptions>;
  readonly #sender: Sender;
  readonly #timers: Timers;
  /** Waiting spans, including those that are being sent, which come first. */
  readonly #queue: Span[] = [];
  readonly #dropped = { queue_full: 0, rejected: 0, failed: 0 };
  #exported = 0;
  /** Number of spans that have left the queue. */
  #settled = 0;
  #timer: unknown;
  #sending: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  /** Creates an exporter from options that were checked before. */
  constructor(format: SpanFormat, options: SpanExportOptions, surroundings: Partial<Surroundings> = {}) {
    const all = { ...SURROUNDINGS, ...surroundings };
    this.name = format.name;
    this.#format = format;
    this.#options = { ...DEFAULTS, ...options };
    const url = urlOf(options.endpoint, format.path);
    this.#sender = new Sender({ ...this.#options, url }, format.accepted, all);
    this.#timers = all.timers;
  }

  /** Spans by result, without waiting ones. */
  get counts(): SpanExportCounts {
    return { exported: this.#exported, dropped: { ...this.#dropped }, retries: this.#sender.retries };
  }

  /** Reason why the last request failed, in part or completely; `undefined` if it did not. */
  get lastFailure(): string | undefined {
    return this.#sender.lastFailure;
  }

  get diagnostics(): Partial<PerformanceDiagnostics> {
    return { [this.#format.diagnosticsKey]: { ...this.counts, lastFailure: this.lastFailure ?? null } };
  }

  selfMetrics(families: SelfFamilies): MetricFamily[] {
    const { exported, dropped, retries } = this.counts;
    const { metricPrefix } = this.#format;
    return [
      families.counter(`${metricPrefix}_spans_exported_total`, "Spans accepted by the collector", exported),
      families.counters(
        `${metricPrefix}_spans_export_dropped_total`,
        "Spans not delivered to the collector, by reason",
        "reason",
        { ...dropped },
      ),
      families.counter(`${metricPrefix}_span_export_retries_total`, "Requests sent again to the collector", retries),
    ];
  }

  /** Queues a span for the next request, or counts the reason why not. */
  add(span: Span): void {
    if (this.#closing !== undefined || !this.#format.isWritable(span)) {
      this.#dropped.failed++;
      return;
    }
    if (this.#queue.length >= this.#options.queueMax) {
      this.#dropped.queue_full++;
      return;
    }
    this.#queue.push(span);
    this.#timer ??= this.#timers.set(() => this.#sendAll(), this.#options.intervalMs);
    if (this.#queue.length >= this.#options.batchMax) void this.#sendFullBatches();
  }

  /** Sends waiting spans now; resolves once they are delivered or given up. Never rejects. */
  async flush(): Promise<void> {
    const target = this.#settled + this.#queue.length;
    while (this.#settled < target) await this.#sendBatch();
  }

  /** Takes no more spans, and sends the waiting ones, once and within the time-out. Never rejects. */
  close(): Promise<void> {
    return this.#closing ??= this.#finish();
  }

  async #finish(): Promise<void> {
    this.#timers.clear(this.#timer);
    const deadline = this.#timers.set(() => this.#sender.stop(), this.#options.timeoutMs);
    this.#sender.stopRetrying();
    await this.flush();
    this.#timers.clear(deadline);
  }

  #sendAll(): void {
    this.#timer = undefined;
    void this.flush();
  }

  /** Sends full batches; the rest waits for the interval. */
  async #sendFullBatches(): Promise<void> {
    if (this.#sending !== undefined) return;
    while (this.#queue.length >= this.#options.batchMax) await this.#sendBatch();
  }

  /** Sends the first batch, or joins a request in progress. */
  #sendBatch(): Promise<void> {
    return this.#sending ??= this.#settleBatch().finally(() => this.#sending = undefined);
  }

  async #settleBatch(): Promise<void> {
    const batch = this.#queue.slice(0, this.#options.batchMax);
    const delivery = await this.#sender.deliver(this.#format.encode(batch));
    this.#count(delivery, batch.length);
    this.#queue.splice(0, batch.length);
    this.#settled += batch.length;
  }

  #count(delivery: Delivery, spans: number): void {
    if (delivery.outcome !== "accepted") {
      this.#dropped.failed += spans;
      return;
    }
    const rejected = Math.min(delivery.rejected, spans);
    this.#dropped.rejected += rejected;
    this.#exported += spans - rejected;
  }
}

function urlOf(endpoint: string, path: string): string {
  const url = new URL(endpoint);
  if (url.pathname === "/") url.pathname = path;
  return url.href;
}
