import { assertEquals } from "@std/assert";
import { CheckReports } from "../../src/health/check_reports.ts";

Deno.test("CheckReports has the last report of each check, and the check in its reason", () => {
  const reports = new CheckReports();
  reports.take({ name: "queue", status: "DEGRADED", reason: "it is full", quietMaxMs: 11_000 }, 0);
  reports.take({ name: "disk", status: "CRITICAL", quietMaxMs: 11_000 }, 0);
  assertEquals(reports.results(0), [
    { name: "queue", status: "DEGRADED", reason: "queue: it is full" },
    { name: "disk", status: "CRITICAL" },
  ]);
  reports.take({ name: "queue", status: "HEALTHY", quietMaxMs: 11_000 }, 1_000);
  reports.retract("disk");
  assertEquals(reports.results(1_000), [{ name: "queue", status: "HEALTHY" }]);
});

Deno.test("CheckReports reports an overdue check as UNHEALTHY or worse, and for how long it was quiet", () => {
  const reports = new CheckReports();
  const at = (nowMs: number) => reports.results(nowMs).map(({ status, reason }) => [status, reason]);
  reports.take({ name: "queue", status: "HEALTHY", quietMaxMs: 11_000 }, 1_000);
  assertEquals(at(12_000), [["HEALTHY", undefined]]);
  assertEquals(at(13_500), [["UNHEALTHY", "queue: has not reported for 12.5 s"]]);
  reports.take({ name: "queue", status: "CRITICAL", reason: "no disk", quietMaxMs: 11_000 }, 14_000);
  assertEquals(at(14_000), [["CRITICAL", "queue: no disk"]]);
  assertEquals(at(30_000), [["CRITICAL", "queue: has not reported for 16 s"]]);
  reports.take({ name: "queue", status: "NOT_MEASURED", quietMaxMs: 11_000 }, 30_000);
  assertEquals([at(41_000), at(42_000)].map(([[status]]) => status), ["NOT_MEASURED", "UNHEALTHY"]);
});
