/**
 * The format of machine-readable results, version 1: one JSON object, UTF-8, with these fields in this order. Within a
 * version fields may be added; removing one or changing its meaning makes another version.
 *
 * @module
 */

import { cpus } from "node:os";
import { git } from "./git.ts";
import type { Report, Verdict } from "./ladder.ts";

/** Value of the field `version`. */
export const RESULTS_VERSION = 1;

/** Where, when and of what something was measured. */
export interface Provenance {
  /** The processor, as the operating system names it. */
  readonly cpu: string;
  /** Its logical cores. */
  readonly cores: number;
  /** Operating system and architecture, such as `"x86_64-unknown-linux-gnu"`. */
  readonly platform: string;
  /** The version of Deno. */
  readonly deno: string;
  /** The version of V8. */
  readonly v8: string;
  /** The commit's full hash; `null` outside of a repository. */
  readonly commit: string | null;
  /** Whether files differed from that commit. */
  readonly isModified: boolean;
  /** When it began: RFC 3339, UTC. */
  readonly date: string;
}

/** Asks the machine and git: this machine, now, this tree. */
export async function provenance(): Promise<Provenance> {
  const commit = await git("rev-parse", "HEAD").catch(() => null);
  return {
    cpu: cpus()[0].model,
    cores: navigator.hardwareConcurrency,
    platform: Deno.build.target,
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    commit,
    isModified: commit !== null && await git("status", "--porcelain") !== "",
    date: new Date().toISOString(),
  };
}

/** A case. */
export interface CaseResult {
  /** The case's name. */
  readonly name: string;
  /** Nanoseconds of an operation, median of the rounds. */
  readonly ns: number;
  /** Bytes that an operation allocates on its thread's heap, median of the rounds. */
  readonly bytes: number;
  /** Times that it takes of the ladder's first case, median of the rounds; `null` where that is no baseline. */
  readonly timesOfBaseline: number | null;
  /**
   * Milliseconds that a single call holds the event loop, 99th percentile; `null` where that has no meaning. Programs under
   * `bench/load/` do without the field.
   */
  readonly blockMs?: number | null;
}

/** A ladder. */
export interface LadderResult {
  /** Name in `deno task bench`. */
  readonly bench: string;
  /** Its question. */
  readonly name: string;
  /** Cases, cheapest first. */
  readonly cases: readonly CaseResult[];
  /** Ratios promised, and reached. */
  readonly targets: readonly Verdict[];
  /** Further findings, a line each. */
  readonly facts: readonly string[];
  /** Broken promises, a line each; empty without any. */
  readonly failures: readonly string[];
}

/** All of it. */
export interface Results extends Provenance {
  /** Constant that distinguishes it from other JSON. */
  readonly format: "hotpath-bench";
  /** The version of the format. */
  readonly version: typeof RESULTS_VERSION;
  /** Whether few rounds were run, only to see that the benches work: then times mean nothing. */
  readonly isShort: boolean;
  /** By bench. */
  readonly ladders: readonly LadderResult[];
}

/** A report in this format. */
export function ladderResult(bench: string, report: Report, problems: readonly string[]): LadderResult {
  return {
    bench,
    name: report.name,
    cases: report.measurements.map((
      { name, nsPerOperation, bytesPerOperation, timesOfBaseline = null, blockMs = null },
    ) => ({
      name,
      ns: nsPerOperation,
      bytes: bytesPerOperation,
      timesOfBaseline,
      blockMs,
    })),
    targets: report.verdicts,
    facts: report.facts,
    failures: problems,
  };
}
