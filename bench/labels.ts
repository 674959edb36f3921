/**
 * The label sets that benches record under: 64 of three labels each, so that no single cell stays
 * in a register.
 *
 * @module
 */

/** Handles that are used in turn; a power of two. */
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
