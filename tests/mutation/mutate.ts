/**
 * Mutation run: puts one fault at a time into the code and looks whether a test fails. Stryker has no runner for Deno,
 * so this is a small one of our own.
 *
 * ```sh
 * deno task mutate src/ring src/encode/text.ts
 * ```
 *
 * Tests in the folders that mirror the mutated ones come first, all others only for what they let survive unexplained; `--near` takes
 * the first alone, to look at a folder while its tests are being written. `--list` also shows survivors that are explained,
 * `--kills` every mutant with the test that fails; `--jobs N` takes N processes instead of 2. The code is 1 if a mutant
 * survives that `explained/` does not explain, or if an entry there explains one that does not.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { recordCoverage } from "./coverage.ts";
import { EXPLAINED } from "./explained/explained.ts";
import { RunnerProcess } from "./process.ts";
import { explanationOf, reportOf } from "./report.ts";
import { copyTree } from "./tree.ts";
import { tryMutants, type Verdict } from "./trial.ts";

const FOLDERS = ["src/ring", "src/record", "src/sketch", "src/encode", "src/aggregate/drain"];

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

function show({ mutant, kind }: Verdict): string {
  const note = kind === "uncovered" ? "  (no test reaches it)" : "";
  return `${mutant.file}:${mutant.line}${note}\n  ${mutant.original}\n  → ${mutant.mutant}`;
}

function isNoticed(verdict: Verdict | undefined): boolean {
  return verdict?.kind === "killed" || verdict?.kind === "timeout";
}

if (import.meta.main) {
  const args = parseArgs(Deno.args, { boolean: ["kills", "list", "near"], string: ["jobs"], default: { jobs: "2" } });
  const targets = args._.length > 0 ? args._.map(String) : FOLDERS;
  const start = performance.now();
  const minutes = () => `${((performance.now() - start) / 60_000).toFixed(1)} min`;
  const tree = await copyTree(targets);
  const processes = Array.from({ length: Number(args.jobs) }, () => new RunnerProcess(tree.root));
  const cleanUp = async () => {
    await Promise.all(processes.map((each) => each.stop()));
    await Deno.remove(tree.root, { recursive: true });
  };
  const onSignal = () => void cleanUp().finally(() => Deno.exit(1));
  for (const signal of SIGNALS) Deno.addSignalListener(signal, onSignal);
  try {
    const verdicts = new Map<number, Verdict>();
    for (const files of args.near ? [tree.nearTests] : [tree.nearTests, tree.farTests]) {
      const left = tree.mutants.filter((each) => {
        const verdict = verdicts.get(each.id);
        return verdict === undefined || (!isNoticed(verdict) && !explanationOf(each, EXPLAINED));
      });
      if (left.length === 0) break;
      console.log(`${left.length} mutants, ${files.length} test files`);
      const coverage = await recordCoverage(processes, files);
      for (const each of coverage.unused) console.log(`not used: ${each}`);
      console.log(`${coverage.tests.length} tests, ${minutes()}`);
      if (coverage.tests.length === 0) throw new Error("Cannot try mutants: no test passes without one");
      let count = 0;
      await tryMutants(processes, left, coverage, (verdict) => {
        const { id } = verdict.mutant;
        if (verdict.kind !== "uncovered" || !verdicts.has(id)) verdicts.set(id, verdict);
        if (args.kills) console.log(`${verdict.kind} ${verdict.test ?? ""}\n${show(verdict)}`);
        else if (++count % 100 === 0) console.log(`${count} of ${left.length}, ${minutes()}`);
      });
    }
    const { table, open, stale } = reportOf([...verdicts.values()], EXPLAINED);
    const isOpen = new Set(open);
    const survivors = [...verdicts.values()].filter((each) => !isNoticed(each));
    for (const each of survivors) if (args.list || isOpen.has(each)) console.log(show(each));
    for (const { file, original, mutant } of stale) {
      console.log(`explained, but does not survive: ${file}\n  ${original}\n  → ${mutant}`);
    }
    console.log(`${table}\n${minutes()}`);
    Deno.exitCode = open.length + stale.length > 0 ? 1 : 0;
  } finally {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, onSignal);
    await cleanUp();
  }
}
