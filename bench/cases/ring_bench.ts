/**
 * Writing a 32-byte record into a ring that another thread could read, beside plain stores of as many bytes and ringbuf.js.
 * One thread writes a burst; it is taken out between bursts, untimed.
 *
 * Does not measure two threads at once: see `pipeline_bench.ts`.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { RingBuffer } from "ringbuf.js";
import { Consumer } from "../../src/ring/consumer.ts";
import { createDoorbell, Doorbell } from "../../src/ring/doorbell.ts";
import { Count, createRing, Kind, RECORD_BYTES, tagOf } from "../../src/ring/layout.ts";
import { Producer } from "../../src/ring/producer.ts";
import { registerBenches } from "../lib/harness.ts";
import type { Ladder, Ladders } from "../lib/ladder.ts";

const CAPACITY = 131_072;
const BURST = CAPACITY / 2;
/** Records between two publications of the cursor. */
const BATCH = 64;

const plain = new Float64Array(new SharedArrayBuffer(CAPACITY * RECORD_BYTES));

const ring = createRing(CAPACITY, true);
const producer = new Producer(ring, new Doorbell(createDoorbell(true)), "overwrite-oldest");
const consumer = new Consumer(ring);
let offered = 0;
let taken = 0;

// Its capacity must exceed a burst, and be given in elements.
const peerStorage = RingBuffer.getStorageForCapacity(CAPACITY * RECORD_BYTES / 8, Float64Array);
const peer = new RingBuffer(peerStorage, Float64Array);
const peerRecord = new Float64Array(RECORD_BYTES / 8);
const peerOut = new Float64Array(BURST * RECORD_BYTES / 8);
let peerLost = 0;
const tags = Float64Array.from({ length: 64 }, (_, series) => tagOf(series, Kind.value));

const ladder: Ladder = {
  name: "ring push",
  cases: [
    {
      name: "plain stores of 32 bytes",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) {
          const at = (i & (CAPACITY - 1)) * 4;
          plain[at] = i;
          plain[at + 1] = i;
          plain[at + 2] = i;
          plain[at + 3] = i;
        }
      },
    },
    {
      name: "push",
      burst: BURST,
      operationsPerCall: BATCH,
      run: (count) => {
        offered += count;
        for (let i = 0; i < count; i++) producer.push(i, 0, tags[i & 63]);
      },
      settle: () => {
        producer.publish();
        const available = consumer.available();
        taken += available;
        consumer.commit(available);
      },
    },
    {
      name: "ringbuf.js push",
      isReference: true,
      burst: BURST,
      operationsPerCall: BATCH,
      run: (count) => {
        for (let i = 0; i < count; i++) {
          peerRecord[0] = i;
          if (peer.push(peerRecord) !== peerRecord.length) peerLost += 1;
        }
      },
      settle: () => {
        peer.pop(peerOut);
      },
    },
  ],
  targets: [{ name: "push", reference: "ringbuf.js push", timesFaster: 8 }],
  allocationFree: ["push"],
  verify: () => {
    assertEquals(taken, offered, "a record is missing");
    assertEquals(producer.counts[Count.dropped], 0, "records were dropped");
    assertEquals(peerLost, 0, "ringbuf.js was given more than it holds");
    return Promise.resolve();
  },
};

/** The bench. */
export const ladders: Ladders = { ring: () => ladder };

await registerBenches(ladders);
