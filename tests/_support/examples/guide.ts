/**
 * What the guide of a program promises: the options of its `deno run` line, and its output.
 *
 * @module
 */

const ROOT = new URL("../../../", import.meta.url);

/** The options between `deno run` and the program in the guide of its folder, among them its permissions. */
export async function optionsInGuide(program: string): Promise<string[]> {
  const line = (await guideOf(program)).split("\n").find((line) => line.startsWith("deno run ") && runs(line, program));
  if (line === undefined) throw new Error(`Cannot find a line of the guide that runs ${program}`);
  const [options] = line.slice("deno run ".length).split(program);
  return options.trim().split(" ");
}

/** The lines of the block of output that follows the `deno run` line. */
export async function outputInGuide(program: string): Promise<string[]> {
  const guide = await guideOf(program);
  const [, after] = guide.split(new RegExp(`^deno run .*${RegExp.escape(program)}`, "m"));
  const output = /^```text\n([\s\S]*?)\n```$/m.exec(after ?? "");
  if (output === null) throw new Error(`Cannot find the output of ${program} in its guide`);
  return output[1].split("\n");
}

/** The text of the guide of a program. */
export function guideOf(program: string): Promise<string> {
  return Deno.readTextFile(new URL(program.replace(/[^/]+$/, "README.md"), ROOT));
}

function runs(line: string, program: string): boolean {
  return line.split(" ").includes(program);
}
