import { assertEquals } from "@std/assert";
import { clashes } from "../../../src/health/checks/clashes.ts";
import { inputsWith } from "../../_support/health/checks/cases.ts";

Deno.test("clashes has all of them in one reason", () => {
  const judge = (...found: string[]) => clashes.judge(inputsWith({ clashes: () => found }), true);
  assertEquals(judge(), { status: "HEALTHY", value: 0 });
  assertEquals(judge("a differs", "b differs"), { status: "DEGRADED", value: 2, reason: "a differs; b differs" });
});
