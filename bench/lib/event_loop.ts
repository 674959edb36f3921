/**
 * How long a call holds the event loop: of a synchronous one, all that it takes; of another, the longest that nothing else
 * gets its turn until its promise settles. What waits for another thread holds nothing.
 *
 * @module
 */

import { setImmediate } from "node:timers/promises";

/** Makes a call and returns the milliseconds that it blocked the event loop at a stretch. */
export async function blockOfCallMs(call: () => void | Promise<void>): Promise<number> {
  let turnMs = performance.now();
  const running = call();
  if (running === undefined) return performance.now() - turnMs;
  let longestMs = 0;
  let isSettled = false;
  const settling = running.finally(() => isSettled = true);
  // It is awaited below; until then nobody is to call it unhandled.
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
