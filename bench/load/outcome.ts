/**
 * What a load program finds: a table for people, and the same as JSON in the format of `results.ts`.
 *
 * @module
 */

import { provenance } from "../lib/provenance.ts";
import { type CaseResult, type Results, RESULTS_VERSION } from "../lib/results.ts";

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

/** Prints it, writes it to a file if there is to be one, and ends with exit code 1 if something was not kept. */
export async function tell(outcome: Outcome, isShort: boolean, out: string | undefined): Promise<void> {
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
