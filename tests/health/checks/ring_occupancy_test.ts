import { assertEquals } from "@std/assert";
import { ringOccupancy } from "../../../src/health/checks/ring_occupancy.ts";
import { inputsWith } from "../../_support/health/checks/cases.ts";

Deno.test("ringOccupancy is DEGRADED above its limit, and never worse by default", () => {
  const judge = (share: number) =>
    ringOccupancy.judge(inputsWith({ ringOccupancy: () => share }), ringOccupancy.fallback);
  assertEquals(judge(0.8), { status: "HEALTHY", value: 0.8 });
  assertEquals(judge(0.85), { status: "DEGRADED", value: 0.85, reason: "a ring is 85 % full" });
  assertEquals(judge(1).status, "DEGRADED");
});
