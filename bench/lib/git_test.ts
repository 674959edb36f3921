import { assert, assertEquals, assertRejects } from "@std/assert";
import { copyBenches, withRevision } from "./git.ts";

const hasGit = await new Deno.Command("git", { args: ["--version"] }).output().then(() => true, () => false);
const test = hasGit ? Deno.test : Deno.test.ignore;

async function run(directory: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("git", {
    args: ["-C", directory, "-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", ...args],
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** Calls a function with an empty directory that is removed afterwards. */
async function withDirectory(use: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await use(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A repository of two commits: `content` says first, then second. */
async function makeRepository(directory: string): Promise<void> {
  await run(directory, "init", "--quiet");
  for (const content of ["first", "second"]) {
    await Deno.writeTextFile(`${directory}/content`, content);
    await run(directory, "add", ".");
    await run(directory, "commit", "--quiet", "--message", content);
  }
}

async function treesOf(directory: string): Promise<number> {
  return (await run(directory, "worktree", "list")).trim().split("\n").length;
}

test("withRevision checks a revision out, and leaves nothing behind", () =>
  withDirectory(async (directory) => {
    await makeRepository(directory);
    const root = await withRevision(directory, "HEAD~1", async (root) => {
      assertEquals(await Deno.readTextFile(new URL("content", root)), "first");
      assertEquals(await treesOf(directory), 2);
      await copyBenches(root);
      assert((await Deno.stat(new URL("bench/lib/git.ts", root))).isFile);
      return root;
    });
    await assertRejects(() => Deno.stat(root), Deno.errors.NotFound);
    assertEquals(await treesOf(directory), 1);
    assertEquals(await Deno.readTextFile(`${directory}/content`), "second");
  }));

test("withRevision leaves nothing behind if the work fails", () =>
  withDirectory(async (directory) => {
    await makeRepository(directory);
    let tree: URL | undefined;
    await assertRejects(
      () =>
        withRevision(directory, "HEAD", (root) => {
          tree = root;
          throw new Error("no");
        }),
      Error,
      "no",
    );
    assert(tree !== undefined);
    await assertRejects(() => Deno.stat(tree!), Deno.errors.NotFound);
    assertEquals(await treesOf(directory), 1);
  }));

test("withRevision refuses what is no commit", () =>
  withDirectory(async (directory) => {
    await makeRepository(directory);
    for (const revision of ["nothing", "--help", ""]) {
      await assertRejects(
        () => withRevision(directory, revision, () => Promise.resolve()),
        RangeError,
        "must be a commit",
      );
    }
    assertEquals(await treesOf(directory), 1);
  }));

test("withRevision leaves nothing behind if it is interrupted", () =>
  withDirectory(async (directory) => {
    await makeRepository(directory);
    const script = `
      import { withRevision } from ${JSON.stringify(import.meta.resolve("./git.ts"))};
      await withRevision(${JSON.stringify(directory)}, "HEAD", (root) => {
        console.log(root.pathname);
        return new Promise((resolve) => setTimeout(resolve, 600_000));
      });
    `;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--no-lock", script],
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const tree = (await reader.read()).value?.trim();
    assert(tree !== undefined && (await Deno.stat(tree)).isDirectory);
    child.kill("SIGINT");
    assertEquals((await child.status).code, 130);
    await reader.cancel();
    await assertRejects(() => Deno.stat(tree), Deno.errors.NotFound);
    assertEquals(await treesOf(directory), 1);
  }));
