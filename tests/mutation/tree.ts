/**
 * The copy of the tree that a mutation run works on: the working tree is only read.
 *
 * @module
 */

import { instrument, type Mutant } from "./instrument.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const COPIED = ["deno.json", "deno.lock", "examples", "mod.ts", "src", "std", "tests"];

/** Tests that reach the mutated folders within their own process and thread. */
const TEST_FOLDERS = [
  "tests/aggregate",
  "tests/encode",
  "tests/instrument",
  "tests/record",
  "tests/ring",
  "tests/sketch",
  "tests/trace",
];
/** Tests that start whole programs or race two threads over millions of records take too long. */
const EXCLUDED_CODE = /_support\/cli\/program|between two threads/;

/** An instrumented copy. */
export interface Tree {
  readonly root: string;
  readonly mutants: readonly Mutant[];
  /** Test files in the folders that mirror the mutated ones. */
  readonly nearTests: readonly string[];
  /** All others that may reach them. */
  readonly farTests: readonly string[];
}

/** Copies the tree into a temporary folder and instruments the files below the given paths. */
export async function copyTree(targets: readonly string[]): Promise<Tree> {
  const root = await Deno.makeTempDir({ prefix: "hotpath_mutation_" });
  for (const each of COPIED) await copy(`${ROOT}${each}`, `${root}/${each}`);
  const mutants: Mutant[] = [];
  for (const file of (await Promise.all(targets.map((each) => filesBelow(each)))).flat()) {
    const depth = file.split("/").length - 1;
    const switchUrl = `${"../".repeat(depth)}tests/mutation/switch.ts`;
    const source = await Deno.readTextFile(`${ROOT}${file}`);
    const instrumented = instrument(file, source, mutants.length + 1, switchUrl);
    mutants.push(...instrumented.mutants);
    await Deno.writeTextFile(`${root}/${file}`, instrumented.text);
  }
  const folders = new Set(mutants.map(({ file }) => folderOf(file).replace(/^src\//, "tests/")));
  const tests = Map.groupBy(await testFiles(), (file) => folders.has(folderOf(file)));
  return { root, mutants, nearTests: tests.get(true) ?? [], farTests: tests.get(false) ?? [] };
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/"));
}

async function testFiles(): Promise<string[]> {
  const files = (await Promise.all(TEST_FOLDERS.map((each) => filesBelow(each)))).flat();
  const found: string[] = [];
  for (const file of files) {
    if (file.endsWith("_test.ts") && !EXCLUDED_CODE.test(await Deno.readTextFile(`${ROOT}${file}`))) found.push(file);
  }
  return found;
}

/** TypeScript files below a path of the tree, or the file itself, sorted. */
async function filesBelow(path: string): Promise<string[]> {
  const clean = path.replace(/\/+$/, "");
  if (clean.endsWith(".ts")) return [clean];
  const files: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${ROOT}${clean}`)) {
    if (isDirectory) files.push(...await filesBelow(`${clean}/${name}`));
    else if (name.endsWith(".ts")) files.push(`${clean}/${name}`);
  }
  return files.sort();
}

async function copy(from: string, to: string): Promise<void> {
  if (!(await Deno.stat(from)).isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to, { recursive: true });
  for await (const { name } of Deno.readDir(from)) await copy(`${from}/${name}`, `${to}/${name}`);
}
