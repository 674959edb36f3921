/**
 * Delays before a request is sent again: as long as the receiver asks for, else longer each time, with a random part so
 * that clients that failed together do not retry together.
 *
 * @module
 */

/** Limit on what a receiver may ask for: spans that wait are lost if the program ends. */
const RETRY_AFTER_MAX_MS = 300_000;

/**
 * Returns the milliseconds until the next attempt: a random time between half of the delay and all of it, where the
 * delay doubles with each attempt.
 *
 * @param attempts Attempts so far, at least one
 * @param firstMs Delay after the first attempt
 * @param longestMs Limit of the delay
 * @param random Returns numbers from 0 to below 1
 */
export function backOffDelayMs(attempts: number, firstMs: number, longestMs: number, random: () => number): number {
  const delayMs = Math.min(firstMs * 2 ** (attempts - 1), longestMs);
  return delayMs * (1 - random() / 2);
}

/**
 * Returns the delay that a `Retry-After` header asks for, in milliseconds.
 *
 * @param value Value of the header, seconds or a date; `null` if there is none
 * @param nowMs Time in milliseconds since the epoch
 * @returns At most five minutes; `undefined` if the value is neither
 */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  const delayMs = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(0, delayMs), RETRY_AFTER_MAX_MS);
}
