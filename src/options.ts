/**
 * The options of {@linkcode createMetrics}: what they are, their defaults, their checks.
 *
 * @module
 */

import { type Duration, parseDuration } from "./duration.ts";
import { checkOptionNames, rangeError, typeError } from "./errors.ts";
import { chooseClock, type Clock, type ClockChoice, type ClockName } from "./record/clock.ts";
import type { OverflowPolicy } from "./model.ts";
import type { WindowSpec } from "./window/sliding_window.ts";

/** How metrics are recorded and aggregated. */
export interface MetricsOptions {
  /**
   * Where aggregation happens: in a `"worker"` of its own (the default), or `"inline"` on the
   * calling thread, for runtimes without workers and for tests.
   */
  readonly aggregation?: "worker" | "inline";
  /**
   * The clock of timings. `"auto"` (the default) takes `"ffi"` where `--allow-ffi` is granted, else
   * `"performance"`. A clock of your own also times the windows if aggregation is inline.
   */
  readonly clock?: ClockName | Clock;
  /** Records of 32 bytes that the ring holds: a power of two, 64 to 16,777,216; 131,072 by default. */
  readonly ringCapacity?: number;
  /**
   * What a full ring does: `"overwrite-oldest"` (the default) gives up the oldest eighth of its records, because fresh
   * data matters most; `"drop-newest"` leaves out the new record. Either way every lost record is counted.
   */
  readonly overflow?: OverflowPolicy;
  /** Milliseconds between drains when little happens, 1 to 60,000; 100 by default. */
  readonly drainIntervalMs?: number;
  /** The sliding windows, at most 8, 100 ms to 24 h each; `["1s", "5s", "1m", "5m"]` by default. */
  readonly windows?: readonly Duration[];
  /** Series before new label sets go to an overflow series, 1 to 1,000,000; 10,000 by default. */
  readonly seriesMax?: number;
  /** Whether anything is recorded at first; `true` by default. */
  readonly enabled?: boolean;
  /** Which share of the calls of histograms and timers is recorded at first; all by default. */
  readonly sampling?: SamplingOptions;
  /**
   * How long a series may be idle. One that nothing was recorded in for so long, or whose value has not changed, is
   * left out of snapshots and scrapes, and what a distribution holds is freed. When it is recorded in again, a counter
   * or gauge is back with its value, a histogram or timer starts anew. Never by default. Idle series still count
   * towards `seriesMax`.
   */
  readonly idleTtl?: Duration;
}

/** How calls are sampled. */
export interface SamplingOptions {
  /** The share of calls that are recorded, 0 to 1; 1 by default. */
  readonly rate?: number;
  /** A whole number that the choice of calls follows from; a random one by default. */
  readonly seed?: number;
}

/** The options after checks, with all defaults. */
export interface ResolvedOptions {
  /** See {@linkcode MetricsOptions.aggregation}. */
  readonly aggregation: "worker" | "inline";
  /** See {@linkcode MetricsOptions.clock}. */
  readonly clock: ClockChoice;
  /** See {@linkcode MetricsOptions.ringCapacity}. */
  readonly ringCapacity: number;
  /** See {@linkcode MetricsOptions.overflow}. */
  readonly overflow: OverflowPolicy;
  /** See {@linkcode MetricsOptions.drainIntervalMs}. */
  readonly drainIntervalMs: number;
  /** See {@linkcode MetricsOptions.windows}. */
  readonly windows: readonly WindowSpec[];
  /** See {@linkcode MetricsOptions.seriesMax}. */
  readonly seriesMax: number;
  /** See {@linkcode MetricsOptions.enabled}. */
  readonly enabled: boolean;
  /** See {@linkcode MetricsOptions.sampling}. */
  readonly sampling: Required<SamplingOptions>;
  /** See {@linkcode MetricsOptions.idleTtl}; `Infinity` for never. */
  readonly idleTtlMs: number;
}

const DEFAULTS = {
  aggregation: "worker",
  clock: "auto",
  ringCapacity: 131_072,
  overflow: "overwrite-oldest",
  drainIntervalMs: 100,
  windows: ["1s", "5s", "1m", "5m"],
  seriesMax: 10_000,
  enabled: true,
  sampling: {},
  idleTtl: undefined,
} as const satisfies { [Name in keyof Required<MetricsOptions>]: MetricsOptions[Name] };

const ACTION = "create metrics";
const RING_CAPACITY_MIN = 64;
const RING_CAPACITY_MAX = 2 ** 24;
const SEED_MAX = 2 ** 32 - 1;
const WINDOWS_MAX = 8;
const WINDOW_MIN_MS = 100;
const WINDOW_MAX_MS = 24 * 3_600_000;

/**
 * Checks options and fills in the defaults.
 *
 * @throws {TypeError} If an option has the wrong type or is unknown
 * @throws {RangeError} If an option is out of range
 */
export function resolveOptions(options: MetricsOptions): ResolvedOptions {
  checkOptionNames(ACTION, options, Object.keys(DEFAULTS));
  const given = { ...DEFAULTS, ...withoutUndefined(options) };
  return {
    aggregation: checkOneOf("aggregation", given.aggregation, ["worker", "inline"]),
    clock: chooseClock(given.clock),
    ringCapacity: checkRingCapacity(given.ringCapacity),
    overflow: checkOneOf("overflow", given.overflow, ["overwrite-oldest", "drop-newest"]),
    drainIntervalMs: checkWhole("drainIntervalMs", given.drainIntervalMs, 1, 60_000),
    windows: checkWindows(given.windows),
    seriesMax: checkWhole("seriesMax", given.seriesMax, 1, 1_000_000),
    enabled: checkBoolean("enabled", given.enabled),
    sampling: checkSampling(given.sampling),
    idleTtlMs: given.idleTtl === undefined ? Infinity : parseDuration(given.idleTtl, ACTION, "idleTtl"),
  };
}

/**
 * Checks a share of calls.
 *
 * @throws {TypeError} If it is no number
 * @throws {RangeError} If it is not from 0 to 1
 */
export function checkRate(action: string, field: string, given: unknown): number {
  if (typeof given !== "number") throw typeError(action, field, "be a number", given);
  if (!(given >= 0 && given <= 1)) throw rangeError(action, field, "be from 0 to 1", given);
  return given;
}

function checkSampling(given: unknown): Required<SamplingOptions> {
  if (typeof given !== "object" || given === null) throw typeError(ACTION, "sampling", "be an object", given);
  checkOptionNames(`${ACTION} with sampling`, given, ["rate", "seed"]);
  const { rate = 1, seed = randomSeed() } = given as SamplingOptions;
  return {
    rate: checkRate(ACTION, "sampling.rate", rate),
    seed: checkWhole("sampling.seed", seed, 0, SEED_MAX),
  };
}

function randomSeed(): number {
  return Math.floor(Math.random() * SEED_MAX);
}

function checkBoolean(field: string, given: unknown): boolean {
  if (typeof given !== "boolean") throw typeError(ACTION, field, "be a boolean", given);
  return given;
}

function withoutUndefined(options: MetricsOptions): MetricsOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function checkOneOf<Choice extends string>(field: string, given: unknown, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === given);
  if (choice !== undefined) return choice;
  const must = `be ${choices.map((each) => JSON.stringify(each)).join(" or ")}`;
  throw typeof given === "string" ? rangeError(ACTION, field, must, given) : typeError(ACTION, field, must, given);
}

function checkWhole(field: string, given: unknown, min: number, max: number): number {
  if (typeof given !== "number") throw typeError(ACTION, field, "be a number", given);
  if (!Number.isInteger(given) || given < min || given > max) {
    throw rangeError(ACTION, field, `be a whole number from ${min} to ${max}`, given);
  }
  return given;
}

function checkRingCapacity(given: unknown): number {
  const capacity = checkWhole("ringCapacity", given, RING_CAPACITY_MIN, RING_CAPACITY_MAX);
  if ((capacity & (capacity - 1)) !== 0) throw rangeError(ACTION, "ringCapacity", "be a power of two", capacity);
  return capacity;
}

function checkWindows(given: unknown): WindowSpec[] {
  if (!Array.isArray(given)) throw typeError(ACTION, "windows", 'be an array such as ["1s", "1m"]', given);
  if (given.length > WINDOWS_MAX) throw rangeError(ACTION, "windows", `be at most ${WINDOWS_MAX}`, given.length);
  const windows = given.map((name) => ({ name, lengthMs: parseDuration(name, ACTION, "windows") }));
  for (const { name, lengthMs } of windows) {
    if (lengthMs < WINDOW_MIN_MS || lengthMs > WINDOW_MAX_MS) {
      throw rangeError(ACTION, "windows", "each be from 100ms to 24h", name);
    }
    if (windows.filter((other) => other.lengthMs === lengthMs).length > 1) {
      throw rangeError(ACTION, "windows", "differ", given);
    }
  }
  return windows;
}
