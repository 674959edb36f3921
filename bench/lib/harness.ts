/**
 * Runs a ladder: its cases are timed in turn within one run, so that their ratios hold on a noisy machine, and its promises
 * are checked.
 *
 * A case is timed in bursts. In each round every case has one burst, in an order that rotates; the ratio of two cases is
 * the median of their ratios round by round. What must not be timed (letting the aggregator catch up) is done between
 * bursts.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";
import type { Case, Ladder, Ladders, Report } from "./ladder.ts";

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

/** How thoroughly a ladder runs. */
export interface Effort {
  /** How often each case has its burst. */
  readonly rounds: number;
  /** Whether only times are measured: bytes are reported as 0. */
  readonly isTimeOnly?: boolean;
  /** Whether the ladder only has to work: nothing is warmed up, and bytes and single calls are measured once. */
  readonly isShort?: boolean;
}

/** Runs a ladder. */
export async function runLadder(ladder: Ladder, { rounds, isTimeOnly, isShort }: Effort): Promise<Report> {
  const { cases } = ladder;
  const ns: number[][] = cases.map(() => []);
  const roundsMs: number[] = [];
  const warmUpRounds = isShort ? 0 : await warmUp(cases, isTimeOnly);
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    await runRound(cases, round + warmUpRounds, (at, measured) => ns[at].push(measured));
    roundsMs.push(performance.now() - startMs);
  }
  const bytes: number[] = [];
  const blocksMs: (number | undefined)[] = [];
  for (const each of cases) {
    bytes.push(isTimeOnly ? 0 : await measureBytes(each, isShort));
    blocksMs.push(isTimeOnly ? undefined : await measureBlock(each, isShort));
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
async function warmUp(cases: readonly Case[], isTimeOnly = false): Promise<number> {
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
async function measureBytes({ prepare, run, burst, isIndivisible, settle }: Case, isShort = false): Promise<number> {
  const count = isIndivisible ? burst : Math.min(burst, ALLOCATION_BURST);
  const bytes: number[] = [];
  // V8 compiles a function that is called often apart from a loop that runs long: short bursts need their own warm-up.
  const endMs = performance.now() + (isShort ? 0 : ALLOCATION_WARM_UP_MS);
  for (let round = 0; round < ALLOCATION_WARM_UP_ROUNDS && performance.now() < endMs; round++) {
    await prepare?.(count);
    await run(count);
    await settle?.();
  }
  for (let round = 0; round < (isShort ? 1 : ALLOCATION_ROUNDS); round++) {
    await prepare?.(count);
    const before = Deno.memoryUsage().heapUsed;
    const running = run(count);
    if (running !== undefined) await running;
    bytes.push((Deno.memoryUsage().heapUsed - before - MEASURING_BYTES) / count);
    await settle?.();
  }
  return Math.max(0, median(bytes));
}

/** How long a single call holds the event loop, if the case asks for it. */
async function measureBlock(
  { prepare, run, operationsPerCall, settle }: Case,
  isShort = false,
): Promise<number | undefined> {
  if (operationsPerCall === undefined) return undefined;
  const callsMs: number[] = [];
  const endMs = performance.now() + BLOCK_MS;
  for (let call = 0; call < (isShort ? 1 : BLOCK_CALLS); call++) {
    if (call >= BLOCK_CALLS_MIN && performance.now() >= endMs) break;
    await prepare?.(operationsPerCall);
    callsMs.push(await blockOfCallMs(() => run(operationsPerCall)));
    await settle?.();
  }
  return percentile99(callsMs);
}

/** Makes a call and returns the longest time in milliseconds for which it held the event loop: of a synchronous call, all
 * that it takes; of another, the longest that no other task runs until its promise settles. Waiting for another thread
 * holds nothing. */
export async function blockOfCallMs(call: () => void | Promise<void>): Promise<number> {
  let turnMs = performance.now();
  const running = call();
  if (running === undefined) return performance.now() - turnMs;
  let longestMs = 0;
  let isSettled = false;
  const settling = running.finally(() => isSettled = true);
  // It is awaited below; until then a rejection is not unhandled.
  settling.catch(() => {});
  do {
    await setImmediate();
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - turnMs);
    turnMs = nowMs;
  } while (!isSettled);
  await settling;
  return longestMs;
}

/** The value that 99 % do not exceed: the highest of fewer than a hundred. */
export function percentile99(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1];
}

function indexOf(cases: readonly Case[], name: string): number {
  const index = cases.findIndex((each) => each.name === name);
  if (index < 0) throw new Error(`Cannot find the case ${name}`);
  return index;
}
