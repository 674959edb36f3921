/**
 * The format of `bench/compare/baseline.json`: what each case takes as a multiple of the first case of its ladder, in the
 * same run. Never nanoseconds, because those are a machine's own.
 *
 * @module
 */

import { typeError } from "../../src/check/errors.ts";
import { ownRows, type Report } from "../lib/ladder.ts";
import type { Provenance } from "../lib/results.ts";
import { type Estimate, estimate } from "./statistics.ts";

/** Value of the field `version`. */
export const BASELINE_VERSION = 1;

/** A ladder's ratios. */
export interface BaselineLadder {
  /** The case that they are ratios to. */
  readonly baseline: string;
  /** By case; the interval says how much it varied from run to run. */
  readonly ratios: Readonly<Record<string, Estimate>>;
}

/** The file. */
export interface Baseline extends Provenance {
  /** Always so. */
  readonly format: "hotpath-bench-baseline";
  /** The version of the format. */
  readonly version: typeof BASELINE_VERSION;
  /** By bench. */
  readonly ladders: Readonly<Record<string, BaselineLadder>>;
}

/**
 * Reads the file's text.
 *
 * @throws {TypeError} If it is in another format
 */
export function parseBaseline(text: string): Baseline {
  const baseline = JSON.parse(text);
  const { format, version } = baseline ?? {};
  if (format !== "hotpath-bench-baseline" || version !== BASELINE_VERSION) {
    const must = `be "hotpath-bench-baseline", version ${BASELINE_VERSION}`;
    throw typeError("read the baseline", "format", must, `${format}, version ${version}`);
  }
  return baseline;
}

/**
 * What repeated runs of a bench come to.
 *
 * @throws {Error} If a run failed, or its ladder has no baseline
 */
export function ladderOf(bench: string, reports: readonly Report[]): BaselineLadder {
  const ratios = new Map<string, number[]>();
  let baseline = "";
  for (const report of reports) {
    if (report.failures.length > 0) throw new Error(`Cannot check ${bench}: it failed: ${report.failures.join("; ")}`);
    const [first] = report.measurements;
    if (first?.timesOfBaseline === undefined) throw new Error(`Cannot check ${bench}: its ladder has no baseline`);
    baseline = first.name;
    for (const { name, timesOfBaseline = NaN } of ownRows(report)) {
      ratios.set(name, [...ratios.get(name) ?? [], timesOfBaseline]);
    }
  }
  return { baseline, ratios: Object.fromEntries([...ratios].map(([row, all]) => [row, rounded(estimate(all))])) };
}

/** With as many digits as mean something. */
function rounded({ ratio, low, high }: Estimate): Estimate {
  const [a, b, c] = [ratio, low, high].map((value) => Number(value.toPrecision(4)));
  return { ratio: a, low: b, high: c };
}

/**
 * What is worse than it was, a line each. A case is slower only if its interval and the one in the file leave more than
 * the threshold between them: so both the noise of now and that of then are taken into account.
 *
 * @param then The ladder as it was
 * @param now The ladder as it is
 * @param threshold The share by which something may be slower
 */
export function worseThan(then: BaselineLadder | undefined, now: BaselineLadder, threshold: number): string[] {
  if (then === undefined) return ["the ladder is not in the baseline; --update adds it"];
  if (then.baseline !== now.baseline) return [`is a ratio to ${now.baseline} now; --update renews it`];
  const gone = Object.keys(then.ratios).filter((name) => !Object.hasOwn(now.ratios, name));
  const worse = Object.entries(now.ratios).flatMap(([name, { low }]) => {
    if (!Object.hasOwn(then.ratios, name)) return [`${name} is not in the baseline; --update adds it`];
    const limit = then.ratios[name].high * (1 + threshold);
    return low > limit ? [`${name} takes at least ${low.toFixed(2)} of it, ${limit.toFixed(2)} at most allowed`] : [];
  });
  return [...worse, ...gone.map((name) => `${name} is not in the ladder any more; --update removes it`)];
}
