/**
 * What calls cost on this machine and with this clock: some timings amid other work, measured at start-up on a ring that
 * nobody reads. A timing is the dearest call that there is; all others are counted as one.
 *
 * Called over and over with nothing in between, a call costs a quarter of what it does in a program: there it shares the
 * processor's caches with the program's own code and data, and has a place of its own where V8 inlines as much as it has
 * room for. So there is work here, and more places than that. What is left is told by a factor.
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

/** Timings at each piece of work. */
const TIMERS = 8;
/** Pieces of work in a round: some tens of microseconds, far above the resolution of any clock. */
const PIECES = 40;
const RING_CAPACITY = 32_768;
const MS_PER_SECOND = 1_000;

/** The rate at which a recorded call is measured among others that are left out. */
const SAMPLED_RATE = 1 / 16;
const RATES: readonly number[] = [1, SAMPLED_RATE, 0];
/** A start-up can wait for it, and V8 has compiled what is called within half of it. */
const MEASURE_MS = 200;
/**
 * A program that waits for events finds the caches cold again and again, and all that it does takes longer: calls took up
 * to 1.7 times as long in the candle pipeline at 20,000 candles a second, a hundred bursts (`load:baseline budget`). And
 * a measure of 200 ms may meet the machine at its fastest.
 */
const PROGRAM_FACTOR = 2;
/** Some milliseconds of rounds: a clock that has not moved by then stands still while a program works. */
const STILL_ROUNDS = 100;
/** What is taken for the cost where there is no clock to measure it: what calls cost on a slow machine. */
const ASSUMED_COST: CallCost = { recordedSeconds: 5e-7, sampledSeconds: 8e-7, skippedSeconds: 2e-8 };
const ROW = "2000-01-03,1469.25,1478.00,1438.36,1455.22,1455.22,931800000";

/** Measures it, at once or step by step. */
export class CallCostMeter {
  readonly #control: Control;
  readonly #timers: readonly RingTimer[];
  /** Seconds of a call at each of {@linkcode RATES}. */
  readonly #found: readonly number[][] = RATES.map(() => []);
  #leftMs = MEASURE_MS;

  /** Has measured nothing yet. */
  constructor(clock: Clock) {
    const memory = createThreadMemory(false);
    this.#control = new Control(memory.control);
    const recorder = recorderOf(clock, memory);
    this.#timers = Array.from({ length: TIMERS }, (_, i) => new RingTimer(recorder, i, undefined, false));
  }

  /**
   * Goes on with it.
   *
   * @param forMs How long, at most; as long as it takes if not given
   * @returns What calls cost, once that has taken long enough
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

  /** By turns, because the speed of a machine changes. */
  #measureRates(): void {
    const withoutMs = roundMs([]);
    RATES.forEach((rate, i) => {
      this.#control.set(true, rate);
      this.#found[i].push((roundMs(this.#timers) - withoutMs) / (PIECES * TIMERS * MS_PER_SECOND));
    });
  }

  #cost(): CallCost {
    // While the first half was measured, V8 compiled what is called.
    const [recordedSeconds, mixedSeconds, skippedSeconds] = this.#found.map((each) =>
      Math.max(0, medianOf(each.slice(each.length >> 1))) * PROGRAM_FACTOR
    );
    const sampledSeconds = (mixedSeconds - (1 - SAMPLED_RATE) * skippedSeconds) / SAMPLED_RATE;
    // However others used the machine meanwhile: what does more costs more.
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

/** Timings as programs have them: each at a place of its own, some within others. */
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

/** Something that programs do: a row of text becomes an object. Takes a microsecond. */
function work(piece: number): number {
  const [date, open, high, low, close] = `${piece}-${ROW}`.split(",");
  const candle = { date, open: Number(open), high: Number(high), low: Number(low), close: Number(close) };
  return candle.date.length + candle.open + candle.high + candle.low + candle.close;
}
