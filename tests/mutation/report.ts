/**
 * The result of a mutation run: survivors with and without an explanation, and the score per folder.
 *
 * @module
 */

import type { Explanation } from "./explained/explained.ts";
import type { Mutant } from "./instrument.ts";
import type { Verdict } from "./trial.ts";

/** What a run amounts to. */
export interface Report {
  /** One line per folder, and one for all. */
  readonly table: string;
  /** Mutants that no test notices and no entry explains. */
  readonly open: readonly Verdict[];
  /** Entries for mutants of the run that do not survive. */
  readonly stale: readonly Explanation[];
}

const COLUMNS = ["mutants", "killed", "timeout", "uncovered", "survived", "explained"] as const;
type Row = Record<typeof COLUMNS[number], number>;

/** Sums up verdicts. `uncovered` and `survived` are those without an explanation. */
export function reportOf(verdicts: readonly Verdict[], explained: readonly Explanation[]): Report {
  const rows = new Map<string, Row>();
  const open: Verdict[] = [];
  const used = new Set<Explanation>();
  for (const verdict of verdicts) {
    const { file } = verdict.mutant;
    const survives = verdict.kind === "survived" || verdict.kind === "uncovered";
    const explanation = survives ? explanationOf(verdict.mutant, explained) : undefined;
    if (explanation) used.add(explanation);
    else if (survives) open.push(verdict);
    for (const name of [file.slice(0, file.lastIndexOf("/")), "all"]) {
      const row = rows.get(name) ?? emptyRow();
      rows.set(name, row);
      row.mutants++;
      row[explanation ? "explained" : verdict.kind]++;
    }
  }
  const files = new Set(verdicts.map(({ mutant }) => mutant.file));
  const stale = explained.filter((each) => files.has(each.file) && !used.has(each));
  const all = rows.get("all") ?? emptyRow();
  rows.delete("all");
  return { table: tableOf([...rows, ["all", all]]), open, stale };
}

/** The entry for a mutant, if there is one. */
export function explanationOf(subject: Mutant, explained: readonly Explanation[]): Explanation | undefined {
  return explained.find(({ file, original, mutant }) =>
    file === subject.file && original === subject.original && mutant === subject.mutant
  );
}

function emptyRow(): Row {
  return { mutants: 0, killed: 0, timeout: 0, uncovered: 0, survived: 0, explained: 0 };
}

/** The share of mutants that a test notices, of those that are not explained. */
function scoreOf({ mutants, killed, timeout, explained }: Row): string {
  const counted = mutants - explained;
  return counted === 0 ? "-" : `${(100 * (killed + timeout) / counted).toFixed(1)} %`;
}

function tableOf(rows: readonly (readonly [string, Row])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, row]) => [name, ...COLUMNS.map((each) => String(row[each])), scoreOf(row)]);
  return [["", ...COLUMNS, "score"], ...lines]
    .map(([name, ...cells]) => `${name.padEnd(width)}${cells.map((each) => each.padStart(11)).join("")}`).join("\n");
}
