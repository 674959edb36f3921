/**
 * Latencies like those of a network: mostly short, sometimes very long, and the same in each run with the same seed.
 *
 * @module
 */

/**
 * Returns a function that draws latencies from a log-normal distribution.
 *
 * @param medianMs Median in milliseconds
 * @param sigma Standard deviation of the logarithm; 0.6 puts the 99th percentile at four medians
 * @param seed Seed; the same one yields the same latencies
 */
export function logNormalLatency(medianMs: number, sigma: number, seed: number): () => number {
  const random = mulberry32(seed);
  return () => {
    // Box–Muller; 1 − random() is never 0, so its logarithm is finite.
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return medianMs * Math.exp(sigma * normal);
  };
}

/** Creates a generator of numbers from 0 to below 1 (Mulberry32, by Tommy Ettinger, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
