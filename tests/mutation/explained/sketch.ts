import type { Explanation } from "./explained.ts";

/** Mutants of `src/sketch/` that survive. */
export const SKETCH: readonly Explanation[] = [
  {
    file: "src/sketch/slice.ts",
    original: "if (this.#negativeLength === 0) return { low: this.#negativeLow, counts: NO_COUNTS };",
    mutant: "if (false) return { low: this.#negativeLow, counts: NO_COUNTS };",
    reason: "Only saves unpacking counts of which none is returned.",
  },
  {
    file: "src/sketch/slice.ts",
    original: "if (negative.length === 0) return positive;",
    mutant: "if (false) return positive;",
    reason: "Only saves a copy.",
  },
  {
    file: "src/sketch/slice.ts",
    original: "for (let i = 0; i < counts.length; i++) if (counts[i] > largest) largest = counts[i];",
    mutant: "for (let i = 0; i <= counts.length; i++) if (counts[i] > largest) largest = counts[i];",
    reason: "Past the end, the comparison is with NaN.",
  },
  {
    file: "src/sketch/slice.ts",
    original: "for (let i = 0; i < counts.length; i++) if (counts[i] > largest) largest = counts[i];",
    mutant: "for (let i = 0; i < counts.length; i++) if (counts[i] >= largest) largest = counts[i];",
    reason: "Sets the same number again.",
  },
  {
    file: "src/sketch/sliding_window.ts",
    original: "if (lifetime !== undefined && this.#followedLifetime?.of !== lifetime) {",
    mutant: "if (this.#followedLifetime?.of !== lifetime) {",
    reason: "Without a lifetime, none was followed: undefined equals undefined. The check is for the type.",
  },
  {
    file: "src/sketch/sliding_window.ts",
    original: "if (this.#rings[level].some((entry) => entry !== undefined && entry.index >= first)) return true;",
    mutant: "if (this.#rings[level].some((entry) => entry.index >= first)) return true;",
    reason: "Places without a slice are holes of the array, which `some` skips.",
  },
  {
    file: "src/sketch/sliding_window.ts",
    original: "if (sum.end < end) this.#mergeEntries(sum.total, level, sum.end);",
    mutant: "if (true) this.#mergeEntries(sum.total, level, sum.end);",
    reason: "Only saves a search for slices after the last one.",
  },
  {
    file: "src/sketch/sliding_window.ts",
    original: "if (sum.end < end) this.#mergeEntries(sum.total, level, sum.end);",
    mutant: "if (sum.end <= end) this.#mergeEntries(sum.total, level, sum.end);",
    reason: "Only saves a search for slices after the last one.",
  },
  {
    file: "src/sketch/sort_pairs.ts",
    original: "for (let from = 0; from < count; from += RUN_LENGTH) {",
    mutant: "for (let from = 0; from <= count; from += RUN_LENGTH) {",
    reason: "Sorts one more run, without values.",
  },
  {
    file: "src/sketch/sort_pairs.ts",
    original: "for (let length = RUN_LENGTH; length < count; length *= 2) {",
    mutant: "for (let length = RUN_LENGTH; length <= count; length *= 2) {",
    reason: "One run of all values has no other to be merged with.",
  },
  {
    file: "src/sketch/sort_pairs.ts",
    original: "for (let from = 0; from + length < count; from += 2 * length) {",
    mutant: "for (let from = 0; from + length <= count; from += 2 * length) {",
    reason: "Merges the last run with one without values, which changes nothing.",
  },
  {
    file: "src/sketch/sort_pairs.ts",
    original: "for (let i = from + 1; i < end; i++) {",
    mutant: "for (let i = from - 1; i < end; i++) {",
    reason: "A value at or before the start of the run is written back to its own place.",
  },
  {
    file: "src/sketch/sort_pairs.ts",
    original: "if (values[middle - 1] <= values[middle]) return;",
    mutant: "if (false) return;",
    reason: "Only saves the merge of runs that are in order.",
  },
  {
    file: "src/sketch/sort_pairs.ts",
    original: "if (values[middle - 1] <= values[middle]) return;",
    mutant: "if (values[middle - 1] < values[middle]) return;",
    reason: "Only saves the merge of runs that are in order.",
  },
  {
    file: "src/sketch/sort_pairs.ts",
    original: "for (let i = 0; i < aside; i++) {",
    mutant: "for (let i = 0; i <= aside; i++) {",
    reason: "Copies one value more than is read.",
  },
];
