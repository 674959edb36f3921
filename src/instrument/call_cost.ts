/**
 * Cost of calls on this machine with this clock: timings between other work, measured at start-up on a ring without a
 * reader. A timing is the most expensive call; all others are assumed to cost as much.
 *
 * In a tight loop, a call costs a quarter of its cost in a program, where it shares the processor's caches with the
 * program's code and data and is one of many call sites, of which V8 inlines only as many as its budget allows. The
 * measurement therefore includes other work and more call sites than that budget; a factor covers the rest.
 *
 * @module
 */

import type { CallCost } from "../model/diagnostics.ts";
import type { Clock } from "../record/clock.ts";
import { Recorder } from "../record/recorder.ts";
import { createThreadMemory, type ThreadMemory } from "../record/thread_memory.ts";
import { Control } from "../ring/control.ts";
import { createRing } from "../ring/layout.ts";
import { RingTimer } from "./ring_timer.ts";

/** Number of timings for each piece of work. */
const TIMERS = 8;
/** Number of pieces of work in a round: some tens of microseconds, far above the resolution of any clock. */
const PIECES = 40;
const RING_CAPACITY = 32_768;
const MS_PER_SECOND = 1_000;

/** Rate at which a recorded call is measured among others that are sampled out. */
const SAMPLED_RATE = 1 / 16;
const RATES: readonly number[] = [1, SAMPLED_RATE, 0];
/** Milliseconds of the measurement: short enough for start-up, and V8 has compiled the calls after half of it. */
const MEASURE_MS = 200;
/**
 * Ratio of the cost in a program to the measured one. In a program that waits for events, the caches are cold after
 * each wait: calls took up to 1.7 times as long in the candle pipeline at 20,000 candles a second in a hundred bursts
 * (`load:baseline budget`). A measurement of 200 ms may also run while the machine is at its fastest.
 */
const PROGRAM_FACTOR = 2;
/**
 * Number of rounds, some milliseconds, after which a clock that has not advanced is assumed to stand still while the
 * program runs.
 */
const STILL_ROUNDS = 100;
/** Cost on a slow machine, assumed where no clock can measure it. */
const ASSUMED_COST: CallCost = { recordedSeconds: 5e-7, sampledSeconds: 8e-7, skippedSeconds: 2e-8 };
const ROW = "2000-01-03,1469.25,1478.00,1438.36,1455.22,1455.22,931800000";

/** Measures the cost of calls, at once or in steps. */
export class CallCostMeter {
  readonly #control: Control;
  readonly #timers: readonly RingTimer[];
  /** Measured seconds of a call at each of {@linkcode RATES}. */
  readonly #found: readonly number[][] = RATES.map(() => []);
  #leftMs = MEASURE_MS;

  /** Creates a meter that has measured nothing yet. */
  constructor(clock: Clock) {
    const memory = createThreadMemory(false);
    this.#control = new Control(memory.control);
    const recorder = recorderOf(clock, memory);
    this.#timers = Array.from({ length: TIMERS }, (_, i) => new RingTimer(recorder, i, undefined, false));
  }

  /**
   * Continues the measurement.
   *
   * @param forMs Longest duration in milliseconds; all that is left if omitted
   * @returns Cost of calls once the measurement is complete, else `undefined`
   */
  step(forMs: number = this.#leftMs): CallCost | undefined {
    const startMs = performance.now();
    for (let rounds = 0; performance.now() - startMs < forMs; rounds++) {
      if (rounds === STILL_ROUNDS && performance.now() === startMs) return ASSUMED_COST;
      this.#measureRates();
    }
    this.#leftMs -= performance.now() - startMs;
    if (Number.isNaN(this.#leftMs)) return ASSUMED_COST;
    return this.#leftMs > 0 ? undefined : this.#cost();
  }

  /** Measures all rates in turn, because the speed of a machine changes. */
  #measureRates(): void {
    const withoutMs = roundMs([]);
    RATES.forEach((rate, i) => {
      this.#control.set(true, rate);
      this.#found[i].push((roundMs(this.#timers) - withoutMs) / (PIECES * TIMERS * MS_PER_SECOND));
    });
  }

  #cost(): CallCost {
    // During the first half, V8 compiled the calls.
    const [recordedSeconds, mixedSeconds, skippedSeconds] = this.#found.map((each) =>
      Math.max(0, medianOf(each.slice(each.length >> 1))) * PROGRAM_FACTOR
    );
    const sampledSeconds = (mixedSeconds - (1 - SAMPLED_RATE) * skippedSeconds) / SAMPLED_RATE;
    // A call that does more costs more, even if other load has distorted the measurement.
    return {
      recordedSeconds,
      sampledSeconds: Math.max(sampledSeconds, recordedSeconds),
      skippedSeconds: Math.min(skippedSeconds, recordedSeconds),
    };
  }
}

function recorderOf(clock: Clock, memory: ThreadMemory): Recorder {
  return new Recorder({
    clock,
    memory,
    seed: 1,
    ring: createRing(RING_CAPACITY, false),
    overflow: "overwrite-oldest",
    seriesMax: 1,
    labelValueMax: 1,
    announce: () => {},
  });
}

function medianOf(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}

function roundMs(timers: readonly RingTimer[]): number {
  const startMs = performance.now();
  for (let piece = 0; piece < PIECES; piece++) {
    if (timers.length === 0) work(piece);
    else measuredWork(piece, timers);
  }
  return performance.now() - startMs;
}

/** Timings as in a program: each at a separate call site, some nested. */
function measuredWork(
  piece: number,
  [message, parse, publish, handle, price, decide, order, answer]: readonly RingTimer[],
) {
  const messageStart = message.start();
  const parseStart = parse.start();
  work(piece);
  parse.end(parseStart);
  const publishStart = publish.start();
  publish.end(publishStart);
  message.end(messageStart);
  const handleStart = handle.start();
  const priceStart = price.start();
  price.end(priceStart);
  const decideStart = decide.start();
  decide.end(decideStart);
  handle.end(handleStart);
  const orderStart = order.start();
  order.end(orderStart);
  const answerStart = answer.start();
  answer.end(answerStart);
}

/** Typical work of a program: parses a row of text, which takes a microsecond. */
function work(piece: number): number {
  const [date, open, high, low, close] = `${piece}-${ROW}`.split(",");
  const candle = { date, open: Number(open), high: Number(high), low: Number(low), close: Number(close) };
  return candle.date.length + candle.open + candle.high + candle.low + candle.close;
}
