/**
 * How far the quantiles are from the truth, and what it costs to ask for them: a million values each
 * of a log-normal, a bimodal and a heavy-tailed distribution, against sorting them all. Fails if a
 * quantile from p50 to p99.9 is more than 0.55 % off.
 *
 * @module
 */

import { QUANTILES, quantilesOf } from "../src/window/quantile.ts";
import { Sketch } from "../src/window/sketch.ts";
import { bimodal, logNormal, pareto } from "./distributions.ts";
import { type Ladder, registerBenches } from "./harness.ts";

const COUNT = 1_000_000;
const ERROR_MAX = 0.0055;
const SCHEMA = 6;

const samples = {
  "log-normal": logNormal(COUNT, 7),
  "bimodal": bimodal(COUNT, 8),
  "Pareto(1.16)": pareto(COUNT, 9),
};
const sketches = Object.entries(samples).map(([name, values]) => {
  const sketch = new Sketch(SCHEMA);
  for (const value of values) sketch.record(value, 1);
  return { name, values, sketch };
});

/** The relative error of the worst quantile. */
function worstError(values: Float64Array, sketch: Sketch): number {
  const sorted = values.toSorted();
  const estimates = quantilesOf(sketch, QUANTILES);
  const errors = QUANTILES.map((q, i) => {
    const truth = sorted[Math.ceil(q * COUNT) - 1];
    return Math.abs(estimates[i] - truth) / truth;
  });
  return Math.max(...errors);
}

/** The ladder. */
export const ladder: Ladder = {
  name: "quantiles",
  cases: [
    {
      name: "five quantiles of a sketch of 10⁶ values",
      burst: 64,
      run: (count) => {
        for (let i = 0; i < count; i++) quantilesOf(sketches[i % sketches.length].sketch, QUANTILES);
      },
    },
    {
      name: "sort 10⁶ values",
      isReference: true,
      burst: 1,
      run: () => {
        samples["log-normal"].toSorted();
      },
    },
  ],
  targets: [],
  verify: () => {
    const facts = sketches.map(({ name, values, sketch }) => ({ name, error: worstError(values, sketch) }));
    for (const { name, error } of facts) {
      if (!(error <= ERROR_MAX)) throw new Error(`${name}: a quantile is ${(error * 100).toFixed(3)} % off`);
    }
    return Promise.resolve(facts.map(({ name, error }) => `${name}: worst error ${(error * 100).toFixed(3)} %`));
  },
};

registerBenches(ladder);
