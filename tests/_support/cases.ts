/**
 * Published test vectors. They are not part of this repository: they are read from `../shared/cases`
 * beside it, or from the folder that HOTPATH_CASES names. With CI=true they must be there; elsewhere
 * a test without its vectors is ignored.
 *
 * @module
 */

const BESIDE = new URL("../../../shared/cases/", import.meta.url);

/** A file of vectors; where cases have names and no order, they are below their names. */
interface Vectors<Case> {
  readonly source: string;
  readonly count: number;
  readonly cases: readonly Case[] | Readonly<Record<string, Case>>;
}

/**
 * Registers a test over a file of vectors.
 *
 * @param name What is claimed
 * @param file The file, below the folder of all vectors
 * @param check Checks all cases
 */
export function testCases<Case>(
  name: string,
  file: string,
  check: (cases: readonly Case[]) => void | Promise<void>,
): void {
  const folder = Deno.env.get("HOTPATH_CASES");
  const path = folder === undefined ? new URL(file, BESIDE) : `${folder}/${file}`;
  if (isMissing(path) && Deno.env.get("CI") !== "true") {
    Deno.test.ignore(`${name} (vectors: ../shared/cases/${file} or HOTPATH_CASES)`, () => {});
    return;
  }
  Deno.test(name, async () => {
    const { cases: given, count } = JSON.parse(Deno.readTextFileSync(path)) as Vectors<Case>;
    const cases = Array.isArray(given) ? given : Object.entries(given).map(([name, each]) => ({ name, ...each }));
    const total = cases.length === count ? count : cases.flatMap((each) => Object.values(each as object)).flat().length;
    if (cases.length === 0 || total < count) throw new Error(`${file} holds ${total} cases of ${count}`);
    await check(cases);
  });
}

/** A number of a vector file, where infinities are text. */
export function numberOf(value: number | string): number {
  if (typeof value === "number") return value;
  return value.endsWith("Inf") ? (value.startsWith("-") ? -Infinity : Infinity) : NaN;
}

function isMissing(path: string | URL): boolean {
  try {
    return !Deno.statSync(path).isFile;
  } catch {
    return true;
  }
}
