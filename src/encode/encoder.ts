/**
 * What all exposition formats have in common. All state between two points is in the encoder, so whoever calls it may do
 * other work in between.
 *
 * @module
 */

import type { HistogramPoint, MetricFamily, ScalarPoint, SummaryPoint } from "../families.ts";

/** Writes families into bytes. */
export interface Encoder {
  /** Begins a family; nothing is written before its first point. */
  begin(family: MetricFamily): void;
  /** Writes a point of the family that was begun last. */
  write(point: ScalarPoint | SummaryPoint | HistogramPoint): void;
  /** Ends the family. */
  endFamily(): void;
  /** Ends the exposition, and gives its bytes; the encoder can be used again. */
  end(): Uint8Array<ArrayBuffer>;
}

/** Writes a metric or label name in the way that the reader asked for. */
export type EscapeName = (name: string) => string;
