import fc from "fast-check";
import { Program, type StepKind } from "../_support/threads/handover_model.ts";

type Step = [kind: StepKind, pick: number];

/** Relative frequency of each step. */
const WEIGHTS: Readonly<Record<StepKind, number>> = {
  deliver: 10,
  deliverAll: 10,
  deliverLate: 2,
  fireTimer: 4,
  boot: 4,
  drain: 4,
  terminate: 1,
  crash: 1,
  vanish: 1,
  noteExit: 1,
  end: 1,
  giveUp: 1,
  connect: 2,
  count: 4,
  observe: 4,
  callLate: 1,
  churn: 2,
  publish: 2,
  flush: 2,
  leave: 2,
  die: 1,
  scrape: 3,
};

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.oneof(
      ...Object.entries(WEIGHTS).map(([kind, weight]) => ({
        weight,
        arbitrary: fc.constant(kind as StepKind),
      })),
    ),
    fc.nat(1_000),
  ),
  { minLength: 20, maxLength: 200, size: "max" },
);

/** Programs that have failed. */
const KNOWN: Readonly<Record<string, Step[]>> = {
  "a thread counts and leaves; that it has left arrives before what it has announced, and the worker ends": [
    ["connect", 0],
    ["count", 375],
    ["leave", 0],
    ["deliverAll", 0],
    ["deliverAll", 0],
    ["deliverAll", 0],
    ["vanish", 0],
  ],
  "a thread that knows that the worker has failed counts and leaves; a worker that goes on sees its port close": [
    ["connect", 0],
    ["deliverAll", 0],
    ["terminate", 0],
    ["deliverAll", 0],
    ["count", 383],
    ["leave", 0],
    ["deliverAll", 0],
    ["deliverAll", 0],
    ["giveUp", 0],
    ["fireTimer", 0],
  ],
  "a worker that was terminated goes on to free what the next one frees": [
    ["connect", 0],
    ["churn", 511],
    ["terminate", 0],
    ["giveUp", 0],
    ["fireTimer", 0],
    ["deliverAll", 0],
    ["drain", 0],
  ],
  "a worker that was terminated takes over as the thread that it reads has left": [
    ["connect", 0],
    ["vanish", 0],
    ["noteExit", 0],
    ["observe", 0],
    ["die", 0],
    ["deliver", 0],
    ["deliver", 0],
    ["fireTimer", 0],
    ["terminate", 0],
  ],
  "a worker that was terminated is asked to flush": [
    ["observe", 0],
    ["flush", 0],
    ["terminate", 0],
    ["deliverAll", 0],
    ["deliverAll", 0],
  ],
  "a worker that was terminated takes in what a thread had announced whose ring could be another's by now": [
    ["connect", 0],
    ["churn", 3],
    ["terminate", 0],
    ["deliverAll", 16],
    ["deliver", 21],
    ["leave", 0],
    ["deliver", 703],
    ["deliver", 0],
    ["vanish", 0],
    ["deliver", 0],
    ["fireTimer", 0],
    ["boot", 0],
    ["flush", 0],
    ["leave", 0],
    ["fireTimer", 0],
    ["fireTimer", 0],
    ["drain", 0],
    ["count", 0],
    ["deliverAll", 399],
    ["connect", 0],
    ["deliverAll", 0],
    ["die", 0],
    ["deliverAll", 0],
    ["connect", 0],
    ["fireTimer", 0],
    ["deliver", 0],
    ["deliver", 0],
    ["deliverAll", 0],
    ["crash", 0],
    ["fireTimer", 0],
    ["drain", 0],
    ["scrape", 0],
  ],
  "a ring goes to a thread that comes while the worker that has drained it is followed by another": [
    ["connect", 0],
    ["observe", 0],
    ["churn", 1],
    ["leave", 0],
    ...new Array<Step>(20).fill(["deliverAll", 0]),
    ["connect", 0],
    ["count", 1],
    ["observe", 5],
    ["churn", 1],
    ["terminate", 0],
    ["deliverAll", 0],
    ["drain", 0],
    ["publish", 1],
    ["scrape", 0],
  ],
  "a flush waits for an announcement when the metrics are closed": [],
};

/** Runs a program to its end, with its timers instead of the runtime's. */
async function run(steps: readonly Step[]): Promise<void> {
  const { setTimeout, clearTimeout } = globalThis;
  Object.assign(globalThis, Program.timers);
  try {
    const program = new Program();
    await program.begin();
    for (const [kind, pick] of steps) await program.step(kind, pick);
    await program.close();
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
}

for (const [what, steps] of Object.entries(KNOWN)) {
  Deno.test(`WorkerSupervisor: no counter goes down and no record vanishes: ${what}`, () => run(steps));
}

Deno.test("no counter goes down and no record vanishes, in whatever order messages of threads and workers arrive and they end", async () => {
  await fc.assert(fc.asyncProperty(steps, run), { seed: 7, numRuns: 300 });
});
