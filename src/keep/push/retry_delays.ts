/**
 * How long to wait before a request is sent again: as long as the receiver says, else longer each time, and never as
 * long as others who failed at the same moment.
 *
 * @module
 */

/** No receiver can put off an exporter for longer: what waits there is lost if the program ends. */
const RETRY_AFTER_MAX_MS = 300_000;

/**
 * Milliseconds until the next attempt: a random time between half of the delay and all of it, where the delay doubles
 * with each attempt.
 *
 * @param attempts Attempts so far, at least one
 * @param firstMs The delay after the first of them
 * @param longestMs What it grows to
 * @param random Gives numbers from 0 up to, not with, 1
 */
export function backOffDelayMs(attempts: number, firstMs: number, longestMs: number, random: () => number): number {
  const delayMs = Math.min(firstMs * 2 ** (attempts - 1), longestMs);
  return delayMs * (1 - random() / 2);
}

/**
 * What the header `Retry-After` asks for, in milliseconds.
 *
 * @param value The header's value, seconds or a date; `null` if there is none
 * @param nowMs The time, in milliseconds since the epoch
 * @returns The delay, at most five minutes; `undefined` if nothing can be told from it
 */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  const delayMs = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(0, delayMs), RETRY_AFTER_MAX_MS);
}
