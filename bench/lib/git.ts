/**
 * git, and a revision checked out beside this tree.
 *
 * @module
 */

import { rangeError } from "../../src/check/errors.ts";

/** Runs git and returns its output, without the last line feed. */
export async function git(...args: string[]): Promise<string> {
  return textOf(args, await new Deno.Command("git", { args }).output());
}

/** The same while nothing else may run: on the way out. */
function gitSync(...args: string[]): string {
  return textOf(args, new Deno.Command("git", { args }).outputSync());
}

function textOf(args: readonly string[], { code, stdout, stderr }: Deno.CommandOutput): string {
  const decoder = new TextDecoder();
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${decoder.decode(stderr).trim()}`);
  return decoder.decode(stdout).trimEnd();
}

/** Work in a checked-out revision. */
export type Work<Result> = (root: URL, signal: AbortSignal) => Promise<Result>;

/** How to remove what is checked out now; there may be several at once. */
const removals = new Set<() => void>();

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Checks a revision out into a directory, which is removed afterwards, also if the work fails or is interrupted.
 *
 * @param repository Any directory of the repository
 * @param revision Whatever git understands as a commit
 * @param work Gets the directory, and a signal to end its processes by
 */
export async function withRevision<Result>(repository: string, revision: string, work: Work<Result>): Promise<Result> {
  // Not the repository's directory: that may be a checked-out revision itself, and go first when all is interrupted.
  const gitDirectory = await git("-C", repository, "rev-parse", "--path-format=absolute", "--git-common-dir");
  const parent = await Deno.makeTempDir({ prefix: "hotpath-bench-" });
  const directory = `${parent}/tree`;
  const controller = new AbortController();
  const remove = () => {
    try {
      gitSync("--git-dir", gitDirectory, "worktree", "remove", "--force", directory);
    } catch {
      // There is none yet, or not all of it could be removed: the directory goes either way.
    }
    Deno.removeSync(parent, { recursive: true });
    gitSync("--git-dir", gitDirectory, "worktree", "prune");
  };
  const interrupted = (Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[]).map((signal) => {
    const listener = () => {
      controller.abort();
      for (const removeOne of removals) removeOne();
      Deno.exit(EXIT_CODES[signal]);
    };
    Deno.addSignalListener(signal, listener);
    return () => Deno.removeSignalListener(signal, listener);
  });
  removals.add(remove);
  try {
    const commit = await git(
      "-C",
      repository,
      "rev-parse",
      "--verify",
      "--quiet",
      "--end-of-options",
      `${revision}^{commit}`,
    )
      .catch(() => {
        throw rangeError("check a revision out", "it", "be a commit of this repository", revision);
      });
    await git("--git-dir", gitDirectory, "worktree", "add", "--quiet", "--detach", directory, commit);
    return await work(new URL(`file://${directory}/`), controller.signal);
  } finally {
    removals.delete(remove);
    for (const stopListening of interrupted) stopListening();
    remove();
  }
}

/** Replaces the benches of another tree by this tree's, so that both run the same. */
export async function copyBenches(root: URL): Promise<void> {
  const from = new URL("../", import.meta.url);
  const to = new URL("bench/", root);
  await Deno.remove(to, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(to);
  await copyFolder(from, to);
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}

async function copyFolder(from: URL, to: URL): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) {
      await Deno.mkdir(new URL(`${name}/`, to), { recursive: true });
      await copyFolder(new URL(`${name}/`, from), new URL(`${name}/`, to));
    } else await Deno.copyFile(new URL(name, from), new URL(name, to));
  }
}
