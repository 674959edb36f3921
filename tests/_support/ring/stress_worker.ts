/**
 * The producing thread of the stress test: writes a sequence as fast as it can.
 *
 * @module
 */

import { parentPort, workerData } from "node:worker_threads";
import { Doorbell } from "../../../src/ring/doorbell.ts";
import { ringViews, tagOf } from "../../../src/ring/layout.ts";
import { Producer } from "../../../src/ring/producer.ts";
import { kindOf, seriesOf, type StressJob, timeOf } from "./sequence.ts";

const LOOK_EVERY = 64;

const { ring, doorbell, records, overflow, waits } = workerData as StressJob;
const producer = new Producer(ring, new Doorbell(doorbell), overflow);
const nearlyFull = ringViews(ring).capacity - LOOK_EVERY;
for (let sequence = 0; sequence < records; sequence++) {
  if (waits && sequence % LOOK_EVERY === 0) { while (producer.pending >= nearlyFull); }
  producer.push(sequence, timeOf(sequence), tagOf(seriesOf(sequence), kindOf(sequence)));
}
producer.publish();
parentPort?.postMessage("done");
