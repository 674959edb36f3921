/**
 * What benches record, the same in every run: label sets, and values of several distributions.
 *
 * @module
 */

/** Handles that are used in turn, so that no single cell stays in a register; a power of two. */
export const HANDLES = 64;

/** The label names. */
export const LABELS = ["pair", "side", "type"] as const;

/** A label set. */
export type BenchLabels = Readonly<Record<(typeof LABELS)[number], string>>;

/** A handle for each label set. */
export function eachLabelSet<Handle>(bind: (labels: BenchLabels) => Handle): Handle[] {
  return Array.from({ length: HANDLES }, (_, i) =>
    bind({
      pair: `PAIR-${i >> 2}`,
      side: (i & 1) === 0 ? "buy" : "sell",
      type: (i & 2) === 0 ? "limit" : "market",
    }));
}

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

/** Normal numbers after Box and Muller: mean 0, deviation 1. */
export function normal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Latencies around 1 ms with a long right side: log-normal, σ = 1. */
export function logNormal(count: number, seed: number): Float64Array {
  const draw = normal(uniform(seed));
  return Float64Array.from({ length: count }, () => 0.001 * Math.exp(draw()));
}

/** A cache that hits four times in five: two log-normal humps, 50 µs and 5 ms. */
export function bimodal(count: number, seed: number): Float64Array {
  const random = uniform(seed);
  const draw = normal(random);
  return Float64Array.from({ length: count }, () => {
    const middle = random() < 0.8 ? 5e-5 : 5e-3;
    return middle * Math.exp(0.25 * draw());
  });
}

/** A tail so heavy that its mean hardly settles: Pareto, α = 1.16, from 1 ms. */
export function pareto(count: number, seed: number): Float64Array {
  const random = uniform(seed);
  return Float64Array.from({ length: count }, () => 0.001 * (1 - random()) ** (-1 / 1.16));
}
