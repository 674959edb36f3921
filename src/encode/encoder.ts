/**
 * What all exposition formats have in common: families go in, bytes come out. All state is in the encoder, so that its
 * caller may do other work between two points.
 *
 * @module
 */

import type { HistogramPoint, MetricFamily, ScalarPoint, SummaryPoint } from "../model/families.ts";

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
  /** Takes bytes back that {@linkcode Encoder.end} gave and that nobody reads any more, to write over them. */
  reuse(bytes: Uint8Array<ArrayBuffer>): void;
}
