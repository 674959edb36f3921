import { assertEquals, assertGreater } from "@std/assert";
import { setImmediate } from "node:timers";
import { Worker } from "node:worker_threads";
import { Consumer } from "../../src/ring/consumer.ts";
import { Count, createRing, HEAD, ringViews, TAIL, WEIGHT_ONE } from "../../src/ring/layout.ts";
import { kindOf, seriesOf, type StressJob, timeOf } from "../_support/ring/sequence.ts";

const CAPACITY = 131_072;

/** Records that are copied before a look at whether they were the reader's all the time. */
const COPIED_MAX = 4_096;

/** Reads what another thread writes, and checks every word of every record. */
class Checker {
  received = 0;
  wrong = 0;
  #next = 0;
  readonly #doubles = new Float64Array(COPIED_MAX * 4);
  readonly #words = new Uint32Array(this.#doubles.buffer);

  constructor(readonly consumer: Consumer, readonly allowsGaps: boolean) {}

  take(): number {
    const { doubles, mask } = this.consumer;
    const count = Math.min(this.consumer.available(), COPIED_MAX);
    const { tail } = this.consumer;
    for (let i = 0; i < count; i++) {
      const slot = (tail + i) & mask;
      for (let k = 0; k < 4; k++) this.#doubles[i * 4 + k] = doubles[slot * 4 + k];
    }
    if (!this.consumer.commit(count)) return count;
    for (let i = 0; i < count; i++) this.#check(i);
    this.received += count;
    return count;
  }

  #check(at: number): void {
    const sequence = this.#doubles[at * 4];
    const isNext = this.allowsGaps ? sequence >= this.#next : sequence === this.#next;
    if (
      !isNext || this.#doubles[at * 4 + 1] !== timeOf(sequence) || this.#words[at * 8 + 4] !== seriesOf(sequence) ||
      this.#words[at * 8 + 5] !== (kindOf(sequence) | WEIGHT_ONE)
    ) this.wrong += 1;
    this.#next = sequence + 1;
  }
}

async function run(
  job: Pick<StressJob, "records" | "overflow" | "waits">,
): Promise<{ checker: Checker; dropped: number }> {
  const ring = createRing(CAPACITY, true) as SharedArrayBuffer;
  const { cursors, counts } = ringViews(ring);
  // The cursors wrap to negative after 1,000 records.
  cursors[HEAD] = cursors[TAIL] = 2 ** 31 - 1_000;
  const checker = new Checker(new Consumer(ring), !job.waits);
  const workerData: StressJob = { ...job, ring, doorbell: new SharedArrayBuffer(4) };
  const worker = new Worker(new URL("../_support/ring/stress_worker.ts", import.meta.url), { workerData });
  let isDone = false;
  worker.once("message", () => isDone = true);
  // Much may be written between a look that finds nothing and the word that all is.
  while (checker.take() > 0 || !isDone) {
    if (checker.consumer.available() === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  await worker.terminate();
  return { checker, dropped: counts[Count.dropped] };
}

for (const overflow of ["overwrite-oldest", "drop-newest"] as const) {
  Deno.test(`Ring carries 50 M records between two threads, ${overflow}: none lost, torn or out of order`, async () => {
    const records = 50_000_000;
    const { checker, dropped } = await run({ records, overflow, waits: true });
    assertEquals(checker.wrong, 0);
    assertEquals(checker.received, records);
    assertEquals(dropped, 0);
  });

  Deno.test(`Ring that overflows between two threads, ${overflow}, accounts for all of 50 M, none torn`, async () => {
    const records = 50_000_000;
    const { checker, dropped } = await run({ records, overflow, waits: false });
    assertEquals(checker.wrong, 0);
    assertEquals(checker.received + dropped, records);
    assertGreater(checker.received, CAPACITY - 1);
  });
}
