import type { Explanation } from "./explained.ts";

/** Mutants of `src/record/` that survive. */
export const RECORD: readonly Explanation[] = [
  {
    file: "src/record/clock.ts",
    original: '} catch { return { clock: new PerformanceClock(), name: "performance" }; }',
    mutant: "} catch {}",
    reason: "Only a program without the permission comes here, and its process cannot read which mutant is active.",
  },
  {
    file: "src/record/clock.ts",
    original: 'return { clock: new PerformanceClock(), name: "performance" };',
    mutant: 'return { clock: new PerformanceClock(), name: "" };',
    reason: "Only a program without the permission comes here, and its process cannot read which mutant is active.",
  },
  {
    file: "src/record/guarded_clock.ts",
    original: 'return typeof shown === "number" && shown < 0 ? BELOW_ZERO : NaN;',
    mutant: 'return typeof shown === "number" && shown <= 0 ? BELOW_ZERO : NaN;',
    reason: "Zero is a valid time, which does not come here.",
  },
  {
    file: "src/record/guarded_clock.ts",
    original: "if (nowMs >= this.#lastMs) return this.#lastMs = nowMs;",
    mutant: "if (nowMs > this.#lastMs) return this.#lastMs = nowMs;",
    reason: "The shift that is computed for the same time is the same.",
  },
  {
    file: "src/record/recorder.ts",
    original: 'this.nowhere = new Producer(createRing(RECORDS_NOWHERE, false), doorbell, "drop-newest");',
    mutant: 'this.nowhere = new Producer(createRing(RECORDS_NOWHERE, true), doorbell, "drop-newest");',
    reason: "The ring has no reader; shared memory only costs more.",
  },
  {
    file: "src/record/recorder.ts",
    original: 'this.nowhere = new Producer(createRing(RECORDS_NOWHERE, false), doorbell, "drop-newest");',
    mutant: 'this.nowhere = new Producer(createRing(RECORDS_NOWHERE, false), doorbell, "");',
    reason: "The ring is closed at once, so its policy never applies.",
  },
  {
    file: "src/record/recorder.ts",
    original: "if (this.#postponed.size > 0) this.#resetPostponed();",
    mutant: "if (true) this.#resetPostponed();",
    reason: "Only saves a loop over nothing.",
  },
  {
    file: "src/record/recorder.ts",
    original: "if (this.#postponed.size > 0) this.#resetPostponed();",
    mutant: "if (this.#postponed.size >= 0) this.#resetPostponed();",
    reason: "Only saves a loop over nothing.",
  },
  {
    file: "src/record/sampler.ts",
    original: "#seen = -1;",
    mutant: "#seen = 1;",
    reason: "That is the word of a rate of 0, which is the share before the first look.",
  },
  {
    file: "src/record/sampler.ts",
    original: "if (word !== this.#seen) {",
    mutant: "if (true) {",
    reason: "Only saves decoding the word again.",
  },
  {
    file: "src/record/sampler.ts",
    original: "this.#seen = word;",
    mutant: "",
    reason: "Only saves decoding the word again.",
  },
  {
    file: "src/record/sampler.ts",
    original: "if (this.#rate >= 1) return 0;",
    mutant: "if (false) return 0;",
    reason: "The formula has this limit.",
  },
  {
    file: "src/record/sampler.ts",
    original: "if (this.#rate >= 1) return 0;",
    mutant: "if (this.#rate > 1) return 0;",
    reason: "The formula has this limit.",
  },
  {
    file: "src/record/sampler.ts",
    original: "if (this.#rate <= 0) return GAP_MAX;",
    mutant: "if (false) return GAP_MAX;",
    reason: "The formula has this limit.",
  },
  {
    file: "src/record/sampler.ts",
    original: "if (this.#rate <= 0) return GAP_MAX;",
    mutant: "if (this.#rate < 0) return GAP_MAX;",
    reason: "The formula has this limit.",
  },
  {
    file: "src/record/sampler.ts",
    original: "return gap < GAP_MAX ? gap : GAP_MAX;",
    mutant: "return gap <= GAP_MAX ? gap : GAP_MAX;",
    reason: "Both sides are the same number then.",
  },
  {
    file: "src/record/series_ids.ts",
    original: "if (this.#removals.length === 0) return;",
    mutant: "if (false) return;",
    reason: "Only saves reading the counts.",
  },
  {
    file: "src/record/series_ids.ts",
    original: "if (count <= 0) return;",
    mutant: "if (false) return;",
    reason: "Nothing is taken from the list then.",
  },
  {
    file: "src/record/series_ids.ts",
    original: "if (count <= 0) return;",
    mutant: "if (count < 0) return;",
    reason: "Nothing is taken from the list then.",
  },
  {
    file: "src/record/trace_context.ts",
    original: "for (let i = 0; i < words.length; i++) {",
    mutant: "for (let i = 0; i <= words.length; i++) {",
    reason: "A store behind the end of a typed array is ignored.",
  },
  {
    file: "src/record/tracing.ts",
    original: "for (let i = 0; i < TRACE_WORDS; i++) words[i] = this.#randomWord();",
    mutant: "for (let i = 0; i <= TRACE_WORDS; i++) words[i] = this.#randomWord();",
    reason: "A store behind the end of a typed array is ignored.",
  },
  {
    file: "src/record/tracing.ts",
    original: "if (this.#randomUsed === RANDOM_WORDS) {",
    mutant: "if (true) {",
    reason: "Only saves system calls.",
  },
];
