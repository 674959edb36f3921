/**
 * The far end of a ring in `pipeline_bench.ts`: takes 32-byte records out as fast as it can, adds up
 * their values and counts them. `kind` says which ring: Hotpath's own or ringbuf.js.
 *
 * @module
 */

import { workerData } from "node:worker_threads";
import { RingBuffer } from "ringbuf.js";
import { Consumer } from "../src/ring/consumer.ts";

const { kind, storage, totals, recordLength } = workerData as {
  kind: "hotpath" | "ringbuf.js";
  storage: SharedArrayBuffer;
  /** Words: 0 records taken, 1 set when the worker runs, 2 set when it shall stop. */
  totals: Int32Array;
  recordLength: number;
};
let sum = 0;
const take = kind === "hotpath" ? takeFromHotpath() : takeFromPeer();

Atomics.store(totals, 1, 1);
Atomics.notify(totals, 1);
let taken = 0;
while (Atomics.load(totals, 2) === 0) {
  const count = take();
  if (count === 0) continue;
  taken = (taken + count) | 0;
  Atomics.store(totals, 0, taken);
}
// Keeps the reads alive.
if (Number.isNaN(sum)) throw new Error("Cannot sum what was read");

function takeFromHotpath(): () => number {
  const consumer = new Consumer(storage);
  const { doubles, mask } = consumer;
  return () => {
    const count = Math.min(consumer.available(), 4_096);
    const { tail } = consumer;
    for (let i = 0; i < count; i++) sum += doubles[((tail + i) & mask) * recordLength];
    if (count > 0) consumer.release(count);
    return count;
  };
}

function takeFromPeer(): () => number {
  const ring = new RingBuffer(storage, Float64Array);
  const records = new Float64Array(4_096 * recordLength);
  return () => {
    const read = ring.pop(records);
    for (let at = 0; at < read; at += recordLength) sum += records[at];
    return read / recordLength;
  };
}
