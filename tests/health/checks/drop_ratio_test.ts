import { assertEquals } from "@std/assert";
import { dropRatio } from "../../../src/health/checks/drop_ratio.ts";
import { inputsWith } from "../../_support/health/checks/cases.ts";

Deno.test("dropRatio is DEGRADED by the first dropped record, and never worse by default", () => {
  const judge = (share: number) => dropRatio.judge(inputsWith({ dropRatio: () => share }), dropRatio.fallback);
  assertEquals(judge(0), { status: "HEALTHY", value: 0 });
  const reason = "0.001 % of records were dropped in the last minute";
  assertEquals(judge(1e-5), { status: "DEGRADED", value: 1e-5, reason });
  assertEquals(judge(1).status, "DEGRADED");
});
