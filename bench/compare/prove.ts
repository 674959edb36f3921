/**
 * Shows that `compare.ts` can be trusted: `deno task bench:prove [ring] [record] [encode] [--runs 1]`.
 *
 * In a copy of the last commit, with this tree's benches, it plants a slowdown of about 30 % into the ring's push, into
 * `observe` and into the text encoder, one after the other, and compares: each must be found, by its row. How many steps
 * make 30 % is found by trial, since it differs from machine to machine. Then it compares the commit with itself, as many
 * times as asked: none may be red. On a quiet machine each comparison takes about a minute; on a busy one, as many
 * repetitions as its noise requires. A summary reports what was right and how long it took. Ends with exit code 1 if a
 * comparison was wrong.
 *
 * @module
 */

import { readArguments } from "../lib/arguments.ts";
import { median } from "../lib/harness.ts";
import { ownRows } from "../lib/ladder.ts";
import { copyBenches, withRevision } from "../lib/git.ts";
import { isNear, leastEnough, nextSteps, type Plant, PLANTS, SLOWDOWN, type Trial, withPlant } from "./plants.ts";
import { runBench } from "../lib/bench_process.ts";
import { rangeError } from "../../src/check/errors.ts";

const RUNS = 1;
const ROUNDS = 15;
const PAIRS_A_TRIAL = 5;
const TRIALS_MAX = 8;
const HERE = decodeURIComponent(new URL("../..", import.meta.url).pathname);

const { names, numberOf } = readArguments(Deno.args, { values: ["runs"] });
const runs = numberOf("runs", RUNS, 0);
for (const name of names) {
  if (PLANTS.every(({ bench }) => bench !== name)) {
    throw rangeError("prove", "a bench", `be one of ${PLANTS.map(({ bench }) => bench).join(", ")}`, name);
  }
}
const plants = PLANTS.filter(({ bench }) => names.length === 0 || names.includes(bench));

/** One comparison: what was expected of it, and what came. */
interface Finding {
  readonly what: string;
  readonly isRight: boolean;
  readonly seconds: number;
}

const findings: Finding[] = [];
await withRevision(HERE, "HEAD", async (clean, signal) => {
  await copyBenches(clean);
  for (const plant of plants) {
    await note(`${plant.bench}: a slowdown is caught`, () => isCaught(plant, clean, signal));
    for (let run = 1; run <= runs; run++) {
      await note(`${plant.bench}: without one it stays green, ${run} of ${runs}`, () => isGreen(plant, clean, signal));
    }
  }
});
console.log("\nSummary");
for (const { what, isRight, seconds } of findings) {
  console.log(`  ${what}: ${isRight ? "right" : "WRONG"} (${Math.round(seconds)} s)`);
}
const wrong = findings.filter(({ isRight }) => !isRight).length;
console.log(wrong === 0 ? "All comparisons were right" : `${wrong} of ${findings.length} comparisons were wrong`);
if (wrong > 0) Deno.exit(1);

/** Makes a comparison, and notes how it ended. */
async function note(what: string, compareOnce: () => Promise<boolean>): Promise<void> {
  const startMs = performance.now();
  const isRight = await compareOnce();
  findings.push({ what, isRight, seconds: (performance.now() - startMs) / 1_000 });
}

/** Compares the commit with itself. */
async function isGreen({ bench }: Plant, clean: URL, signal: AbortSignal): Promise<boolean> {
  const { code, output } = await compare(clean, [bench], signal);
  console.log(`${indent(output)}\n${bench}, without a slowdown: ${code === 0 ? "green" : "WRONG, it is red"}`);
  return code === 0;
}

/** Plants work into a separate tree, and compares that. */
function isCaught(plant: Plant, clean: URL, signal: AbortSignal): Promise<boolean> {
  return withRevision(HERE, "HEAD", async (planted) => {
    await copyBenches(planted);
    const { steps, slowdown } = await findSteps(plant, clean, planted, signal);
    const times = slowdown.toFixed(2);
    console.log(
      `${plant.bench}: ${steps} steps make ${plant.row} take about ${times} × the time, wanted ${SLOWDOWN} ×`,
    );
    const { code, output } = await compare(planted, [plant.bench], signal);
    const isCaught = code === 1 && output.includes(`\n  ${plant.bench}: ${plant.row}\n`);
    console.log(`${indent(output)}\n${plant.bench}, with a slowdown: ${isCaught ? "caught" : "WRONG, not caught"}`);
    return isCaught;
  });
}

/** Tries until the slowdown is near what is wanted, and leaves it planted. */
async function findSteps(plant: Plant, clean: URL, planted: URL, signal: AbortSignal): Promise<Trial> {
  const source = await Deno.readTextFile(new URL(plant.file, clean));
  const trials: Trial[] = [];
  const tryOut = async (steps: number) => {
    await Deno.writeTextFile(new URL(plant.file, planted), withPlant(source, plant, steps));
    const ratios: number[] = [];
    for (let pair = 0; pair < PAIRS_A_TRIAL; pair++) {
      const before = await timeOf(plant, clean, signal);
      ratios.push(await timeOf(plant, planted, signal) / before);
    }
    trials.push({ steps, slowdown: median(ratios) });
  };
  await tryOut(plant.steps);
  const isEnough = () => isNear(trials[trials.length - 1]);
  while (trials.length < TRIALS_MAX && !isEnough()) {
    const steps = nextSteps(trials);
    if (steps === undefined) break;
    await tryOut(steps);
  }
  if (!isEnough()) await tryOut(leastEnough(trials));
  return trials[trials.length - 1];
}

/** Time of the row, as a multiple of the baseline where there is one: a busy machine hardly moves that. */
async function timeOf({ bench, row }: Plant, root: URL, signal: AbortSignal): Promise<number> {
  const report = await runBench(bench, { rounds: ROUNDS, isOwnPart: true, folder: new URL("bench/", root), signal });
  const found = ownRows(report).find(({ name }) => name === row);
  if (found === undefined) throw new Error(`Cannot prove ${bench}: no row ${row}: ${report.failures.join("; ")}`);
  return found.timesOfBaseline ?? found.nsPerOperation;
}

/** Compares a tree, whatever was planted in it, with the last commit. */
async function compare(root: URL, benches: readonly string[], signal: AbortSignal) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-read",
      "--allow-write",
      "--allow-run",
      decodeURIComponent(new URL("bench/compare/compare.ts", root).pathname),
      "HEAD",
      ...benches,
    ],
    cwd: root,
    signal,
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

function indent(text: string): string {
  return text.trimEnd().split("\n").map((line) => line === "" ? "" : `  ${line}`).join("\n");
}
