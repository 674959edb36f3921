/**
 * What load programs share: how one begins (its arguments, metrics that are ready, a feed), and how it reports what it
 * found: a table for people, and the same as JSON in the format of `lib/results.ts`.
 *
 * @module
 */

import { createMetrics, type Metrics } from "@hotpath/metrics";
import { readArguments } from "../lib/arguments.ts";
import { type CaseResult, provenance, type Results, RESULTS_VERSION } from "../lib/results.ts";
import { Market } from "./market.ts";

/** Context of a load program. */
export interface Beginning {
  /** Whether it only has to work. */
  readonly isShort: boolean;
  /** How long a stretch lasts. */
  readonly seconds: number;
  /** Where the results go, if anywhere. */
  readonly out: string | undefined;
  /** To be closed at the end. */
  readonly metrics: Metrics;
  /** Their instruments. */
  readonly market: Market;
}

/**
 * Begins.
 *
 * @param seconds How long a stretch lasts unless `--seconds` says so
 * @param secondsShort The same with `--short`
 */
export async function begin(seconds: number, secondsShort: number): Promise<Beginning> {
  const { isOn, valueOf, numberOf } = readArguments(Deno.args, { switches: ["short"], values: ["seconds", "out"] });
  const isShort = isOn("short");
  const metrics = createMetrics();
  await metrics.ready;
  return {
    isShort,
    seconds: numberOf("seconds", isShort ? secondsShort : seconds, 0.1),
    out: valueOf("out"),
    metrics,
    market: new Market(metrics),
  };
}

/** Outcome of a load test. */
export interface Outcome {
  /** The program. */
  readonly bench: string;
  /** Its question. */
  readonly name: string;
  /** Measured values. */
  readonly cases: readonly CaseResult[];
  /** Findings, a line each. */
  readonly facts: readonly string[];
  /** Broken promises, a line each. */
  readonly failures: readonly string[];
}

/** Prints an outcome, writes it to a file if one is named, and ends with exit code 1 if a promise was broken. */
export async function report(outcome: Outcome, isShort: boolean, out: string | undefined): Promise<void> {
  const { bench, name, cases, facts, failures } = outcome;
  console.log(`\n${name}`);
  const width = Math.max(...cases.map((each) => each.name.length), 0);
  for (const each of cases) console.log(`  ${each.name.padEnd(width)} ${each.ns.toFixed(1).padStart(10)} ns`);
  for (const fact of facts) console.log(`  ${fact}`);
  for (const failure of failures) console.log(`  FAILED: ${failure}`);
  if (out !== undefined) {
    const ladders = [{ bench, name, cases, targets: [], facts, failures }];
    const about = await provenance();
    const results: Results = { format: "hotpath-bench", version: RESULTS_VERSION, ...about, isShort, ladders };
    await Deno.writeTextFile(out, `${JSON.stringify(results, undefined, 2)}\n`);
  }
  if (failures.length > 0) Deno.exit(1);
}
