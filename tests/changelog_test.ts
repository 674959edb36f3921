import { assert, assertEquals, assertMatch } from "@std/assert";
import manifest from "../deno.json" with { type: "json" };

const UNRELEASED = "Unreleased";
/** Kinds of changes, as Keep a Changelog 1.1 names them. */
const KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"];

const text = await Deno.readTextFile(new URL("../CHANGELOG.md", import.meta.url));
const versions = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);

Deno.test("CHANGELOG.md begins with Unreleased or with the version of deno.json", () => {
  const [, newest] = /^\[([^\]]+)\]/.exec(versions[0])!;
  assert(newest === UNRELEASED || newest === manifest.version, newest);
  for (const heading of versions) {
    if (heading !== `[${UNRELEASED}]`) assertMatch(heading, /^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
  }
});

Deno.test("CHANGELOG.md groups changes by kinds that are known, each once per version", () => {
  for (const version of text.split(/^## /m).slice(1)) {
    const kinds = [...version.matchAll(/^### (.+)$/gm)].map(([, kind]) => kind);
    assertEquals(kinds.filter((kind) => !KINDS.includes(kind)), []);
    assertEquals(kinds.length, new Set(kinds).size);
    assert(kinds.length > 0);
  }
});
