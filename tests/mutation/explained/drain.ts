import type { Explanation } from "./explained.ts";

/** Mutants of `src/aggregate/drain/` that survive. */
export const DRAIN: readonly Explanation[] = [
  {
    file: "src/aggregate/drain/thread_state.ts",
    original: "this.#labelNames.delete(instrument);",
    mutant: "",
    reason: "Frees memory; a number is not used again, and its series are refused without their family.",
  },
  {
    file: "src/aggregate/drain/drainer.ts",
    original: "const KIND_MASK = 2 ** WEIGHT_SHIFT - 1;",
    mutant: "const KIND_MASK = 2 * WEIGHT_SHIFT - 1;",
    reason: "The mask only finds repetitions, and no other kind has their lower four bits.",
  },
  {
    file: "src/aggregate/drain/drainer.ts",
    original: "#isTraced = false;",
    mutant: "#isTraced = true;",
    reason: "Set for each batch before it is read.",
  },
  {
    file: "src/aggregate/drain/drainer.ts",
    original: "while (looked < max) {",
    mutant: "while (looked <= max) {",
    reason: "The body ends the loop when it wants no more records.",
  },
  {
    file: "src/aggregate/drain/drainer.ts",
    original: "if (timeMs > this.#stampedMs) this.#stampedMs = Math.min(timeMs, nowMs);",
    mutant: "if (timeMs >= this.#stampedMs) this.#stampedMs = Math.min(timeMs, nowMs);",
    reason: "Sets the same time again.",
  },
  {
    file: "src/aggregate/drain/drainer.ts",
    original: "this.#batch.findBuckets(known - this.#batchApart);",
    mutant: "this.#batch.findBuckets(known + this.#batchApart);",
    reason: "Also finds buckets of values that no series counts.",
  },
  {
    file: "src/aggregate/drain/drainer.ts",
    original: "for (let i = 0; i < this.#seriesCount; i++) {",
    mutant: "for (let i = 0; i <= this.#seriesCount; i++) {",
    reason: "Series past the end have no record in the batch, or were handled before: their position is zero.",
  },
  {
    file: "src/aggregate/drain/drainer.ts",
    original: "if (this.#isTraced) this.#readTraces();",
    mutant: "if (true) this.#readTraces();",
    reason: "Reads a list without records.",
  },
  {
    file: "src/aggregate/drain/drainer.ts",
    original: "if (series !== NO_SERIES) positions[series] -= 1;",
    mutant: "if (true) positions[series] -= 1;",
    reason: "A typed array ignores a write past its end; the check keeps V8 off the slow path for such writes.",
  },
  {
    file: "src/aggregate/drain/drainer.ts",
    original: "if (isTraced && (words[slot * 8 + 5] & APART) !== 0) continue;",
    mutant: "if ((words[slot * 8 + 5] & APART) !== 0) continue;",
    reason: "Only saves the read of a word, as no record of an untraced batch is apart.",
  },
  {
    file: "src/aggregate/drain/thread_state.ts",
    original: "if (this.#removals.length === 0) return [];",
    mutant: "if (false) return [];",
    reason: "Only saves the search of an empty list at each drain.",
  },
  {
    file: "src/aggregate/drain/thread_state.ts",
    original: "if (entry instanceof ScalarEntry) entry.family.leave(entry.series, entry);",
    mutant: "if (true) entry.family.leave(entry.series, entry);",
    reason: "The family of a distribution ignores the second argument.",
  },
  {
    file: "src/aggregate/drain/thread_state.ts",
    original: "if (entry instanceof ScalarEntry) entry.family.remove(entry.series, entry);",
    mutant: "if (true) entry.family.remove(entry.series, entry);",
    reason: "The family of a distribution ignores the second argument.",
  },
  {
    file: "src/aggregate/drain/trace_records.ts",
    original: "for (let i = 0; i < POSITION; i++) this.words[to + i] = words[from + i];",
    mutant: "for (let i = 0; i <= POSITION; i++) this.words[to + i] = words[from + i];",
    reason: "The next line writes the last word.",
  },
];
