import { assertEquals } from "@std/assert";
import { burnRate } from "../../../src/health/checks/burn_rate.ts";
import { inputsWith } from "../../_support/health/checks/cases.ts";

Deno.test("burnRate names the series, and is as bad as its rate", () => {
  const judge = (rate: number) => {
    const burn = { metric: "job_seconds", labels: { pair: "ETH" }, rate };
    return burnRate.judge(inputsWith({ fastestBurn: () => burn }), burnRate.fallback);
  };
  assertEquals([1, 1.1, 6.1, 14.5].map((rate) => judge(rate).status), ["HEALTHY", "DEGRADED", "UNHEALTHY", "CRITICAL"]);
  assertEquals(judge(2).reason, 'the error budget of job_seconds{pair="ETH"} burns at 2');
});

Deno.test("burnRate is not measured where no series has enough durations", () => {
  const inputs = inputsWith({ fastestBurn: () => undefined });
  assertEquals(burnRate.judge(inputs, burnRate.fallback), { status: "NOT_MEASURED" });
});
