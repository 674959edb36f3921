/**
 * The producing thread of the doorbell test: fills the ring, waits until it is taken, again.
 *
 * @module
 */

import { workerData } from "node:worker_threads";
import { Doorbell } from "../../../src/ring/doorbell.ts";
import { Kind, ringViews, tagOf } from "../../../src/ring/layout.ts";
import { Producer } from "../../../src/ring/producer.ts";

/** Commands to the producing thread. */
export interface BellJob {
  readonly ring: SharedArrayBuffer;
  readonly doorbell: SharedArrayBuffer;
  readonly rounds: number;
}

const { ring, doorbell, rounds } = workerData as BellJob;
const producer = new Producer(ring, new Doorbell(doorbell), "drop-newest");
const { capacity } = ringViews(ring);
for (let round = 0; round < rounds; round++) {
  for (let i = 0; i < capacity; i++) {
    while (producer.pending === capacity);
    producer.push(i, 0, tagOf(0, Kind.value));
  }
}
