/**
 * Text formats: Prometheus 0.0.4 and OpenMetrics 1.0, which share the form of samples and differ in the lines around
 * them. OpenMetrics allows no sum and no quantile below zero, so they are omitted there. A sample is assembled from
 * bytes that are encoded once: its name, its label set, and the labels of its place within a point (`le`, `quantile`,
 * `window`).
 *
 * Source: Prometheus, "Exposition formats", text-based format; OpenMetrics 1.0; for names beyond the legacy set,
 * Prometheus' proposal "UTF-8 support for metric and label names".
 *
 * @module
 */

import type { HistogramPoint, MetricFamily, ScalarPoint, SummaryPoint } from "../model/families.ts";
import type { Exemplar, Labels } from "../model/model.ts";
import { escapeLabelName, escapeMetricName, type EscapingScheme, isLegacyMetricName } from "../model/names.ts";
import { ByteWriter } from "./byte_writer.ts";
import type { Encoder } from "./encoder.ts";
import { LabelCache } from "./label_cache.ts";
import { escapeHelp, escapeQuoted, quote, writeLabelName, writeMetricName } from "./names.ts";
import { canonicalNumber, isTimestamp, shortestNumber, writeNumber, writeSeconds } from "./numbers.ts";

/** Dialect of the text format. */
export type TextDialect = "prometheus" | "openmetrics";

const SPACE = 32;
const LINE_FEED = 10;
const COMMA = 44;
const OPEN = 123;
const CLOSE = 125;
const QUOTE = 34;
const EQUALS = 61;
const TO_ESCAPE = /[\\"\n]/;
/** Bytes of two separators, a brace and a space. */
const PUNCTUATION_BYTES_MAX = 4;
const NO_BYTES = new Uint8Array(0);
const TOTAL = "_total";

const utf8 = new TextEncoder();

/** Beginning of a sample: its name, inside the braces if it has to be quoted. */
interface SampleName {
  readonly bytes: Uint8Array;
  /** Character before the first label. */
  readonly opener: number;
}

/** Bytes of a family that are encoded once. */
interface FamilyBytes {
  /** Common beginning of its samples' names. */
  readonly stem: string;
  /** Lines before the samples. */
  readonly head: Uint8Array;
  /** Names of samples by their suffixes. */
  readonly names: Map<string, SampleName>;
}

/** Labels that a window adds to a sample. */
interface WindowLabels {
  readonly text: string;
  /** Bytes without a quantile. */
  readonly alone: Uint8Array;
  /** Bytes by quantile. */
  readonly quantiles: Map<number, Uint8Array>;
}

/** Encoder of the text formats. */
export class TextFormatEncoder implements Encoder {
  readonly #isOpenMetrics: boolean;
  readonly #escaping: EscapingScheme;
  readonly #writer: ByteWriter = new ByteWriter();
  readonly #labels: LabelCache;
  readonly #bytesByOwner: WeakMap<object, Map<string, FamilyBytes>> = new WeakMap();
  /** Labels of windows by their names. */
  readonly #windowLabels: Map<string, WindowLabels> = new Map();
  /** Labels of classic buckets by the bounds of a family. */
  readonly #boundLabels: WeakMap<readonly number[], readonly Uint8Array[]> = new WeakMap();
  #family!: MetricFamily;
  #bytes!: FamilyBytes;
  #hasPoints!: boolean;
  /** Name of samples without a suffix. */
  #name!: SampleName;
  #created!: SampleName;

  /**
   * Creates an encoder.
   *
   * @param dialect Dialect of the format
   * @param escaping Treatment of non-legacy names
   */
  constructor(dialect: TextDialect, escaping: EscapingScheme) {
    this.#isOpenMetrics = dialect === "openmetrics";
    this.#escaping = escaping;
    this.#labels = new LabelCache((labels, writer) => this.#writeLabels(labels, writer));
  }

  begin(family: MetricFamily): void {
    this.#family = family;
    this.#hasPoints = false;
    this.#labels.begin(family.owner);
    this.#bytes = this.#bytesOf(family);
    this.#name = this.#nameOf(family.type === "counter" && this.#isOpenMetrics ? TOTAL : "");
    this.#created = this.#nameOf("_created");
  }

  write(point: ScalarPoint | SummaryPoint | HistogramPoint): void {
    if (!this.#hasPoints) this.#writer.append(this.#bytes.head);
    this.#hasPoints = true;
    this.#labels.find(point.labels);
    if (this.#family.type === "histogram") this.#writeHistogram(point as HistogramPoint, this.#family.bounds);
    else if (this.#family.type === "summary") this.#writeSummary(point as SummaryPoint);
    else this.#writeScalar(point as ScalarPoint);
  }

  endFamily(): void {}

  end(): Uint8Array<ArrayBuffer> {
    if (this.#isOpenMetrics) this.#writer.text("# EOF\n");
    return this.#writer.take();
  }

  reuse(bytes: Uint8Array<ArrayBuffer>): void {
    this.#writer.reuse(bytes);
  }

  #writeScalar(point: ScalarPoint): void {
    const { value, window } = point;
    this.#writeSample(this.#name, window === undefined ? NO_BYTES : this.#windowOf(window).alone, value);
    if (!this.#isOpenMetrics) return this.#writer.byte(LINE_FEED);
    const { createdMs, exemplar } = point;
    if (exemplar !== undefined) this.#writeExemplar(exemplar);
    this.#writer.byte(LINE_FEED);
    if (createdMs !== undefined) this.#writeCreated(createdMs);
  }

  #writeSummary({ quantiles, window, count, sum, createdMs }: SummaryPoint): void {
    const labels = this.#windowOf(window ?? "");
    for (const [quantile, value] of quantiles) {
      if (this.#isOpenMetrics && value < 0) continue;
      this.#writeLine(this.#name, this.#quantileOf(labels, quantile), value);
    }
    if (sum !== undefined && count !== undefined) {
      if (!this.#isOpenMetrics || sum >= 0) this.#writeLine(this.#nameOf("_sum"), NO_BYTES, sum);
      this.#writeLine(this.#nameOf("_count"), NO_BYTES, count);
      if (createdMs !== undefined) this.#writeCreated(createdMs);
    }
  }

  #writeHistogram(point: HistogramPoint, bounds: readonly number[]): void {
    const { count, sum, createdMs, bucketExemplars } = point;
    const counts = point.bucketCounts();
    const name = this.#nameOf("_bucket");
    const labels = this.#boundsOf(bounds);
    for (let i = 0; i <= bounds.length; i++) {
      const isLast = i === bounds.length;
      this.#writeSample(name, labels[i], isLast ? count : counts[i]);
      const exemplar = bucketExemplars[i];
      if (exemplar !== undefined && this.#isOpenMetrics) this.#writeExemplar(exemplar);
      this.#writer.byte(LINE_FEED);
    }
    // OpenMetrics has no sum if there are buckets below zero, and no count without a sum.
    if (!this.#isOpenMetrics || (sum >= 0 && !(bounds[0] < 0))) {
      this.#writeLine(this.#nameOf("_sum"), NO_BYTES, sum);
      this.#writeLine(this.#nameOf("_count"), NO_BYTES, count);
    }
    this.#writeCreated(createdMs);
  }

  #writeCreated(createdMs: number): void {
    if (!this.#isOpenMetrics || !isTimestamp(createdMs)) return;
    this.#writeSeries(this.#created, NO_BYTES);
    writeSeconds(this.#writer, createdMs);
    this.#writer.byte(LINE_FEED);
  }

  #writeLine(name: SampleName, extra: Uint8Array, value: number): void {
    this.#writeSample(name, extra, value);
    this.#writer.byte(LINE_FEED);
  }

  #writeSample(name: SampleName, extra: Uint8Array, value: number): void {
    this.#writeSeries(name, extra);
    writeNumber(this.#writer, value);
  }

  /** Writes name, labels and the space after them. */
  #writeSeries({ bytes: name, opener }: SampleName, extra: Uint8Array): void {
    const writer = this.#writer;
    const { bytes: labels, start, end } = this.#labels.found;
    writer.reserve(name.length + (end - start) + extra.length + PUNCTUATION_BYTES_MAX);
    // All of it is short, so loops take half the time of calls.
    const { bytes } = writer;
    let at = writer.length;
    for (let i = 0; i < name.length; i++) bytes[at++] = name[i];
    let separator = opener;
    if (end > start) {
      bytes[at++] = separator;
      for (let i = start; i < end; i++) bytes[at++] = labels[i];
      separator = COMMA;
    }
    if (extra.length > 0) {
      bytes[at++] = separator;
      for (let i = 0; i < extra.length; i++) bytes[at++] = extra[i];
      separator = COMMA;
    }
    if (separator === COMMA) bytes[at++] = CLOSE;
    bytes[at++] = SPACE;
    writer.length = at;
  }

  #writeExemplar({ labels, value, timestampMs }: Exemplar): void {
    const writer = this.#writer;
    writer.text(" # {");
    this.#writeLabels(labels, writer);
    writer.text("} ");
    writeNumber(writer, value);
    if (!isTimestamp(timestampMs)) return;
    writer.byte(SPACE);
    writeSeconds(writer, timestampMs);
  }

  /** Writes a label set as it appears between braces. */
  #writeLabels(labels: Labels, writer: ByteWriter): void {
    let isFirst = true;
    for (const name in labels) {
      // Inherited properties are not labels.
      if (!Object.hasOwn(labels, name)) continue;
      if (!isFirst) writer.byte(COMMA);
      isFirst = false;
      writer.text(writeLabelName(escapeLabelName(name, this.#escaping)));
      writer.byte(EQUALS);
      writeQuoted(writer, labels[name]);
    }
  }

  /** Returns the labels that the buckets of a family add. */
  #boundsOf(bounds: readonly number[]): readonly Uint8Array[] {
    let labels = this.#boundLabels.get(bounds);
    if (labels === undefined) {
      labels = [...bounds, Infinity].map((bound) => utf8.encode(`le="${this.#shown(bound)}"`));
      this.#boundLabels.set(bounds, labels);
    }
    return labels;
  }

  /** Returns the labels that a window adds; none if its name is empty. */
  #windowOf(window: string): WindowLabels {
    let labels = this.#windowLabels.get(window);
    if (labels === undefined) {
      const text = window === "" ? "" : `window="${window}"`;
      this.#windowLabels.set(window, labels = { text, alone: utf8.encode(text), quantiles: new Map() });
    }
    return labels;
  }

  /** Returns the labels of a window, followed by a quantile. */
  #quantileOf({ text, quantiles }: WindowLabels, quantile: number): Uint8Array {
    let bytes = quantiles.get(quantile);
    if (bytes === undefined) {
      const label = `quantile="${this.#shown(quantile)}"`;
      quantiles.set(quantile, bytes = utf8.encode(text === "" ? label : `${text},${label}`));
    }
    return bytes;
  }

  /** Formats a number that is part of a series' name. */
  #shown(value: number): string {
    return this.#isOpenMetrics ? canonicalNumber(value) : shortestNumber(value);
  }

  #bytesOf(family: MetricFamily): FamilyBytes {
    let known = this.#bytesByOwner.get(family.owner);
    if (known === undefined) this.#bytesByOwner.set(family.owner, known = new Map());
    let bytes = known.get(family.name);
    if (bytes === undefined) known.set(family.name, bytes = this.#encodeFamily(family));
    return bytes;
  }

  #encodeFamily({ name, type, unit, help }: MetricFamily): FamilyBytes {
    const escaped = escapeMetricName(name, this.#escaping);
    const isCut = this.#isOpenMetrics && type === "counter" && escaped.endsWith(TOTAL);
    const stem = isCut ? escaped.slice(0, -TOTAL.length) : escaped;
    const shown = writeMetricName(stem);
    const lines: string[] = [];
    if (help !== "") lines.push(`# HELP ${shown} ${this.#isOpenMetrics ? escapeQuoted(help) : escapeHelp(help)}\n`);
    lines.push(`# TYPE ${shown} ${type}\n`);
    if (this.#isOpenMetrics && unit !== "" && stem.endsWith(`_${unit}`)) lines.push(`# UNIT ${shown} ${unit}\n`);
    return { stem, head: utf8.encode(lines.join("")), names: new Map() };
  }

  #nameOf(ending: string): SampleName {
    const { stem, names } = this.#bytes;
    let name = names.get(ending);
    if (name === undefined) names.set(ending, name = sampleName(stem + ending));
    return name;
  }
}

function sampleName(name: string): SampleName {
  if (isLegacyMetricName(name)) return { bytes: utf8.encode(name), opener: OPEN };
  return { bytes: utf8.encode(`{${quote(name)}`), opener: COMMA };
}

/** Writes a quoted text. Most texts have nothing to escape and are copied. */
function writeQuoted(writer: ByteWriter, text: string): void {
  writer.byte(QUOTE);
  writer.text(TO_ESCAPE.test(text) ? escapeQuoted(text) : text);
  writer.byte(QUOTE);
}
