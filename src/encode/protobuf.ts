/**
 * Delimited protobuf, the only format with native histograms: `io.prometheus.client.MetricFamily` messages, each
 * preceded by its length. A histogram has both classic and native buckets, and the scraper chooses.
 *
 * Source: prometheus/client_model, `io/prometheus/client/metrics.proto`.
 *
 * @module
 */

import type { HistogramPoint, MetricFamily, ScalarPoint, SummaryPoint } from "../model/families.ts";
import type { BucketLimit, Exemplar, Labels } from "../model/model.ts";
import { escapeLabelName, escapeMetricName, type EscapingScheme } from "../model/names.ts";
import { BucketLimiter } from "./bucket_limit.ts";
import { ByteWriter } from "./byte_writer.ts";
import type { Encoder } from "./encoder.ts";
import { isTimestamp } from "./numbers.ts";
import { LabelCache } from "./label_cache.ts";
import { type NativeBuckets, NativeHistogram } from "./native_histogram.ts";
import {
  beginDelimited,
  beginMessage,
  endMessage,
  fieldTag,
  WireType,
  writeDoubleField,
  writeSignedField,
  writeSignedRun,
  writeTextField,
  writeVarintField,
} from "./wire.ts";

const { varint, double, bytes } = WireType;

/** Tags of the written fields, by message. */
const FAMILY = {
  name: fieldTag(1, bytes),
  help: fieldTag(2, bytes),
  type: fieldTag(3, varint),
  metric: fieldTag(4, bytes),
  unit: fieldTag(5, bytes),
} as const;
const METRIC = {
  label: fieldTag(1, bytes),
  gauge: fieldTag(2, bytes),
  counter: fieldTag(3, bytes),
  summary: fieldTag(4, bytes),
  histogram: fieldTag(7, bytes),
} as const;
const LABEL = { name: fieldTag(1, bytes), value: fieldTag(2, bytes) } as const;
const GAUGE = { value: fieldTag(1, double) } as const;
const COUNTER = { value: fieldTag(1, double), exemplar: fieldTag(2, bytes), created: fieldTag(3, bytes) } as const;
const SUMMARY = {
  count: fieldTag(1, varint),
  sum: fieldTag(2, double),
  quantile: fieldTag(3, bytes),
  created: fieldTag(4, bytes),
} as const;
const QUANTILE = { quantile: fieldTag(1, double), value: fieldTag(2, double) } as const;
const HISTOGRAM = {
  count: fieldTag(1, varint),
  sum: fieldTag(2, double),
  bucket: fieldTag(3, bytes),
  schema: fieldTag(5, varint),
  zeroThreshold: fieldTag(6, double),
  zeroCount: fieldTag(7, varint),
  created: fieldTag(15, bytes),
  exemplar: fieldTag(16, bytes),
} as const;
const NEGATIVE = { span: fieldTag(9, bytes), deltas: fieldTag(10, bytes) } as const;
const POSITIVE = { span: fieldTag(12, bytes), deltas: fieldTag(13, bytes) } as const;
const SPAN = { offset: fieldTag(1, varint), length: fieldTag(2, varint) } as const;
const BUCKET = { count: fieldTag(1, varint), upperBound: fieldTag(2, double), exemplar: fieldTag(3, bytes) } as const;
const EXEMPLAR = { label: fieldTag(1, bytes), value: fieldTag(2, double), timestamp: fieldTag(3, bytes) } as const;
const TIMESTAMP = { seconds: fieldTag(1, varint), nanoseconds: fieldTag(2, varint) } as const;

const TYPES = { counter: 0, gauge: 1, summary: 2, histogram: 4 } as const;

const NO_LIMIT: BucketLimit = { bucketsMax: Infinity, zeroThresholdMax: 0 };

const NANOSECONDS_PER_MS = 1_000_000;
/** Position of a family before its first byte is written. */
const NOT_WRITTEN = -1;

/** Options of the protobuf format. */
export interface ProtobufOptions {
  /** Treatment of non-legacy names. */
  readonly escaping: EscapingScheme;
  /** Limit on the native buckets of a series; none if omitted. */
  readonly bucketLimit?: BucketLimit;
}

/**
 * Encoder of the delimited protobuf format. A scraper should be answered by the same encoder each time, which caches
 * the bytes of label sets and the limited forms of series.
 */
export class ProtobufEncoder implements Encoder {
  readonly #writer: ByteWriter = new ByteWriter();
  readonly #labels: LabelCache;
  readonly #limiter: BucketLimiter;
  readonly #native: NativeHistogram = new NativeHistogram();
  readonly #escaping: EscapingScheme;
  #family: MetricFamily | undefined;
  /** Name of the family as written. */
  #name!: string;
  /** Position of the family's first byte. */
  #start = NOT_WRITTEN;

  /** Creates an encoder. */
  constructor({ escaping, bucketLimit = NO_LIMIT }: ProtobufOptions) {
    this.#escaping = escaping;
    this.#limiter = new BucketLimiter(bucketLimit);
    this.#labels = new LabelCache((labels, writer) => this.#writeLabels(writer, METRIC.label, labels));
  }

  begin(family: MetricFamily): void {
    this.#family = family;
    this.#labels.begin(family.owner);
  }

  write(point: ScalarPoint | SummaryPoint | HistogramPoint): void {
    const family = this.#family!;
    if (this.#start === NOT_WRITTEN) this.#beginFamily(family);
    const writer = this.#writer;
    const start = beginMessage(writer, FAMILY.metric);
    this.#labels.append(point.labels, writer);
    if (point.window !== undefined) writeLabel(writer, METRIC.label, "window", point.window);
    if (family.type === "histogram") this.#writeHistogram(family.bounds, point as HistogramPoint);
    else if (family.type === "summary") this.#writeSummary(point as SummaryPoint);
    else if (family.type === "counter") this.#writeCounter(point as ScalarPoint);
    else this.#writeGauge(point as ScalarPoint);
    endMessage(writer, start);
  }

  endFamily(): void {
    if (this.#start === NOT_WRITTEN) return;
    const { unit } = this.#family!;
    if (isNamedByUnit(this.#name, unit)) writeTextField(this.#writer, FAMILY.unit, unit);
    endMessage(this.#writer, this.#start);
    this.#start = NOT_WRITTEN;
  }

  end(): Uint8Array<ArrayBuffer> {
    // A caller may have given up in the middle of a family, inside which the next exposition must not begin.
    this.endFamily();
    return this.#writer.take();
  }

  reuse(bytes: Uint8Array<ArrayBuffer>): void {
    this.#writer.reuse(bytes);
  }

  #beginFamily({ name, help, type }: MetricFamily): void {
    const writer = this.#writer;
    this.#name = escapeMetricName(name, this.#escaping);
    this.#start = beginDelimited(writer);
    writeTextField(writer, FAMILY.name, this.#name);
    if (help !== "") writeTextField(writer, FAMILY.help, help);
    writeVarintField(writer, FAMILY.type, TYPES[type]);
  }

  #writeGauge({ value }: ScalarPoint): void {
    const writer = this.#writer;
    const start = beginMessage(writer, METRIC.gauge);
    writeDoubleField(writer, GAUGE.value, value);
    endMessage(writer, start);
  }

  #writeCounter({ value, exemplar, createdMs }: ScalarPoint): void {
    const writer = this.#writer;
    const start = beginMessage(writer, METRIC.counter);
    writeDoubleField(writer, COUNTER.value, value);
    if (exemplar !== undefined) this.#writeExemplar(COUNTER.exemplar, exemplar);
    if (createdMs !== undefined) writeTimestamp(writer, COUNTER.created, createdMs);
    endMessage(writer, start);
  }

  #writeSummary({ quantiles, count, sum, createdMs }: SummaryPoint): void {
    const writer = this.#writer;
    const start = beginMessage(writer, METRIC.summary);
    if (count !== undefined) writeVarintField(writer, SUMMARY.count, count);
    if (sum !== undefined) writeDoubleField(writer, SUMMARY.sum, sum);
    for (let i = 0; i < quantiles.length; i++) {
      const quantileStart = beginMessage(writer, SUMMARY.quantile);
      writeDoubleField(writer, QUANTILE.quantile, quantiles[i][0]);
      writeDoubleField(writer, QUANTILE.value, quantiles[i][1]);
      endMessage(writer, quantileStart);
    }
    if (createdMs !== undefined) writeTimestamp(writer, SUMMARY.created, createdMs);
    endMessage(writer, start);
  }

  #writeHistogram(bounds: readonly number[], point: HistogramPoint): void {
    const writer = this.#writer;
    const start = beginMessage(writer, METRIC.histogram);
    writeVarintField(writer, HISTOGRAM.count, point.count);
    writeDoubleField(writer, HISTOGRAM.sum, point.sum);
    this.#writeClassicBuckets(bounds, point);
    const buckets = point.exponentialBuckets();
    if (buckets !== undefined) {
      this.#native.read(this.#limiter.limit(point, buckets));
      writeNativeBuckets(writer, this.#native);
    }
    writeTimestamp(writer, HISTOGRAM.created, point.createdMs);
    if (buckets !== undefined) {
      for (const exemplar of point.exemplars) this.#writeExemplar(HISTOGRAM.exemplar, exemplar);
    }
    endMessage(writer, start);
  }

  /** Writes classic buckets. The bucket up to `+Inf` only carries an exemplar: its count is that of the histogram. */
  #writeClassicBuckets(bounds: readonly number[], point: HistogramPoint): void {
    const { bucketExemplars } = point;
    const counts = bounds.length === 0 ? [] : point.bucketCounts();
    for (let i = 0; i < bounds.length; i++) this.#writeBucket(bounds[i], counts[i], bucketExemplars[i]);
    const last = bucketExemplars[bounds.length];
    if (last !== undefined) this.#writeBucket(Number.POSITIVE_INFINITY, point.count, last);
  }

  #writeBucket(upperBound: number, count: number, exemplar: Exemplar | undefined): void {
    const writer = this.#writer;
    const start = beginMessage(writer, HISTOGRAM.bucket);
    writeVarintField(writer, BUCKET.count, count);
    writeDoubleField(writer, BUCKET.upperBound, upperBound);
    if (exemplar !== undefined) this.#writeExemplar(BUCKET.exemplar, exemplar);
    endMessage(writer, start);
  }

  #writeExemplar(tag: number, { labels, value, timestampMs }: Exemplar): void {
    const writer = this.#writer;
    const start = beginMessage(writer, tag);
    this.#writeLabels(writer, EXEMPLAR.label, labels);
    writeDoubleField(writer, EXEMPLAR.value, value);
    writeTimestamp(writer, EXEMPLAR.timestamp, timestampMs);
    endMessage(writer, start);
  }

  #writeLabels(writer: ByteWriter, tag: number, labels: Labels): void {
    // Unlike `Object.entries`, this creates no arrays. Inherited properties are not labels.
    for (const name in labels) {
      if (Object.hasOwn(labels, name)) writeLabel(writer, tag, escapeLabelName(name, this.#escaping), labels[name]);
    }
  }
}

function writeLabel(writer: ByteWriter, tag: number, name: string, value: string): void {
  const start = beginMessage(writer, tag);
  writeTextField(writer, LABEL.name, name);
  writeTextField(writer, LABEL.value, value);
  endMessage(writer, start);
}

function writeNativeBuckets(writer: ByteWriter, native: NativeHistogram): void {
  writeSignedField(writer, HISTOGRAM.schema, native.schema);
  writeDoubleField(writer, HISTOGRAM.zeroThreshold, native.zeroThreshold);
  writeVarintField(writer, HISTOGRAM.zeroCount, native.zeroCount);
  writeSide(writer, NEGATIVE, native.negative);
  writeSide(writer, POSITIVE, native.positive);
}

function writeSide(
  writer: ByteWriter,
  tags: { readonly span: number; readonly deltas: number },
  { offsets, lengths, spanCount, deltas, deltaCount }: NativeBuckets,
): void {
  for (let i = 0; i < spanCount; i++) {
    const start = beginMessage(writer, tags.span);
    writeSignedField(writer, SPAN.offset, offsets[i]);
    writeVarintField(writer, SPAN.length, lengths[i]);
    endMessage(writer, start);
  }
  if (deltaCount === 0) return;
  const start = beginMessage(writer, tags.deltas);
  writeSignedRun(writer, deltas, deltaCount);
  endMessage(writer, start);
}

/** Writes a time; nothing if it is not valid. */
function writeTimestamp(writer: ByteWriter, tag: number, timestampMs: number): void {
  if (!isTimestamp(timestampMs)) return;
  const start = beginMessage(writer, tag);
  // Scrapers keep whole milliseconds, and a double of nanoseconds would hold no more.
  const wholeMs = Math.floor(timestampMs);
  const seconds = Math.floor(wholeMs / 1_000);
  writeVarintField(writer, TIMESTAMP.seconds, seconds);
  writeVarintField(writer, TIMESTAMP.nanoseconds, (wholeMs - seconds * 1_000) * NANOSECONDS_PER_MS);
  endMessage(writer, start);
}

/** Whether a name ends in its unit, without which readers refuse the unit; escaping may remove it. */
function isNamedByUnit(name: string, unit: string): boolean {
  if (unit === "") return false;
  const stem = name.endsWith("_total") ? name.slice(0, -"_total".length) : name;
  return stem.endsWith(`_${unit}`);
}
