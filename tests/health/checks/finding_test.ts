import { assertEquals } from "@std/assert";
import { compare, degradedBy, labelText, percent, rounded } from "../../../src/health/checks/finding.ts";
import type { Thresholds } from "../../../src/health/checks/thresholds.ts";

const THRESHOLDS: Thresholds = { degraded: 0.1, unhealthy: 0.5, critical: 2 };

Deno.test("compare has a reason only above a limit, and measures nothing without a value", () => {
  const describe = (value: number) => `it is ${value}`;
  assertEquals(compare(undefined, THRESHOLDS, describe), { status: "NOT_MEASURED" });
  assertEquals(compare(0, THRESHOLDS, describe), { status: "HEALTHY", value: 0 });
  assertEquals(compare(1, THRESHOLDS, describe), { status: "UNHEALTHY", value: 1, reason: "it is 1" });
});

Deno.test("degradedBy is HEALTHY without a reason", () => {
  assertEquals(degradedBy(undefined, 3), { status: "HEALTHY", value: 3 });
  assertEquals(degradedBy("it failed", 3), { status: "DEGRADED", value: 3, reason: "it failed" });
});

Deno.test("labelText writes labels as PromQL does", () => {
  assertEquals([labelText({}), labelText({ a: "1", b: 'say "hi"' })], ["", '{a="1",b="say \\"hi\\""}']);
});

Deno.test("rounded and percent keep three digits", () => {
  assertEquals([0.123456, 1234, 0.1, 20].map(rounded), ["0.123", "1230", "0.1", "20"]);
  assertEquals([0.123456, 0.5, 1].map(percent), ["12.3 %", "50 %", "100 %"]);
});
