import { assertEquals } from "@std/assert";
import { restarts } from "../../../src/health/checks/restarts.ts";
import { inputsWith } from "../../_support/health/checks/cases.ts";

Deno.test("restarts is DEGRADED for a minute after a restart", () => {
  const judge = (count: number, agoMs: number) =>
    restarts.judge(inputsWith({ restarts: () => ({ count, agoMs }) }), true);
  const reason = "the aggregator failed and was restarted in the last minute, restart 3";
  assertEquals(judge(3, 59_999), { status: "DEGRADED", value: 3, reason });
  assertEquals(judge(3, 60_000), { status: "HEALTHY", value: 3 });
  assertEquals(judge(0, 0), { status: "HEALTHY", value: 0 });
});
