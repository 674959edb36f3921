/**
 * `clock_gettime(CLOCK_MONOTONIC)` called through `Deno.dlopen`, on Linux and macOS.
 *
 * @module
 */

import { isGranted } from "./permissions.ts";
import { isDeno } from "./runtime.ts";

/** C library of a system, and its id of `CLOCK_MONOTONIC`. */
interface CLibrary {
  /** File names that the system's loader resolves. */
  readonly names: readonly string[];
  /** Paths, one of which a permission for this file alone names. */
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

// A buffer parameter costs 15 ns more per call than a pointer taken once, but a pointer needs the whole permission.
const BY_POINTER = { clock_gettime: { parameters: ["i32", "pointer"], result: "i32" } } as const;
const BY_BUFFER = { clock_gettime: { parameters: ["i32", "buffer"], result: "i32" } } as const;

/** `struct timespec` of 64-bit Linux and macOS: seconds, then nanoseconds. */
type Timespec = Uint32Array<ArrayBuffer>;
/** Argument of `clock_gettime` for the address of a `timespec`. */
type Address = Deno.PointerValue | Timespec;
type ClockGettime = (clockId: number, address: Address) => number;

/** Monotonic clock in milliseconds. */
export class FfiClock {
  readonly #clockGettime: ClockGettime;
  readonly #clockId: number;
  readonly #timespec: Timespec;
  readonly #address: Address;

  /** Creates a clock from an opened function. */
  constructor(clockGettime: ClockGettime, clockId: number, timespec: Timespec, address: Address) {
    this.#clockGettime = clockGettime;
    this.#clockId = clockId;
    this.#timespec = timespec;
    this.#address = address;
  }

  /** Returns milliseconds since an arbitrary origin. */
  now(): number {
    this.#clockGettime(this.#clockId, this.#address);
    // The low halves are enough: seconds since boot stay below 2³² for 136 years.
    return this.#timespec[0] * 1_000 + this.#timespec[2] / 1_000_000;
  }
}

/**
 * Clock of the thread. There is only one, because V8 calls a foreign function directly only while there is a single
 * one.
 */
let ffiClock: FfiClock | undefined;

/**
 * Opens the clock of this thread. Never prompts.
 *
 * @throws {Error} If the system or runtime is not supported, or the permission is missing
 */
export function openFfiClock(): FfiClock {
  const library = isDeno() ? cLibrary() : undefined;
  if (library === undefined) {
    const system = isDeno() ? Deno.build.os : "not Deno";
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

/**
 * Whether a library may be opened, or any library if the path is omitted. Identified by path, because Deno resolves a
 * bare name to a file of the working directory.
 */
function isFfiGranted(path?: string): boolean {
  return isGranted({ name: "ffi", path });
}
