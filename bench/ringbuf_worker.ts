/**
 * The peer of `pipeline_bench.ts`: takes 32-byte records out of a ringbuf.js ring as fast as it can
 * and counts them, as its documentation shows.
 *
 * @module
 */

import { workerData } from "node:worker_threads";
import { RingBuffer } from "ringbuf.js";

const { storage, totals, recordLength } = workerData as {
  storage: SharedArrayBuffer;
  totals: Int32Array;
  recordLength: number;
};
const ring = new RingBuffer(storage, Float64Array);
const records = new Float64Array(4_096 * recordLength);
let taken = 0;
let sum = 0;

Atomics.store(totals, 1, 1);
Atomics.notify(totals, 1);
// Word 2 is set when the bench is over.
while (Atomics.load(totals, 2) === 0) {
  const read = ring.pop(records);
  if (read === 0) continue;
  for (let at = 0; at < read; at += recordLength) sum += records[at];
  taken = (taken + read / recordLength) | 0;
  Atomics.store(totals, 0, taken);
}
// Keeps the reads alive.
if (Number.isNaN(sum)) throw new Error("Cannot sum what was read");
