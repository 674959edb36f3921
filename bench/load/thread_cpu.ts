/**
 * CPU time of the calling thread alone: what the aggregator, V8's helpers and Deno's own threads take is not in it.
 *
 * @module
 */

import process from "node:process";

/** What Linux has run of a thread, in nanoseconds, comes first in it. */
const SCHEDSTAT = "/proc/thread-self/schedstat";

/**
 * Milliseconds that this thread has run, from some origin. To the nanosecond on Linux, where `/proc` may be read; else in
 * steps of what the system counts by, some milliseconds.
 */
export function threadCpuMs(): number {
  if (Deno.build.os === "linux" && Deno.permissions.querySync({ name: "read" }).state === "granted") {
    try {
      return Number(Deno.readTextFileSync(SCHEDSTAT).split(" ")[0]) / 1e6;
    } catch {
      // A kernel without it, or a permission that does not go that far.
    }
  }
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
