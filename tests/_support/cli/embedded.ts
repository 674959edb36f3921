/**
 * What `deno compile` says it has embedded.
 *
 * @module
 */

/** A line of the tree: `│ ├─┬ worker (54.68KB)`, with two columns for each level. */
const LINE = /^(?<branch>[│├└ ─┬]+)(?<name>\S.*?) \([\d.]+[KMG]?B.*\)$/;
const BRANCH_WIDTH = 4;
const LEVEL_WIDTH = 2;

/** The paths of the files in the tree; a folder that is in it as a whole is `folder/*`. */
export function embeddedPaths(output: string): string[] {
  const names: string[] = [];
  const paths: string[] = [];
  for (const line of output.split("\n")) {
    const { branch, name } = LINE.exec(line)?.groups ?? {};
    if (branch === undefined) continue;
    names.length = (branch.length - BRANCH_WIDTH) / LEVEL_WIDTH;
    names.push(name);
    if (!branch.includes("┬")) paths.push(names.join("/"));
  }
  return paths;
}

/** Whether a file is among the paths, by the end of its path. */
export function isEmbedded(paths: readonly string[], file: string): boolean {
  const parts = file.split("/");
  const names = parts.map((_, i) => i === 0 ? file : `${parts.slice(0, -i).join("/")}/*`);
  return paths.some((path) => names.some((name) => path === name || path.endsWith(`/${name}`)));
}
