import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreaterOrEqual,
  assertLess,
  assertLessOrEqual,
} from "@std/assert";
import fc from "fast-check";
import { secondsPerCall } from "../../../src/aggregate/sampling/cost_model.ts";
import { ADJUST_INTERVAL_MS, SamplingController } from "../../../src/aggregate/sampling/controller.ts";
import type { CallCost } from "../../../src/model/diagnostics.ts";
import { NO_PLAN, type SamplingPlan } from "../../../src/model/sampling_plan.ts";

const COST: CallCost = { recordedSeconds: 100e-9, sampledSeconds: 300e-9, skippedSeconds: 5e-9 };

/** Threads that make a given number of calls and record the controller's shares, and a clock. */
class Simulation {
  nowMs = 0;
  /** Of the first thread. */
  readonly ratios: number[] = [];
  readonly rates: number[] = [];
  readonly controller: SamplingController;
  readonly #budget: number | undefined;
  readonly #threads: { readonly key: object; offered: number; recorded: number; rate: number }[];

  constructor({ budget, ...plan }: Partial<SamplingPlan> & { budget?: number }, threads = 1) {
    this.controller = new SamplingController({ ...NO_PLAN, ...plan }, () => this.nowMs);
    this.#budget = budget;
    this.#threads = Array.from({ length: threads }, () => ({ key: {}, offered: 0, recorded: 0, rate: 1 }));
    this.#adjust(0, 1);
  }

  /** The rate of the first thread. */
  get rate(): number {
    return this.rateOf(0);
  }

  rateOf(thread: number): number {
    return this.#threads[thread].rate;
  }

  get overheadRatio(): number {
    return this.controller.overheadRatioOf(this.#threads[0].key, COST);
  }

  /** Lets time pass with so many calls a second on each thread; the first makes all, the others a tenth. */
  run(seconds: number, callsPerSecond: number, { occupancy = 0, ceiling = 1 } = {}): void {
    for (let ms = 0; ms < seconds * 1_000; ms += ADJUST_INTERVAL_MS) {
      this.nowMs += ADJUST_INTERVAL_MS;
      this.#threads.forEach((thread, i) => {
        const calls = callsPerSecond * ADJUST_INTERVAL_MS / 1_000 / (i === 0 ? 1 : 10);
        thread.offered += calls;
        thread.recorded += calls * thread.rate;
      });
      const seconds = ADJUST_INTERVAL_MS / 1_000;
      const calls = callsPerSecond * seconds;
      const spent = calls * secondsPerCall(this.rate, COST);
      this.ratios.push(spent / seconds);
      this.#adjust(occupancy, ceiling);
    }
  }

  /** The ring of the first thread fills up. */
  #adjust(occupancy: number, ceiling: number): void {
    this.controller.noteOccupancy(this.#threads[0].key, occupancy);
    const rates = this.controller.adjust(this.#threads, { ceiling, budget: this.#budget, cost: COST });
    rates.forEach((rate, i) => this.#threads[i].rate = rate);
    this.rates.push(this.rate);
  }
}

Deno.test("SamplingController holds the budget within 20 % from 3 s after a step of the load by a thousand", () => {
  const budget = 0.06;
  const simulation = new Simulation({ budget }, 3);
  simulation.run(5, 10_000);
  assertEquals(simulation.rate, 1);
  simulation.run(3, 10_000_000);
  simulation.ratios.length = 0;
  simulation.run(10, 10_000_000);
  for (const ratio of simulation.ratios) assertAlmostEquals(ratio, budget, 0.2 * budget);
  assertAlmostEquals(simulation.overheadRatio, budget, 0.2 * budget);
  assertAlmostEquals(simulation.controller.eventRate, 12_000_000, 120_000);
});

Deno.test("SamplingController spares threads that are quiet: each has the rate that its own calls need", () => {
  const simulation = new Simulation({ budget: 0.01, followsRingPressure: true }, 3);
  simulation.run(5, 500_000, { occupancy: 0.9 });
  assertLess(simulation.rate, 0.3);
  assertEquals([simulation.rateOf(1), simulation.rateOf(2)], [1, 1]);
});

Deno.test("SamplingController has no budget to hold before it is known what calls cost", () => {
  const key = {};
  let nowMs = 0;
  const controller = new SamplingController(NO_PLAN, () => nowMs);
  let offered = 0;
  const step = (cost: CallCost | undefined) => {
    [nowMs, offered] = [nowMs + 1_000, offered + 1_000_000];
    const [rate] = controller.adjust([{ key, offered, recorded: offered, rate: 1 }], {
      ceiling: 1,
      budget: 0.01,
      cost,
    });
    return rate;
  };
  assertEquals([step(undefined), step(undefined)], [1, 1]);
  assertLess(step(COST), 0.1);
});

Deno.test("SamplingController does not oscillate: after a step the rate falls and stays, and returns with the load", () => {
  const simulation = new Simulation({ budget: 0.01 });
  simulation.run(4, 10_000);
  simulation.rates.length = 0;
  simulation.run(6, 1_000_000);
  for (let i = 1; i < simulation.rates.length; i++) assertLessOrEqual(simulation.rates[i], simulation.rates[i - 1]);
  simulation.rates.length = 0;
  simulation.run(6, 10_000);
  for (let i = 1; i < simulation.rates.length; i++) assertGreaterOrEqual(simulation.rates[i], simulation.rates[i - 1]);
  assertEquals(simulation.rate, 1);
});

Deno.test("SamplingController records a thousandth where not even sampling all calls out keeps the budget", () => {
  const simulation = new Simulation({ budget: 0.01 });
  simulation.run(5, 10_000_000);
  assertEquals(simulation.rate, 0.001);
});

Deno.test("SamplingController does not switch to and fro where recording all takes as much as the budget", () => {
  const simulation = new Simulation({ budget: 0.01 });
  simulation.run(5, 110_000);
  assertLess(simulation.rate, 0.5);
  simulation.rates.length = 0;
  for (let i = 0; i < 20; i++) simulation.run(1, i % 2 === 0 ? 95_000 : 105_000);
  assertLess(Math.max(...simulation.rates), 0.6);
  simulation.run(5, 85_000);
  assertEquals(simulation.rate, 1);
});

Deno.test("SamplingController records as many calls of all threads as the threshold, and never below min", () => {
  const simulation = new Simulation({ eventRateThreshold: 1_000, min: 0.001 }, 2);
  simulation.run(3, 500);
  assertEquals(simulation.rate, 1);
  simulation.run(5, 100_000);
  assertAlmostEquals(simulation.rate * 110_000, 1_000, 100);
  simulation.run(5, 100_000_000);
  assertEquals(simulation.rate, 0.001);
});

Deno.test("SamplingController follows a ramp and a load that comes and goes without leaving its bounds", () => {
  const budget = 0.02;
  const simulation = new Simulation({ budget, min: 0.0001, max: 0.8 });
  for (let calls = 1_000; calls < 4_000_000; calls *= 1.1) simulation.run(0.5, calls);
  const [last] = simulation.ratios.slice(-1);
  assertLess(last, 1.25 * budget);
  for (let i = 0; i < 20; i++) simulation.run(1, i % 2 === 0 ? 2_000_000 : 0);
  for (const rate of simulation.rates.slice(1)) assert(rate >= 0.0001 && rate <= 0.8, `${rate}`);
});

Deno.test("SamplingController halves the rate while a ring fills up, once in 5 s, and lets it come back", () => {
  const simulation = new Simulation({ followsRingPressure: true, min: 0.1 });
  simulation.run(4, 1_000, { occupancy: 0.9 });
  assertEquals(simulation.rate, 0.5);
  simulation.run(5, 1_000, { occupancy: 0.9 });
  assertEquals(simulation.rate, 0.25);
  simulation.run(30, 1_000, { occupancy: 0.9 });
  assertEquals(simulation.rate, 0.1);
  simulation.run(10, 1_000, { occupancy: 0.5 });
  assertEquals(simulation.rate, 0.1);
  simulation.run(6, 1_000, { occupancy: 0.1 });
  assertAlmostEquals(simulation.rate, 0.125, 0.04);
  simulation.run(120, 1_000);
  assertEquals(simulation.rate, 1);
});

Deno.test("SamplingController stays at or below the rate of the program, whatever min is", () => {
  const simulation = new Simulation({ eventRateThreshold: 1_000, min: 0.5 });
  simulation.run(2, 10, { ceiling: 0.2 });
  assertEquals(simulation.rate, 0.2);
  simulation.run(2, 10, { ceiling: 0 });
  assertEquals(simulation.rate, 0);
});

Deno.test("SamplingController returns a rate between its bounds under any load", () => {
  const loads = fc.array(fc.record({
    calls: fc.double({ min: 0, max: 1e9, noNaN: true }),
    seconds: fc.constantFrom(0.25, 1, 7),
    occupancy: fc.double({ min: 0, max: 1, noNaN: true }),
    ceiling: fc.double({ min: 0, max: 1, noNaN: true }),
  }));
  const plans = fc.record({
    min: fc.constantFrom(0, 0.01, 0.5),
    max: fc.constantFrom(0.5, 1),
    eventRateThreshold: fc.constantFrom(undefined, 1, 1_000),
    followsRingPressure: fc.boolean(),
    budget: fc.constantFrom(undefined, 0.0001, 0.01, 1),
  });
  fc.assert(
    fc.property(plans, loads, (plan, loads) => {
      const simulation = new Simulation(plan, 2);
      for (const { calls, seconds, occupancy, ceiling } of loads) {
        simulation.run(seconds, calls, { occupancy, ceiling });
        const highest = Math.min(ceiling, plan.max);
        assertLessOrEqual(simulation.rate, highest);
        assertGreaterOrEqual(simulation.rate, Math.min(plan.min, highest));
      }
    }),
    { numRuns: 50 },
  );
});
