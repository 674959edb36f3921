import { assertEquals } from "@std/assert";
import { burnRate } from "../../../src/health/checks/burn_rate.ts";
import { inputsWith } from "../../_support/health/checks/cases.ts";

Deno.test("burnRate names the series, and is DEGRADED at any rate unless limits say more", () => {
  const judge = (rate: number, limits = burnRate.fallback) => {
    const burn = { metric: "job_seconds", labels: { pair: "ETH" }, rate };
    return burnRate.judge(inputsWith({ fastestBurn: () => burn }), limits);
  };
  assertEquals([1, 1.1, 1e9].map((rate) => judge(rate).status), ["HEALTHY", "DEGRADED", "DEGRADED"]);
  const strict = { ...burnRate.fallback, unhealthy: 6, critical: 14.4 };
  assertEquals([6.1, 14.5].map((rate) => judge(rate, strict).status), ["UNHEALTHY", "CRITICAL"]);
  assertEquals(judge(2).reason, 'the error budget of job_seconds{pair="ETH"} burns at 2');
});

Deno.test("burnRate is not measured where no series has enough durations", () => {
  const inputs = inputsWith({ fastestBurn: () => undefined });
  assertEquals(burnRate.judge(inputs, burnRate.fallback), { status: "NOT_MEASURED" });
});
