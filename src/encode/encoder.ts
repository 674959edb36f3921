/**
 * Interface of all exposition formats: families in, bytes out. The encoder holds all state, so its caller may do other
 * work between two points.
 *
 * @module
 */

import type { HistogramPoint, MetricFamily, ScalarPoint, SummaryPoint } from "../model/families.ts";

/** Encoder of families. */
export interface Encoder {
  /** Begins a family; nothing is written before its first point. */
  begin(family: MetricFamily): void;
  /** Writes a point of the current family. */
  write(point: ScalarPoint | SummaryPoint | HistogramPoint): void;
  /** Ends the family. */
  endFamily(): void;
  /** Ends the exposition and returns its bytes; the encoder can be used again. */
  end(): Uint8Array<ArrayBuffer>;
  /** Accepts bytes of {@linkcode Encoder.end} that are no longer read, to overwrite them. */
  reuse(bytes: Uint8Array<ArrayBuffer>): void;
}
