/** Holds `src/decisions/` and `src/ARCHITECTURE.md` in form: five parts a decision, the index, and paths that exist. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { exists, read, ROOT } from "./_support/repository.ts";

const FOLDER = new URL("src/decisions/", ROOT);
const SECTIONS = ["Context", "Choice", "Cost", "What would reverse it"];

const FILES = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) => name !== "README.md").toSorted();

Deno.test("each decision has a title, a status and four sections with text", async () => {
  for (const file of FILES) {
    const [head, ...sections] = (await read(`src/decisions/${file}`)).split(/^## /m);
    assertMatch(head, /^# .+\n\n\*\*Status:\*\* \S/, file);
    assertEquals(sections.map((each) => each.slice(0, each.indexOf("\n"))), SECTIONS, file);
    for (const each of sections) assertMatch(each, /\n\n\S/, `${file}: ${each}`);
  }
});

Deno.test("the index of decisions has each once, by its title", async () => {
  const index = [
    ...(await read("src/decisions/README.md")).replaceAll(/\s+/g, " ").matchAll(/- \[(.+?)\]\((\w+\.md)\)/g),
  ];
  assertEquals(index.map(([, , file]) => file).toSorted(), FILES);
  for (const [, title, file] of index) {
    assert((await read(`src/decisions/${file}`)).startsWith(`# ${title}\n`), `${file} is not titled "${title}"`);
  }
});

Deno.test("files of the repository that ARCHITECTURE.md and the decisions name exist", async () => {
  for (const path of ["src/ARCHITECTURE.md", ...FILES.map((file) => `src/decisions/${file}`)]) {
    for (const [, named] of (await read(path)).matchAll(/`((?:src|tests|bench|examples)\/[\w./-]+)`/g)) {
      assert(await exists(named), `${path} names ${named}, which does not exist`);
    }
  }
});

Deno.test("files that the index of subjects in ARCHITECTURE.md names exist below src", async () => {
  const page = await read("src/ARCHITECTURE.md");
  const index = page.slice(page.indexOf("## Where is"), page.indexOf("## Words"));
  const named = [...index.matchAll(/`(\w+\/[\w/]*(?:\.\w+)?)`/g)].map(([, path]) => path);
  assert(named.length > 30, "the index has too few paths");
  for (const path of named) assert(await exists(`src/${path}`), `ARCHITECTURE.md names ${path}, which does not exist`);
});
