/**
 * Clocks for timings. The clock, not the ring, is the cost of a timing, so there is a choice:
 *
 * - `performance`: `performance.now()`, everywhere.
 * - `ffi`: `clock_gettime(CLOCK_MONOTONIC)` called through `Deno.dlopen`, on Linux and macOS with
 *   `--allow-ffi`; about three times faster.
 * - `auto`: `ffi` where the permission is already granted, else `performance`. Never prompts.
 *
 * All are monotonic and count milliseconds from an origin of their own.
 *
 * @module
 */

import { rangeError, typeError } from "../errors.ts";

/**
 * A monotonic clock in milliseconds. `performance` is one.
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
   * Milliseconds since an arbitrary origin, never less than at the call before, never below 0. A timing that begins or
   * ends while it throws or gives anything else is rejected and counted in `hotpath_records_rejected_total`.
   */
  now(): number;
}

/** The clocks that can be asked for by name. */
export type ClockName = "auto" | "ffi" | "performance";

/** A clock and what is known about it. */
export interface ClockChoice {
  /** The clock. */
  readonly clock: Clock;
  /** Its name, `"injected"` for one that the caller brought. */
  readonly name: Exclude<ClockName, "auto"> | "injected";
}

/**
 * Finds the clock for an option.
 *
 * @param wanted A name, or a clock of the caller's
 * @throws {TypeError} If it is neither, or the clock does not show a finite number
 * @throws {RangeError} If the name is unknown
 * @throws {Error} If `"ffi"` is asked for and cannot be had
 */
export function chooseClock(wanted: ClockName | Clock): ClockChoice {
  if (typeof wanted === "object" && wanted !== null) {
    if (typeof wanted.now !== "function") throw typeError("create metrics", "clock", "have a now() method", wanted);
    checkReading(wanted);
    return { clock: wanted, name: "injected" };
  }
  switch (wanted) {
    case "performance":
      return { clock: new PerformanceClock(), name: "performance" };
    case "ffi":
      return { clock: openFfiClock(), name: "ffi" };
    case "auto":
      return isFfiGranted() ? autoClock() : { clock: new PerformanceClock(), name: "performance" };
    default:
      throw rangeError("create metrics", "clock", 'be "auto", "ffi", "performance" or a clock', wanted);
  }
}

/** Looks at a clock once: one that is wrong at once will not be right later. */
function checkReading(clock: Clock): void {
  let shown: unknown;
  try {
    shown = clock.now();
  } catch (cause) {
    throw new TypeError("Cannot create metrics: clock.now() must give a finite number, it has thrown", { cause });
  }
  if (!Number.isFinite(shown)) throw typeError("create metrics", "clock.now()", "give a finite number", shown);
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

/** The C library and the number of CLOCK_MONOTONIC, by operating system. */
const C_LIBRARIES: Readonly<Record<string, { paths: string[]; clockId: number }>> = {
  linux: { paths: ["libc.so.6", "libc.so"], clockId: 1 },
  darwin: { paths: ["/usr/lib/libSystem.B.dylib"], clockId: 6 },
};

// A buffer parameter costs 15 ns more per call than a pointer that is taken once.
const CLOCK_GETTIME = { clock_gettime: { parameters: ["i32", "pointer"], result: "i32" } } as const;

type ClockGettime = (clockId: number, timespec: Deno.PointerValue) => number;

class FfiClock implements Clock {
  readonly #clockGettime: ClockGettime;
  readonly #clockId: number;
  /** `struct timespec` as 64-bit Linux and macOS lay it out: seconds, then nanoseconds. */
  readonly #timespec: Uint32Array<ArrayBuffer>;
  readonly #pointer: Deno.PointerValue;

  constructor(clockGettime: ClockGettime, clockId: number) {
    this.#clockGettime = clockGettime;
    this.#clockId = clockId;
    this.#timespec = new Uint32Array(4);
    this.#pointer = Deno.UnsafePointer.of(this.#timespec);
  }

  now(): number {
    this.#clockGettime(this.#clockId, this.#pointer);
    // The low halves are enough: seconds since boot stay below 2³² for 136 years.
    return this.#timespec[0] * 1_000 + this.#timespec[2] / 1_000_000;
  }
}

/** One for the whole thread: V8 calls a foreign function without detours only while there is just the one. */
let ffiClock: FfiClock | undefined;

function openFfiClock(): Clock {
  const system = typeof Deno === "undefined" ? "no Deno" : Deno.build.os;
  const library = C_LIBRARIES[system];
  if (library === undefined) {
    throw new Error(`Cannot open the ffi clock: it needs Deno on Linux or macOS, this is ${system}`);
  }
  if (!isFfiGranted()) {
    throw new Error('Cannot open the ffi clock: permission is missing, run with --allow-ffi or use clock: "auto"');
  }
  if (ffiClock !== undefined) return ffiClock;
  let cause: unknown;
  for (const path of library.paths) {
    try {
      const { symbols } = Deno.dlopen(path, CLOCK_GETTIME);
      return ffiClock = new FfiClock(symbols.clock_gettime, library.clockId);
    } catch (error) {
      cause = error;
    }
  }
  throw new Error(`Cannot open the ffi clock: no clock_gettime in ${library.paths.join(", ")}`, { cause });
}

function isFfiGranted(): boolean {
  if (typeof Deno === "undefined") return false;
  return Deno.permissions.querySync({ name: "ffi" }).state === "granted";
}
