/**
 * Values for benches, the same in every run.
 *
 * @module
 */

/** Uniform numbers in [0, 1), after Marsaglia's xorshift. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Latencies around 1 ms with a long right side: log-normal, σ = 1. */
export function logNormal(count: number, seed: number): Float64Array {
  const random = uniform(seed);
  return Float64Array.from({ length: count }, () => 0.001 * Math.exp(gaussian(random)));
}

/** A cache that hits four times in five: two log-normal humps, 50 µs and 5 ms. */
export function bimodal(count: number, seed: number): Float64Array {
  const random = uniform(seed);
  return Float64Array.from({ length: count }, () => {
    const middle = random() < 0.8 ? 5e-5 : 5e-3;
    return middle * Math.exp(0.25 * gaussian(random));
  });
}

/** A tail so heavy that its mean hardly settles: Pareto, α = 1.16, from 1 ms. */
export function pareto(count: number, seed: number): Float64Array {
  const random = uniform(seed);
  return Float64Array.from({ length: count }, () => 0.001 * (1 - random()) ** (-1 / 1.16));
}

/** After Box and Muller. */
function gaussian(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
