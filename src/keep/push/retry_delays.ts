/**
 * Delays before a request is repeated: the receiver's, if it names one, else longer each time, with a random part so
 * that clients that failed together do not retry together.
 *
 * @module
 */

/** Maximum delay that a receiver may ask for: waiting spans are lost if the program ends. */
const RETRY_AFTER_MAX_MS = 300_000;

/**
 * Returns the milliseconds until the next attempt: a random time between half of the delay and the whole, where the
 * delay doubles with each attempt.
 *
 * @param attempts Number of attempts so far, at least one
 * @param firstMs Delay after the first attempt
 * @param longestMs Maximum delay
 * @param random Returns numbers from 0 to below 1
 */
export function backOffDelayMs(attempts: number, firstMs: number, longestMs: number, random: () => number): number {
  const delayMs = Math.min(firstMs * 2 ** (attempts - 1), longestMs);
  return delayMs * (1 - random() / 2);
}

/**
 * Returns the delay requested by a `Retry-After` header, in milliseconds.
 *
 * @param value Value of the header, seconds or a date; `null` if there is none
 * @param nowMs Time in milliseconds since the epoch
 * @returns The delay, at most five minutes; `undefined` if the value is invalid
 */
export function parseRetryAfter(value: string | null, nowMs: number): number | undefined {
  if (value === null) return undefined;
  const delayMs = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - nowMs;
  return Number.isNaN(delayMs) ? undefined : Math.min(Math.max(0, delayMs), RETRY_AFTER_MAX_MS);
}
