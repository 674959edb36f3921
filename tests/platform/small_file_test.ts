import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { readConfig } from "../../src/config/file.ts";
import { readSmallFile, readSmallFileSync } from "../../src/platform/small_file.ts";
import { withDirectory } from "../_support/directory.ts";

const IS_WINDOWS = Deno.build.os === "windows";
const LARGEST = 2 ** 20;

async function withPath(test: (path: string) => Promise<void>): Promise<void> {
  await withDirectory((directory) => test(`${directory}/file`));
}

Deno.test("readSmallFile reads a file of 1 MiB and refuses a larger one", async () => {
  await withPath(async (path) => {
    for (const text of ["", "ä".repeat(LARGEST / 2)]) {
      await Deno.writeTextFile(path, text);
      assertEquals(await readSmallFile(path), text);
      assertEquals(readSmallFileSync(path), text);
    }
    await Deno.writeTextFile(path, "a".repeat(LARGEST + 1));
    await assertRejects(() => readSmallFile(path), RangeError, "it is larger than 1 MiB");
    assertThrows(() => readSmallFileSync(path), RangeError, "it is larger than 1 MiB");
  });
});

Deno.test("readSmallFile reads a pipe, piece by piece", { ignore: IS_WINDOWS }, async () => {
  await withPath(async (path) => {
    await new Deno.Command("mkfifo", { args: [path] }).output();
    const command = `{ printf 'metrics: {'; sleep 0; printf ' port: 9100 }'; } > "$0"`;
    const writing = new Deno.Command("sh", { args: ["-c", command, path] }).output();
    assertEquals(await readConfig(path), { source: path, metrics: { port: 9_100 } });
    await writing;
  });
});

Deno.test("readSmallFileSync refuses a pipe without a writer", { ignore: IS_WINDOWS }, async () => {
  await withPath(async (path) => {
    await new Deno.Command("mkfifo", { args: [path] }).output();
    assertThrows(() => readSmallFileSync(path), Error, "it is not a regular file");
  });
});

Deno.test("readSmallFile refuses a directory, and a missing file", async () => {
  await withPath(async (path) => {
    await assertRejects(() => readSmallFile(path), Deno.errors.NotFound);
    assertThrows(() => readSmallFileSync(path), Deno.errors.NotFound);
    await Deno.mkdir(path);
    await assertRejects(() => readConfig(path), Error, `Cannot read ${path}: it is a directory`);
  });
});
