/**
 * Clocks for timings. The clock, not the ring, is the cost of a timing, so there is a choice:
 *
 * - `performance`: `performance.now()`, everywhere.
 * - `ffi`: `clock_gettime(CLOCK_MONOTONIC)` called through `Deno.dlopen`, on Linux and macOS with
 *   `--allow-ffi` or with that of the C library alone; about three times faster.
 * - `auto`: `ffi` where the permission is already granted, else `performance`. Never prompts.
 *
 * All are monotonic and count milliseconds from an origin of their own.
 *
 * @module
 */

import { rangeError, typeError } from "../check/errors.ts";

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
      return autoClock();
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

/** Where the C library is, and the number of CLOCK_MONOTONIC. */
interface CLibrary {
  /** As the system's loader finds it. */
  readonly names: readonly string[];
  /** As a permission for this file alone names it. */
  readonly paths: readonly string[];
  readonly clockId: number;
}

function cLibrary(): CLibrary | undefined {
  const { os, arch } = Deno.build;
  if (os === "darwin") {
    const paths = ["/usr/lib/libSystem.B.dylib"];
    return { names: paths, paths, clockId: 6 };
  }
  if (os !== "linux") return undefined;
  const folders = [`lib/${arch}-linux-gnu`, "lib64", "lib"].flatMap((folder) => [`/${folder}`, `/usr/${folder}`]);
  const paths = [...folders.map((folder) => `${folder}/libc.so.6`), `/lib/ld-musl-${arch}.so.1`];
  return { names: ["libc.so.6", "libc.so"], paths, clockId: 1 };
}

// A buffer parameter costs 15 ns more per call than a pointer that is taken once; but a pointer needs all of the permission.
const BY_POINTER = { clock_gettime: { parameters: ["i32", "pointer"], result: "i32" } } as const;
const BY_BUFFER = { clock_gettime: { parameters: ["i32", "buffer"], result: "i32" } } as const;

/** `struct timespec` as 64-bit Linux and macOS lay it out: seconds, then nanoseconds. */
type Timespec = Uint32Array<ArrayBuffer>;
/** What the function takes for a place in memory. */
type Place = Deno.PointerValue | Timespec;
type ClockGettime = (clockId: number, place: Place) => number;

class FfiClock implements Clock {
  readonly #clockGettime: ClockGettime;
  readonly #clockId: number;
  readonly #timespec: Timespec;
  readonly #place: Place;

  constructor(clockGettime: ClockGettime, clockId: number, timespec: Timespec, place: Place) {
    this.#clockGettime = clockGettime;
    this.#clockId = clockId;
    this.#timespec = timespec;
    this.#place = place;
  }

  now(): number {
    this.#clockGettime(this.#clockId, this.#place);
    // The low halves are enough: seconds since boot stay below 2³² for 136 years.
    return this.#timespec[0] * 1_000 + this.#timespec[2] / 1_000_000;
  }
}

/** One for the whole thread: V8 calls a foreign function without detours only while there is just the one. */
let ffiClock: FfiClock | undefined;

function openFfiClock(): Clock {
  const library = typeof Deno === "undefined" ? undefined : cLibrary();
  if (library === undefined) {
    const system = typeof Deno === "undefined" ? "no Deno" : Deno.build.os;
    throw new Error(`Cannot open the ffi clock: it needs Deno on Linux or macOS, this is ${system}`);
  }
  const { names, paths } = library;
  const isWhole = isFfiGranted();
  const granted = isWhole ? names : paths.filter(isFfiGranted);
  if (granted.length === 0) {
    throw new Error(
      `Cannot open the ffi clock: permission is missing, run with --allow-ffi, or with --allow-ffi=${paths[0]} ` +
        'or wherever that library is, or use clock: "auto"',
    );
  }
  if (ffiClock !== undefined) return ffiClock;
  let cause: unknown;
  for (const path of granted) {
    try {
      return ffiClock = isWhole ? byPointer(path, library) : byBuffer(path, library);
    } catch (error) {
      cause = error;
    }
  }
  throw new Error(`Cannot open the ffi clock: no clock_gettime in ${granted.join(", ")}`, { cause });
}

function byPointer(path: string, { clockId }: CLibrary): FfiClock {
  const { symbols } = Deno.dlopen(path, BY_POINTER);
  const timespec = new Uint32Array(4);
  return new FfiClock(symbols.clock_gettime as ClockGettime, clockId, timespec, Deno.UnsafePointer.of(timespec));
}

function byBuffer(path: string, { clockId }: CLibrary): FfiClock {
  const { symbols } = Deno.dlopen(path, BY_BUFFER);
  const timespec = new Uint32Array(4);
  return new FfiClock(symbols.clock_gettime as ClockGettime, clockId, timespec, timespec);
}

/** Whether a library may be opened, or any; a name alone is none, because Deno takes it for a file of the working directory. */
function isFfiGranted(path?: string): boolean {
  return Deno.permissions.querySync({ name: "ffi", path }).state === "granted";
}
