/**
 * Tries mutants against their tests.
 *
 * @module
 */

import { type Coverage, testsOf } from "./coverage.ts";
import type { Mutant } from "./instrument.ts";
import type { Outcome, RunnerProcess } from "./process.ts";
import type { PlannedTest } from "./runner.ts";

/** What became of a mutant. */
export interface Verdict {
  readonly mutant: Mutant;
  readonly kind: "killed" | "timeout" | "survived" | "uncovered";
  /** The test that failed. */
  readonly test?: string;
}

/** Mutants that one process takes before it is started again, as a failed test leaves things behind. */
const MUTANTS_PER_PROCESS = 60;

/** Tries mutants against the tests that reach them; each verdict is passed on as it falls. */
export async function tryMutants(
  processes: readonly RunnerProcess[],
  mutants: readonly Mutant[],
  coverage: Coverage,
  onVerdict: (verdict: Verdict) => void,
): Promise<void> {
  const waiting = [...mutants];
  await Promise.all(processes.map(async (process) => {
    let tried = 0;
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const tests = testsOf(mutant, coverage);
      onVerdict(tests.length === 0 ? { mutant, kind: "uncovered" } : await tryMutant(process, mutant, tests, coverage));
      if (++tried % MUTANTS_PER_PROCESS === 0) await process.stop();
    }
    await process.stop();
  }));
}

/**
 * Tries one mutant in the process that the ones before it ran in. It takes one of its own if it is part of what modules
 * do when they load, and if the other turns out to be spoilt.
 */
async function tryMutant(
  process: RunnerProcess,
  mutant: Mutant,
  tests: readonly PlannedTest[],
  coverage: Coverage,
): Promise<Verdict> {
  const request = { kind: "try", mutant: mutant.id, tests } as const;
  if (!coverage.atLoad.has(mutant.id)) {
    const outcome = await process.ask(request);
    const isTainted = "isTainted" in outcome && outcome.isTainted;
    if (isTainted || outcome.kind === "timeout") await process.stop();
    if (outcome.kind !== "died" && (!isTainted || outcome.kind === "timeout")) return verdictOf(mutant, outcome);
  }
  await process.restart(mutant.id);
  const outcome = await process.ask(request);
  await process.stop();
  return verdictOf(mutant, outcome);
}

function verdictOf(mutant: Mutant, outcome: Outcome): Verdict {
  switch (outcome.kind) {
    case "killed":
    case "timeout":
      return { mutant, kind: outcome.kind, test: outcome.test };
    case "blocked":
      return { mutant, kind: "timeout" };
    case "died":
      return { mutant, kind: "killed" };
    default:
      return { mutant, kind: "survived" };
  }
}
