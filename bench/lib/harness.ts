/**
 * What all benches share: cases that are timed in turn within one run, so that their ratios hold on
 * a noisy machine, and targets on those ratios.
 *
 * A case is timed in bursts. In each round every case has one burst, in an order that rotates; the
 * ratio of two cases is the median of their ratios round by round. What must not be timed (letting
 * the aggregator catch up) is done between bursts.
 *
 * @module
 */

import { blockOfCallMs, percentile99 } from "./event_loop.ts";

/** Something that is timed. */
export interface Case {
  /** Its name in the table. */
  readonly name: string;
  /** Operations in a burst. */
  readonly burst: number;
  /**
   * Whether it is not ours, so that no change of ours makes it slower: a bare store, a peer. As a ladder's first case it is
   * the baseline that the others are ratios to.
   */
  readonly isReference?: boolean;
  /** Whether it always does a whole burst, also where a shorter one is asked for. */
  readonly isIndivisible?: boolean;
  /**
   * Operations of one call that holds its thread from beginning to end, if such a call is long enough to matter to an event
   * loop: how long single calls hold it is measured then, too.
   */
  readonly operationsPerCall?: number;
  /** Untimed preparation of that many operations. */
  readonly prepare?: (count: number) => void | Promise<void>;
  /** Does that many operations, synchronously or not. */
  readonly run: (count: number) => void | Promise<void>;
  /** Brings back the state before the burst, untimed. */
  readonly settle?: () => void | Promise<void>;
}

/** A promise about two cases of a ladder. */
export interface Target {
  /** The case that is measured. */
  readonly name: string;
  /** Case that it is compared with. */
  readonly reference: string;
  /** At least so many times faster than the reference; below one it may be slower. */
  readonly timesFaster: number;
}

/** Cases that answer one question. */
export interface Ladder {
  /** The question. */
  readonly name: string;
  /** Cases, cheapest first. */
  readonly cases: readonly Case[];
  /** Promises to check. */
  readonly targets: readonly Target[];
  /** Cases that must not allocate. */
  readonly allocationFree?: readonly string[];
  /**
   * Checks what was recorded once all rounds are over: throws if a record is missing. May give lines
   * that belong under the table.
   */
  readonly verify?: () => Promise<readonly string[] | void>;
  /** Promises that are no ratio of times: what was missed, once all is verified. Judged as the targets are. */
  readonly judge?: (measurements: readonly Measurement[]) => readonly string[];
}

/** The ladders of a file by their names on the command line, each made when it is run. */
export type Ladders = Readonly<Record<string, () => Ladder | Promise<Ladder>>>;

/** Outcome of a case. */
export interface Measurement {
  /** The case. */
  readonly name: string;
  /** Nanoseconds of an operation, median of the rounds. */
  readonly nsPerOperation: number;
  /** Bytes allocated on this thread's heap by an operation, median of the rounds. */
  readonly bytesPerOperation: number;
  /** Times that it takes of the ladder's baseline, median of the rounds; not there without a baseline. */
  readonly timesOfBaseline?: number;
  /** Milliseconds that a single call holds the event loop, 99th percentile; not there where that has no meaning. */
  readonly blockMs?: number;
}

/** A target and what was reached. */
export interface Verdict extends Target {
  /** The median ratio. */
  readonly reached: number;
  /** Whether it is enough. */
  readonly isMet: boolean;
}

/** The outcome of a ladder. */
export interface Report {
  /** The ladder's name. */
  readonly name: string;
  /** By case. */
  readonly measurements: readonly Measurement[];
  /** By target. */
  readonly verdicts: readonly Verdict[];
  /** Cases that allocate and must not. */
  readonly allocating: readonly string[];
  /** Broken promises that are not ratios. */
  readonly missed: readonly string[];
  /** Lines that belong under the table. */
  readonly facts: readonly string[];
  /** Failures, such as missing records. */
  readonly failures: readonly string[];
  /** Milliseconds that a round took, untimed work and all; the median. */
  readonly roundMs: number;
}

const WARM_UP_ROUNDS = 8;
/** Of a comparison's many runs: where a round is long, a few compile all that is called. */
const WARM_UP_ROUNDS_MIN = 3;
const WARM_UP_MS = 250;
const ALLOCATION_ROUNDS = 21;
const ALLOCATION_BURST = 4_096;
/** Short bursts before those that are measured, at most; and how long they may take. */
const ALLOCATION_WARM_UP_ROUNDS = 200;
const ALLOCATION_WARM_UP_MS = 300;
/** Single calls, at most; as many as there is time for, but never fewer than the least. */
const BLOCK_CALLS = 500;
const BLOCK_CALLS_MIN = 10;
const BLOCK_MS = 500;
/** Approximate bytes that `Deno.memoryUsage` itself allocates between its two calls. */
const MEASURING_BYTES = 300;
/** Allocations of the measurement itself, spread over a burst, stay far below one object per call. */
const BYTES_TOLERATED = 1;

/**
 * Runs a ladder.
 *
 * @param rounds How often each case has its burst
 * @param isTimeOnly Whether bytes are of no interest, and are given as 0
 */
export async function runLadder(ladder: Ladder, rounds: number, isTimeOnly: boolean = false): Promise<Report> {
  const { cases } = ladder;
  const ns: number[][] = cases.map(() => []);
  const roundsMs: number[] = [];
  const warmUpRounds = await warmUp(cases, isTimeOnly);
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    await runRound(cases, round + warmUpRounds, (at, measured) => ns[at].push(measured));
    roundsMs.push(performance.now() - startMs);
  }
  const bytes: number[] = [];
  const blocksMs: (number | undefined)[] = [];
  for (const each of cases) {
    bytes.push(isTimeOnly ? 0 : await measureBytes(each));
    blocksMs.push(isTimeOnly ? undefined : await measureBlock(each));
  }
  const failures: string[] = [];
  let facts: readonly string[] = [];
  try {
    facts = await ladder.verify?.() ?? [];
  } catch (error) {
    failures.push(error instanceof Error ? error.message : String(error));
  }
  const hasBaseline = cases[0]?.isReference === true;
  const measurements = cases.map(({ name }, i) => ({
    name,
    nsPerOperation: median(ns[i]),
    bytesPerOperation: bytes[i],
    ...(blocksMs[i] !== undefined ? { blockMs: blocksMs[i] } : {}),
    ...(hasBaseline ? { timesOfBaseline: median(ns[i].map((value, round) => value / ns[0][round])) } : {}),
  }));
  const allocating: string[] = [];
  for (const name of ladder.allocationFree ?? []) {
    const found = measurements[indexOf(cases, name)].bytesPerOperation;
    if (found >= BYTES_TOLERATED) allocating.push(`${name} allocates ${found.toFixed(2)} bytes a call`);
  }
  const verdicts = ladder.targets.map((target) => {
    const mine = ns[indexOf(cases, target.name)];
    const theirs = ns[indexOf(cases, target.reference)];
    const reached = median(mine.map((value, round) => theirs[round] / value));
    return { ...target, reached, isMet: reached >= target.timesFaster };
  });
  const missed = ladder.judge?.(measurements) ?? [];
  return { name: ladder.name, measurements, verdicts, allocating, missed, facts, failures, roundMs: median(roundsMs) };
}

/**
 * Registers the cases with `deno bench`, a group per ladder, an operation being a burst. Under any other command ladders
 * are made only when they are run.
 */
export async function registerBenches(ladders: Ladders): Promise<void> {
  // `deno bench` makes each file that it finds the main module.
  if (!Deno.mainModule.endsWith("_bench.ts")) return;
  for (const create of Object.values(ladders)) {
    const { name: group, cases } = await create();
    cases.forEach(({ name, burst, prepare, run, settle }, i) => {
      Deno.bench(`${name} × ${burst}`, { group, baseline: i === 0 }, async (bench) => {
        await prepare?.(burst);
        bench.start();
        await run(burst);
        bench.end();
        await settle?.();
      });
    });
  }
}

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Runs rounds that do not count and returns their number. */
async function warmUp(cases: readonly Case[], isTimeOnly: boolean): Promise<number> {
  const startMs = performance.now();
  for (let round = 0; round < WARM_UP_ROUNDS; round++) {
    const isEnough = round >= WARM_UP_ROUNDS_MIN && performance.now() - startMs >= WARM_UP_MS;
    if (isTimeOnly && isEnough) return round;
    await runRound(cases, round, () => {});
  }
  return WARM_UP_ROUNDS;
}

/** One burst of each case, in an order that rotates from round to round. */
async function runRound(cases: readonly Case[], round: number, note: (at: number, ns: number) => void): Promise<void> {
  for (let turn = 0; turn < cases.length; turn++) {
    const at = (turn + round) % cases.length;
    note(at, await measureTime(cases[at]));
  }
}

async function measureTime({ prepare, run, burst, settle }: Case): Promise<number> {
  await prepare?.(burst);
  const startMs = performance.now();
  const running = run(burst);
  if (running !== undefined) await running;
  const elapsedMs = performance.now() - startMs;
  await settle?.();
  return elapsedMs * 1e6 / burst;
}

/**
 * Bytes that an operation allocates on this thread's heap. In bursts so short that the garbage
 * collector hardly ever runs within one; the median excludes those in which it did.
 */
async function measureBytes({ prepare, run, burst, isIndivisible, settle }: Case): Promise<number> {
  const count = isIndivisible ? burst : Math.min(burst, ALLOCATION_BURST);
  const bytes: number[] = [];
  // V8 compiles a function that is called often apart from a loop that runs long: short bursts need their own warm-up.
  const endMs = performance.now() + ALLOCATION_WARM_UP_MS;
  for (let round = 0; round < ALLOCATION_WARM_UP_ROUNDS && performance.now() < endMs; round++) {
    await prepare?.(count);
    await run(count);
    await settle?.();
  }
  for (let round = 0; round < ALLOCATION_ROUNDS; round++) {
    await prepare?.(count);
    const before = Deno.memoryUsage().heapUsed;
    const running = run(count);
    if (running !== undefined) await running;
    bytes.push((Deno.memoryUsage().heapUsed - before - MEASURING_BYTES) / count);
    await settle?.();
  }
  return Math.max(0, median(bytes));
}

/** How long a single call holds the event loop, if that is of interest. */
async function measureBlock({ prepare, run, operationsPerCall, settle }: Case): Promise<number | undefined> {
  if (operationsPerCall === undefined) return undefined;
  const callsMs: number[] = [];
  const endMs = performance.now() + BLOCK_MS;
  for (let call = 0; call < BLOCK_CALLS; call++) {
    if (call >= BLOCK_CALLS_MIN && performance.now() >= endMs) break;
    await prepare?.(operationsPerCall);
    callsMs.push(await blockOfCallMs(() => run(operationsPerCall)));
    await settle?.();
  }
  return percentile99(callsMs);
}

function indexOf(cases: readonly Case[], name: string): number {
  const index = cases.findIndex((each) => each.name === name);
  if (index < 0) throw new Error(`Cannot find the case ${name}`);
  return index;
}
