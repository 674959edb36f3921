/**
 * Memory that all recording threads of a program share with the aggregator.
 *
 * @module
 */

import { createControlBuffer } from "../ring/control.ts";
import { createDoorbell } from "../ring/doorbell.ts";
import { createSequence } from "../ring/sequence.ts";

/** Memory of all recording threads. */
export interface ThreadMemory {
  /** Doorbell that wakes the aggregator. */
  readonly doorbell: ArrayBufferLike;
  /** Sequence that stamps gauges, so that the last change on any thread is known. */
  readonly sequence: ArrayBufferLike;
  /** Control words: whether threads record, and which share of calls. */
  readonly control: ArrayBufferLike;
}

/**
 * Allocates the memory.
 *
 * @param shared Whether more than one thread uses it
 */
export function createThreadMemory(shared: boolean): ThreadMemory {
  return {
    doorbell: createDoorbell(shared),
    sequence: createSequence(shared),
    control: createControlBuffer(shared),
  };
}
