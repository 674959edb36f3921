/**
 * Runs all benches, or those that are named, each in a process of its own, and prints a table a
 * ladder. Ends with exit code 1 if a bench dropped a record, allocated where it must not, or missed
 * a target.
 *
 * `--short` runs few rounds to see that the benches work and lose nothing. Ratios and bytes do not
 * count then, because the compiler has not done its work yet.
 *
 * @module
 */

import { cpus } from "node:os";
import { parseArgs } from "@std/cli/parse-args";
import type { Report } from "./harness.ts";

const ROUNDS = 40;
const ROUNDS_SHORT = 3;

const { short, _: named } = parseArgs(Deno.args, { boolean: ["short"] });
const files = named.length > 0 ? named.map((name) => `${name}_bench.ts`) : await benchFiles();

console.log(
  `${cpus()[0].model}, ${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}, V8 ${Deno.version.v8}`,
);
let failed = 0;
for (const file of files) {
  const report = await runFile(file);
  const problems = problemsOf(report);
  print(report, problems);
  if (problems.length > 0) failed += 1;
}
console.log(`\n${files.length - failed} of ${files.length} benches met all that they promise`);
if (failed > 0) Deno.exit(1);

async function benchFiles(): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(new URL(".", import.meta.url))) {
    if (name.endsWith("_bench.ts")) names.push(name);
  }
  return names.sort();
}

async function runFile(file: string): Promise<Report> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-check",
      "--allow-read",
      "--allow-write",
      "--allow-run",
      "--allow-env",
      "--allow-ffi",
      "--allow-sys",
      "--allow-net=127.0.0.1",
      new URL("run_one.ts", import.meta.url).pathname,
      `./${file}`,
      String(short ? ROUNDS_SHORT : ROUNDS),
    ],
  }).output();
  const decoder = new TextDecoder();
  if (code === 0) return JSON.parse(decoder.decode(stdout));
  const failures = [`it ended with exit code ${code}: ${decoder.decode(stderr).trim()}`];
  return { name: file, measurements: [], verdicts: [], allocating: [], missed: [], facts: [], failures };
}

function problemsOf({ verdicts, allocating, missed, failures }: Report): string[] {
  if (short) return [...failures];
  const slow = verdicts.filter(({ isMet }) => !isMet);
  return [
    ...failures,
    ...allocating,
    ...missed,
    ...slow.map(({ name, reference }) => `${name} missed its target against ${reference}`),
  ];
}

function print({ name, measurements, verdicts, facts }: Report, problems: readonly string[]): void {
  console.log(`\n${name}`);
  const width = Math.max(...measurements.map((each) => each.name.length), 0);
  for (const { name, nsPerOperation, bytesPerOperation } of measurements) {
    const time = nsPerOperation.toFixed(1).padStart(12);
    console.log(`  ${name.padEnd(width)} ${time} ns ${bytesPerOperation.toFixed(1).padStart(9)} bytes`);
  }
  for (const { name, reference, reached, timesFaster, isMet } of verdicts) {
    const verdict = isMet ? "met" : short ? "not judged" : "missed";
    console.log(`  ${name}: ${timesText(reached)} ${reference}, promised ${timesText(timesFaster)}: ${verdict}`);
  }
  for (const fact of facts) console.log(`  ${fact}`);
  for (const problem of problems) console.log(`  FAILED: ${problem}`);
}

function timesText(times: number): string {
  return times >= 1 ? `${times.toFixed(1)} × faster than` : `${(1 / times).toFixed(2)} × the time of`;
}
