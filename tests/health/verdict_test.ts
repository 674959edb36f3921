import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { isHealthStatus } from "../../src/health/overall.ts";
import { verdictOf, verdictOfError } from "../../src/health/verdict.ts";

Deno.test("verdictOf takes a status, a status with a reason, and a boolean", () => {
  assertEquals(verdictOf("DEGRADED"), { status: "DEGRADED" });
  assertEquals(verdictOf({ status: "CRITICAL", reason: "no disk" }), { status: "CRITICAL", reason: "no disk" });
  assertEquals(verdictOf({ status: "HEALTHY" }), { status: "HEALTHY" });
  assertEquals(verdictOf({ status: "HEALTHY", reason: "" }), { status: "HEALTHY" });
  assertEquals([verdictOf(true), verdictOf(false)], [{ status: "HEALTHY" }, { status: "UNHEALTHY" }]);
});

Deno.test("verdictOf is UNHEALTHY for an invalid answer, and names it in the reason", () => {
  const says = "the check must return a status or a boolean, got";
  assertEquals(verdictOf(undefined), { status: "UNHEALTHY", reason: `${says} undefined` });
  assertEquals(verdictOf("fine"), { status: "UNHEALTHY", reason: `${says} "fine"` });
  assertEquals(verdictOf({ status: "fine" }), { status: "UNHEALTHY", reason: `${says} {"status":"fine"}` });
  fc.assert(fc.property(fc.anything(), (answer) => {
    const { status, reason = "" } = verdictOf(answer);
    assert(isHealthStatus(status) && reason.length <= 256);
  }));
});

Deno.test("verdictOfError has the message, cut where it is long", () => {
  assertEquals(verdictOfError(new Error("no route")), { status: "UNHEALTHY", reason: "no route" });
  const numbered = Object.assign(new Error(), { message: 5 });
  assertEquals(verdictOfError(numbered), { status: "UNHEALTHY", reason: '{"message":5}' });
  assertEquals(verdictOfError({ code: 5 }), { status: "UNHEALTHY", reason: '{"code":5}' });
  const { reason = "" } = verdictOfError(new Error("😀".repeat(1_000)));
  assertEquals([reason.length, reason.isWellFormed()], [256, true]);
  assertEquals(verdictOfError(new Error("a" + "😀".repeat(1_000))).reason?.isWellFormed(), true);
});
