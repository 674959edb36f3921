import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { HealthChanges } from "../../src/health/changes.ts";
import { severityOf } from "../../src/health/overall.ts";
import type { HealthChange, HealthStatus } from "../../src/model/health_status.ts";

const RECOVER_MS = 5_000;
const STATUSES: readonly HealthStatus[] = ["HEALTHY", "DEGRADED", "UNHEALTHY", "CRITICAL"];

/** What is told of a status at each second. */
function toldOf(statuses: readonly HealthStatus[]): { second: number; change: HealthChange }[] {
  const changes = new HealthChanges(RECOVER_MS);
  return statuses.flatMap((status, second) => {
    const change = changes.note({ status, reasons: [`reason ${second}`] }, second * 1_000);
    return change === undefined ? [] : [{ second, change }];
  });
}

Deno.test("HealthChanges tells what is worse at once, and what is better once that has held", () => {
  const worse: HealthStatus[] = ["HEALTHY", "DEGRADED", "CRITICAL", "CRITICAL"];
  const better = new Array<HealthStatus>(8).fill("HEALTHY");
  assertEquals(toldOf([...worse, ...better]), [
    { second: 1, change: { previous: "HEALTHY", status: "DEGRADED", reasons: ["reason 1"] } },
    { second: 2, change: { previous: "DEGRADED", status: "CRITICAL", reasons: ["reason 2"] } },
    { second: 9, change: { previous: "CRITICAL", status: "HEALTHY", reasons: ["reason 9"] } },
  ]);
});

Deno.test("HealthChanges tells a status that goes up and down each second once", () => {
  const flapping = Array.from({ length: 100 }, (_, i): HealthStatus => i % 2 === 0 ? "DEGRADED" : "HEALTHY");
  assertEquals(toldOf(flapping).map(({ second }) => second), [0]);
});

Deno.test("HealthChanges recovers to the worst of the while that it waits, with the reasons of that", () => {
  const statuses: HealthStatus[] = ["CRITICAL", "HEALTHY", "DEGRADED", "HEALTHY", "HEALTHY", "HEALTHY", "HEALTHY"];
  assertEquals(toldOf(statuses).slice(1), [
    { second: 6, change: { previous: "CRITICAL", status: "DEGRADED", reasons: ["reason 2"] } },
  ]);
});

Deno.test("HealthChanges tells of real changes only, and comes to what is so in the end", () => {
  fc.assert(fc.property(fc.array(fc.constantFrom(...STATUSES)), fc.constantFrom(...STATUSES), (statuses, last) => {
    const settling = [...statuses, ...new Array<HealthStatus>(15).fill(last)];
    const told = toldOf(settling);
    let previous: HealthStatus = "HEALTHY";
    for (const { second, change } of told) {
      assertEquals(change.previous, previous);
      assert(change.status !== previous);
      // It is never told to be better than it is.
      assert(severityOf(change.status) >= severityOf(settling[second]));
      previous = change.status;
    }
    assertEquals(previous, last);
  }));
});
