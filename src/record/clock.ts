/**
 * Clocks of timings. The clock, not the ring, dominates the cost of a timing, so programs choose one:
 *
 * - `performance`: `performance.now()`, everywhere.
 * - `ffi`: `clock_gettime(CLOCK_MONOTONIC)` called through `Deno.dlopen`, on Linux and macOS with `--allow-ffi`, for all
 *   libraries or the C library alone; about three times faster.
 * - `auto`: `ffi` where the permission is already granted, else `performance`. Never prompts.
 *
 * All are monotonic and count milliseconds from an arbitrary origin.
 *
 * @module
 */

import { typeError } from "../check/errors.ts";
import { type Place, refusal } from "../check/place.ts";
import { openFfiClock } from "../platform/ffi_clock.ts";

/**
 * Monotonic clock in milliseconds, such as `performance`.
 *
 * @example A clock that a test moves
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import type { Clock } from "@hotpath/metrics";
 *
 * let nowMs = 0;
 * const clock: Clock = { now: () => nowMs };
 * nowMs += 5;
 * assertEquals(clock.now(), 5);
 * ```
 */
export interface Clock {
  /**
   * Returns milliseconds since an arbitrary origin, never less than the previous call, never below 0. If it throws or
   * returns anything else, a timing that starts or ends then is rejected and counted in
   * `hotpath_records_rejected_total`.
   */
  now(): number;
}

/** Name of a clock of the `clock` option. */
export type ClockName = "auto" | "ffi" | "performance";

const NAMES: readonly ClockName[] = ["auto", "ffi", "performance"];
const PLACE: Place = { action: "create metrics", path: "clock" };

/** Clock that the `clock` option has resolved to. */
export interface ClockChoice {
  readonly clock: Clock;
  /** Name of the clock; `"injected"` for a clock of the caller. */
  readonly name: Exclude<ClockName, "auto"> | "injected";
}

/**
 * Resolves the `clock` option.
 *
 * @param wanted Name of a clock, or a clock
 * @throws {TypeError} If it is neither, or the clock does not return a finite number
 * @throws {RangeError} If the name is unknown
 * @throws {Error} If `"ffi"` is wanted and cannot be opened
 */
export function chooseClock(wanted: ClockName | Clock): ClockChoice {
  if (typeof wanted === "object" && wanted !== null) {
    if (typeof wanted.now !== "function") throw refusal(PLACE, "have a now() method", wanted, false);
    checkReading(wanted);
    return { clock: wanted, name: "injected" };
  }
  switch (wanted) {
    case "performance":
      return { clock: new PerformanceClock(), name: "performance" };
    case "ffi":
      return { clock: openFfiClock(), name: "ffi" };
    case "auto":
      return autoClock();
    default:
      throw refusal(PLACE, 'be "auto", "ffi", "performance" or a clock', wanted, typeof wanted === "string", NAMES);
  }
}

/** Reads a clock once, so that a broken clock is rejected early. */
function checkReading(clock: Clock): void {
  let reading: unknown;
  try {
    reading = clock.now();
  } catch (cause) {
    throw new TypeError("Cannot create metrics: clock.now() must return a finite number, it has thrown", { cause });
  }
  if (!Number.isFinite(reading)) {
    throw typeError("create metrics", "clock.now()", "return a finite number", reading);
  }
}

function autoClock(): ClockChoice {
  try {
    return { clock: openFfiClock(), name: "ffi" };
  } catch {
    return { clock: new PerformanceClock(), name: "performance" };
  }
}

class PerformanceClock implements Clock {
  now(): number {
    return performance.now();
  }
}
