/**
 * One row of a comparison: a case, its times in repeated runs of two trees, and the verdict.
 *
 * @module
 */

import { median } from "../lib/harness.ts";
import { type Estimate, estimate, noiseOf, repetitionsFor, successiveRatios } from "./statistics.ts";

/** Measurements of one run of a tree. */
export interface Sample {
  /** Nanoseconds of an operation. */
  readonly ns: number;
  /** Times that it takes of the baseline in the same run; not there without a baseline. */
  readonly timesOfBaseline?: number;
}

/**
 * - `"slower"`: the whole interval lies beyond the threshold.
 * - `"faster"`: the same in the other direction.
 * - `"same"`: the interval ends below the threshold.
 * - `"unclear"`: the threshold lies within the interval.
 */
export type RowVerdict = "slower" | "faster" | "same" | "unclear";

/** The result of a row. */
export interface RowResult extends Estimate {
  /** The case. */
  readonly name: string;
  /** What was compared of the tree before, median of the runs. */
  readonly before: number;
  /** The same of the tree after. */
  readonly after: number;
  /** Whether these are multiples of the baseline of their run, and not nanoseconds. */
  readonly isRelative: boolean;
  /** Verdict. */
  readonly verdict: RowVerdict;
  /** Whether more runs would not change what is known: no doubt is left, or little. */
  readonly isSettled: boolean;
}

/** Which side of the threshold an interval lies on. */
export function verdictOf({ low, high }: Estimate, threshold: number): RowVerdict {
  const most = 1 + threshold;
  if (low > most) return "slower";
  if (high < 1 / most) return "faster";
  return high < most ? "same" : "unclear";
}

/** Collects a row's samples, in pairs. */
export class Row {
  /** The case. */
  readonly name: string;
  readonly #before: Sample[] = [];
  readonly #after: Sample[] = [];
  /** Whether the row is compared by its ratios to the baseline; decided once, from the tree before alone. */
  #isRelative = false;
  #noise = NaN;

  /** Without samples. */
  constructor(name: string) {
    this.name = name;
  }

  /** Takes one run of each tree, made one after the other. */
  add(before: Sample, after: Sample): void {
    this.#before.push(before);
    this.#after.push(after);
  }

  /**
   * Looks at how runs of the same tree differ, and chooses what is steadier: times, or their ratios to the baseline of
   * their run. The tree after has no say in it, so the choice cannot favour an outcome.
   */
  calibrate(): void {
    const noise = noiseOf(successiveRatios(this.#before.map(({ ns }) => ns)));
    const relative = this.#before.map(({ timesOfBaseline = NaN }) => timesOfBaseline);
    const relativeNoise = noiseOf(successiveRatios(relative));
    // False without a baseline: then it is NaN.
    this.#isRelative = relativeNoise < noise;
    this.#noise = this.#isRelative ? relativeNoise : noise;
  }

  /** The deviation of what two runs of the same tree differ by, as a share; known once calibrated. */
  get noise(): number {
    return this.#noise;
  }

  /** How many pairs this noise asks for. */
  repetitionsFor(threshold: number): number {
    return repetitionsFor(this.#noise, threshold);
  }

  /** The result so far. */
  result(threshold: number): RowResult {
    const value = ({ ns, timesOfBaseline = NaN }: Sample) => this.#isRelative ? timesOfBaseline : ns;
    const [before, after] = [this.#before.map(value), this.#after.map(value)];
    const found = estimate(after.map((each, i) => each / before[i]));
    const verdict = verdictOf(found, threshold);
    const isNarrow = found.high / found.low <= 1 + threshold / 2;
    return {
      name: this.name,
      before: median(before),
      after: median(after),
      isRelative: this.#isRelative,
      ...found,
      verdict,
      isSettled: verdict !== "unclear" || isNarrow,
    };
  }
}
