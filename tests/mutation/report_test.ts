import { assertEquals, assertStringIncludes } from "@std/assert";
import { reportOf } from "./report.ts";
import type { Verdict } from "./trial.ts";

function verdict(kind: Verdict["kind"], mutant: string, file = "src/ring/a.ts"): Verdict {
  return { kind, mutant: { id: 1, file, line: 1, original: "a", mutant } };
}

const explanation = { file: "src/ring/a.ts", original: "a", mutant: "b", reason: "Nothing changes" };

Deno.test("reportOf takes explained survivors out of the score", () => {
  const verdicts = [
    verdict("killed", "x"),
    verdict("timeout", "y"),
    verdict("survived", "b"),
    verdict("survived", "c"),
  ];
  const { table, open, stale } = reportOf(verdicts, [explanation]);
  assertEquals(open, [verdicts[3]]);
  assertEquals(stale, []);
  assertStringIncludes(table.replaceAll(/ +/g, " "), "src/ring 4 1 1 0 1 1 66.7 %");
});

Deno.test("reportOf finds entries that explain no survivor, in the files of the run", () => {
  assertEquals(reportOf([verdict("killed", "b")], [explanation]).stale, [explanation]);
  assertEquals(reportOf([verdict("survived", "b")], [explanation]).stale, []);
  assertEquals(reportOf([verdict("killed", "b", "src/sketch/a.ts")], [explanation]).stale, []);
});
