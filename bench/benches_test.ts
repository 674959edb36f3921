import { assert, assertEquals } from "@std/assert";
import { BENCHES } from "./benches.ts";

const HERE = new URL("./", import.meta.url);
const LADDERS = /^export const ladders: Ladders = \{([^;]*)\};$/m;

/** Names of the ladders that a file exports. */
async function laddersOf(path: string): Promise<string[]> {
  const [, body] = LADDERS.exec(await Deno.readTextFile(new URL(path, HERE))) ?? [];
  return [...(body ?? "").matchAll(/(\w+): /g)].map(([, name]) => name);
}

async function filesIn(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(Deno.readDir(new URL(folder, HERE)));
  return files.map(({ name }) => `${folder}${name}`).toSorted();
}

Deno.test("BENCHES names every ladder of every file, in the order of names", async () => {
  const names = Object.keys(BENCHES);
  assertEquals(names, names.toSorted());
  const files = [...await filesIn("cases/"), ...await filesIn("claims/")];
  for (const file of files) {
    const listed = names.filter((name) => BENCHES[name] === file);
    assertEquals((await laddersOf(file)).toSorted(), listed, file);
  }
  assertEquals(Object.values(BENCHES).filter((file) => !files.includes(file)), []);
});

Deno.test("README.md has a row for every bench", async () => {
  const rows = (await Deno.readTextFile(new URL("README.md", HERE))).split("\n").filter((line) =>
    line.startsWith("| `")
  );
  const named = rows.flatMap((row) => [...row.split("|")[1].matchAll(/`(\w+)`/g)].map(([, name]) => name));
  assertEquals(named.filter((name) => !name.endsWith("/")).toSorted(), Object.keys(BENCHES));
});

Deno.test("deno bench finds the files of cases, and no others", async () => {
  for (const folder of ["./", "claims/", "compare/", "lib/", "load/"]) {
    assert(!(await filesIn(folder)).some((file) => /(^|[_/])bench\.ts$/.test(file)), folder);
  }
});
