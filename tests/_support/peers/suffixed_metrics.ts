/**
 * Names that are suffixes, end in them or are left with nothing once they are taken off: one registry a kind of instrument
 * and unit, with all names that it accepts.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type InlineMetrics, inlineMetrics } from "../../../src/testing/mod.ts";

const SUFFIXES = ["total", "seconds", "bytes", "bucket", "sum", "count", "created", "info", "gsum", "gcount", "ratio"];
const NAMES: readonly string[] = [
  ...SUFFIXES.flatMap((suffix) => [suffix, `_${suffix}`, `a_${suffix}`, `b.${suffix}`, `_${suffix}_${suffix}`]),
  ..."_ __ : 9 9_total . ._total é é_total a_window_seconds a_seconds_window a_slo_burn_rate".split(" "),
];

/** Registries with all that they accept of the names. */
export function* suffixedMetrics(): Generator<InlineMetrics> {
  for (const unit of ["", "seconds", "bytes", "total"]) {
    for (const type of ["counter", "gauge", "histogram", "timer", "summary"] as const) {
      // Names in both directions, because the first of two that clash is accepted.
      for (const names of [NAMES, NAMES.toReversed()]) {
        const test = inlineMetrics({ windows: ["1s"] });
        for (const name of names) createIfAccepted(() => record(test, type, name, unit));
        yield test;
      }
    }
  }
}

function record({ metrics }: InlineMetrics, type: string, name: string, unit: string): void {
  const options = { unit, help: "Help" };
  if (type === "counter") metrics.counter(name, options).inc();
  else if (type === "gauge") metrics.gauge(name, options).set(1);
  else if (type === "histogram") metrics.histogram(name, options).observe(1);
  else if (type === "summary") metrics.summary(name, options).observe(1);
  else metrics.timer(name, { help: "Help", slo: { threshold: "5ms", target: 0.9 } }).observe(1);
}

function createIfAccepted(create: () => void): void {
  try {
    create();
  } catch (error) {
    assert(error instanceof TypeError || error instanceof RangeError, String(error));
  }
}
