import { assertEquals, assertGreater } from "@std/assert";
import { setImmediate } from "node:timers";
import { Worker } from "node:worker_threads";
import { Consumer } from "../../src/ring/consumer.ts";
import { Count, createRing, HEAD, ringViews, TAIL, WEIGHT_ONE } from "../../src/ring/layout.ts";
import { kindOf, seriesOf, type StressJob, timeOf } from "./sequence.ts";

const CAPACITY = 131_072;

/** Reads what another thread writes, and checks every word of every record. */
class Checker {
  received = 0;
  wrong = 0;
  #next = 0;

  constructor(readonly consumer: Consumer, readonly allowsGaps: boolean) {}

  take(): number {
    const { doubles, words, mask, tail } = this.consumer;
    const count = this.consumer.available();
    for (let i = 0; i < count; i++) {
      const slot = (tail + i) & mask;
      const sequence = doubles[slot * 4];
      const isNext = this.allowsGaps ? sequence >= this.#next : sequence === this.#next;
      if (
        !isNext || doubles[slot * 4 + 1] !== timeOf(sequence) || words[slot * 8 + 4] !== seriesOf(sequence) ||
        words[slot * 8 + 5] !== (kindOf(sequence) | WEIGHT_ONE)
      ) this.wrong += 1;
      this.#next = sequence + 1;
    }
    this.received += count;
    this.consumer.release(count);
    return count;
  }
}

async function run(job: Pick<StressJob, "records" | "waits">): Promise<{ checker: Checker; dropped: number }> {
  const ring = createRing(CAPACITY, true) as SharedArrayBuffer;
  const { cursors, counts } = ringViews(ring);
  // The cursors wrap to negative after 1,000 records.
  cursors[HEAD] = cursors[TAIL] = 2 ** 31 - 1_000;
  const checker = new Checker(new Consumer(ring), !job.waits);
  const workerData: StressJob = { ...job, ring, doorbell: new SharedArrayBuffer(4) };
  const worker = new Worker(new URL("./stress_worker.ts", import.meta.url), { workerData });
  let isDone = false;
  worker.once("message", () => isDone = true);
  for (let wasDone = false; !wasDone;) {
    wasDone = isDone;
    if (checker.take() === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  await worker.terminate();
  return { checker, dropped: counts[Count.dropped] };
}

Deno.test("ring carries 20 M records between two threads: none lost, torn or out of order", async () => {
  const records = 20_000_000;
  const { checker, dropped } = await run({ records, waits: true });
  assertEquals(checker.wrong, 0);
  assertEquals(checker.received, records);
  assertEquals(dropped, 0);
});

Deno.test("ring that overflows between two threads accounts for every record, in order", async () => {
  const records = 3_000_000;
  const { checker, dropped } = await run({ records, waits: false });
  assertEquals(checker.wrong, 0);
  assertEquals(checker.received + dropped, records);
  assertGreater(checker.received, CAPACITY - 1);
});
