/** Holds the guides in form: a folder of `examples/` is a guide beside its programs, and the index has all of them. */

import { assert, assertEquals } from "@std/assert";

const EXAMPLES = new URL("../../examples/", import.meta.url);
/** The guide to the page, which is in src/dashboard/. */
const WITHOUT_PROGRAM = ["dashboard"];
const LINES_MAX = 350;

const FOLDERS = [...Deno.readDirSync(EXAMPLES)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name)
  .toSorted();

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, EXAMPLES));
}

function filesOf(folder: string, suffix: string): string[] {
  return [...Deno.readDirSync(new URL(`${folder}/`, EXAMPLES))].map(({ name }) => name)
    .filter((name) => name.endsWith(suffix));
}

Deno.test("examples holds guides only, and its index has all of them", () => {
  const files = [...Deno.readDirSync(EXAMPLES)].filter(({ isFile }) => isFile).map(({ name }) => name);
  assertEquals(files, ["README.md"]);
  const index = new Set([...read("README.md").matchAll(/\]\((\w+)\/README\.md\)/g)].map(([, folder]) => folder));
  assertEquals([...index].toSorted(), FOLDERS);
});

for (const folder of FOLDERS) {
  Deno.test(`the guide ${folder} names its programs, and gives a reason where a block is not run`, () => {
    const guide = read(`${folder}/README.md`);
    assert(guide.startsWith("# "), "it has no title");
    assert(guide.split("\n").length <= LINES_MAX, "it is too long");
    assertEquals(filesOf(folder, ".ts").length === 0, WITHOUT_PROGRAM.includes(folder), "programs");
    const pages = filesOf(folder, ".md").map((name) => read(`${folder}/${name}`));
    const programs = filesOf(folder, ".ts").filter((name) =>
      /import\.meta\.main|\bDeno\.args\b|^await /m.test(read(`${folder}/${name}`))
    );
    assertEquals(programs.filter((name) => !pages.some((page) => page.includes(name))), [], "unnamed programs");
    for (const page of pages) {
      for (const before of page.split("```ts ignore\n").slice(0, -1)) {
        const reason = before.trimEnd().split("\n\n").at(-1);
        assert(reason?.includes("not run"), "a block that nothing runs gives no reason");
      }
    }
  });
}
