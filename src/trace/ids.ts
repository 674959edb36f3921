/**
 * New ids of traces and spans.
 *
 * They come from the system's random numbers, fetched many at a time: one fetch for each id takes five times as long.
 * A generator of our own would not be much faster, because most of the time goes into the digits, and two processes
 * that start from the same state would give the same ids.
 *
 * @module
 */

const POOL_BYTES = 4_096;
const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

const DIGITS: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

const pool = new Uint8Array(POOL_BYTES);
/** Some runtimes give no random numbers while modules are loaded, so the pool is filled when it is first used. */
let next = POOL_BYTES;

/** The id of a new trace: 32 random hexadecimal digits, not all of them zero. */
export function newTraceId(): string {
  return newId(TRACE_ID_BYTES);
}

/** The id of a new span: 16 random hexadecimal digits, not all of them zero. */
export function newSpanId(): string {
  return newId(SPAN_ID_BYTES);
}

function newId(bytes: number): string {
  for (;;) {
    if (next + bytes > POOL_BYTES) fill();
    const end = next + bytes;
    let id = "";
    let union = 0;
    for (; next < end; next++) {
      union |= pool[next];
      id += DIGITS[pool[next]];
    }
    if (union !== 0) return id;
  }
}

function fill(): void {
  crypto.getRandomValues(pool);
  next = 0;
}
