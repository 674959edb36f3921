/**
 * What the stress test writes: every word of a record follows from its number.
 *
 * @module
 */

import type { OverflowPolicy } from "../../../src/model/model.ts";

/** Operations of the producing thread. */
export interface StressJob {
  readonly ring: SharedArrayBuffer;
  readonly doorbell: SharedArrayBuffer;
  readonly records: number;
  readonly overflow: OverflowPolicy;
  /** Whether to wait while the ring is nearly full, so that nothing is dropped. */
  readonly waits: boolean;
}

/** The series of a record. */
export function seriesOf(sequence: number): number {
  return Math.imul(sequence, 0x9e3779b1) >>> 0;
}

/** The kind of a record. */
export function kindOf(sequence: number): number {
  return sequence & 1;
}

/** The time of a record. */
export function timeOf(sequence: number): number {
  return sequence / 4 + 1;
}
