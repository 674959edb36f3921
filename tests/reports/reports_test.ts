/** Holds the log of reports: each test file and program that it names exists. */

import { assert, assertEquals } from "@std/assert";

const TESTS = new URL("../", import.meta.url);
const ROOT = new URL("../../", import.meta.url);

Deno.test("files that the log of reports names exist", async () => {
  const log = await Deno.readTextFile(new URL("README.md", import.meta.url));
  const tests = [...log.matchAll(/(?<![\w/`])([\w/]+_test\.ts)/g)].map(([, path]) => new URL(path, TESTS));
  const programs = [...log.matchAll(/`((?:bench|src)\/[\w/.]+)`/g)].map(([, path]) => new URL(path, ROOT));
  assert(tests.length > 100);
  const missing: string[] = [];
  for (const url of [...tests, ...programs]) await Deno.stat(url).catch(() => missing.push(url.href));
  assertEquals(missing, []);
});
