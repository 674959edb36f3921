import { assertEquals } from "@std/assert";
import { recordsLost } from "../../../src/health/checks/records_lost.ts";
import { inputsWith } from "../../_support/health/checks/cases.ts";

Deno.test("recordsLost is DEGRADED for a minute after a loss", () => {
  const judge = (count: number, agoMs: number) =>
    recordsLost.judge(inputsWith({ recordsLost: () => ({ count, agoMs }) }), true);
  const reason = "histograms lost records in the last minute, 7 in all";
  assertEquals(judge(7, 59_999), { status: "DEGRADED", value: 7, reason });
  assertEquals(judge(7, 60_000), { status: "HEALTHY", value: 7 });
  assertEquals(judge(0, 0), { status: "HEALTHY", value: 0 });
});
