import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { isHealthStatus, overall, severityOf, worstOf } from "../../src/health/overall.ts";
import type { CheckStatus, HealthStatus } from "../../src/model/health_status.ts";

const STATUSES: readonly HealthStatus[] = ["HEALTHY", "DEGRADED", "UNHEALTHY", "CRITICAL"];
const statuses = fc.array(fc.constantFrom<CheckStatus>(...STATUSES, "NOT_MEASURED"), { maxLength: 10 });

Deno.test("severityOf ascends from the best status to the worst", () => {
  assertEquals(STATUSES.map(severityOf), [0, 1, 2, 3]);
  assertEquals(severityOf("NOT_MEASURED"), 0);
  assertEquals(STATUSES.map(isHealthStatus), [true, true, true, true]);
  assertEquals(["healthy", "NOT_MEASURED", "", 0, undefined].some(isHealthStatus), false);
});

Deno.test("worstOf is as bad as the worst and no worse, in any order", () => {
  fc.assert(fc.property(statuses, (given) => {
    const worst = worstOf(given);
    assertEquals(severityOf(worst), Math.max(0, ...given.map(severityOf)));
    assertEquals(worstOf(given.toReversed()), worst);
    assertEquals(worstOf([worst, ...given]), worst);
  }));
});

Deno.test("overall has one reason for each check that is not well, in their order", () => {
  const { status, reasons } = overall([
    { name: "a", status: "DEGRADED", reason: "a is slow" },
    { name: "b", status: "HEALTHY", reason: "never shown" },
    { name: "c", status: "UNHEALTHY" },
    { name: "d", status: "NOT_MEASURED" },
  ]);
  assertEquals([status, reasons], ["UNHEALTHY", ["a is slow", "c is UNHEALTHY"]]);
  assertEquals(overall([]), { status: "HEALTHY", reasons: [] });
});
