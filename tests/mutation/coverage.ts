/**
 * Which tests reach which mutant, from one run of each test file without any.
 *
 * @module
 */

import type { Mutant } from "./instrument.ts";
import type { RunnerProcess } from "./process.ts";
import type { PlannedTest, RecordedTest } from "./runner.ts";

/** A test that takes longer is not used. */
const LONGEST_TEST_MS = 5_000;
const LEAST_LIMIT_MS = 2_000;
/** Time of a mutant's tests, without those beside its file. */
const LONGEST_TRIAL_MS = 5_000;

/** A test with the mutants it reaches. */
type ReachingTest = Omit<RecordedTest, "reached"> & { readonly reached: ReadonlySet<number> };

/** What the tests reach. */
export interface Coverage {
  /** Tests that pass in time, fastest first. */
  readonly tests: readonly ReachingTest[];
  /** Mutants that run while modules load. */
  readonly atLoad: ReadonlySet<number>;
  /** Files and tests that are not used, with the reason. */
  readonly unused: readonly string[];
}

/** Runs all test files once. */
export async function recordCoverage(
  processes: readonly RunnerProcess[],
  files: readonly string[],
): Promise<Coverage> {
  const tests: ReachingTest[] = [];
  const atLoad = new Set<number>();
  const unused: string[] = [];
  const waiting = [...files];
  await Promise.all(processes.map(async (process) => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const outcome = await process.ask({ kind: "record", file, limitMs: LONGEST_TEST_MS });
      if (outcome.kind !== "recorded") {
        unused.push(`${file}: ${outcome.kind}`);
        continue;
      }
      for (const id of outcome.atLoad) atLoad.add(id);
      for (const test of outcome.tests) {
        if (test.error === undefined) tests.push({ ...test, reached: new Set(test.reached) });
        else unused.push(`${file}: ${test.name}: ${test.error}`);
      }
      if (outcome.tests.some(({ error }) => error !== undefined)) await process.restart();
    }
    await process.stop();
  }));
  return { tests: tests.sort((a, b) => a.ms - b.ms), atLoad, unused };
}

/**
 * The tests of a mutant: those beside its file first, then the fastest, as many as fit into its time. One that runs
 * while modules load may show in any.
 */
export function testsOf(mutant: Mutant, coverage: Coverage): PlannedTest[] {
  const isAtLoad = coverage.atLoad.has(mutant.id);
  const own = mutant.file.replace(/^src\//, "tests/").replace(/\.ts$/, "_test.ts");
  const tests = coverage.tests.filter(({ reached }) => isAtLoad || reached.has(mutant.id));
  const [near, others] = [tests.filter(({ file }) => file === own), tests.filter(({ file }) => file !== own)];
  let leftMs = LONGEST_TRIAL_MS;
  return [...near, ...others.filter(({ ms }) => (leftMs -= ms) > 0)].map(planned);
}

function planned({ file, name, ms, ticks }: ReachingTest): PlannedTest {
  return { file, name, limitMs: Math.max(LEAST_LIMIT_MS, 10 * ms), limitTicks: 20 * ticks + 100_000 };
}
