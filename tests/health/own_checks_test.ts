import { assertEquals, assertThrows } from "@std/assert";
import { mock } from "node:test";
import { type HealthCheckOptions, OwnChecks } from "../../src/health/own_checks.ts";
import type { HealthCheck } from "../../src/health/verdict.ts";
import type { CheckReport } from "../../src/model/health_status.ts";

/** Checks whose timers move only when announced to. */
class Running implements Disposable {
  readonly reports: CheckReport[] = [];
  readonly retracted: string[] = [];
  readonly checks: OwnChecks = new OwnChecks({
    report: (report) => this.reports.push(report),
    retract: (name) => this.retracted.push(name),
  }, 10_000);

  constructor() {
    mock.timers.enable({ apis: ["setTimeout"] });
  }

  /** What was reported since it was last asked, once all that can run has run. */
  async news(): Promise<(string | undefined)[][]> {
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    return this.reports.splice(0).map(({ status, reason }) => reason === undefined ? [status] : [status, reason]);
  }

  async tick(ms: number): Promise<(string | undefined)[][]> {
    mock.timers.tick(ms);
    return await this.news();
  }

  [Symbol.dispose](): void {
    this.checks.close();
    mock.timers.reset();
  }
}

Deno.test("OwnChecks runs a check in a microtask, then at each interval, and reports each run", async () => {
  using running = new Running();
  let depth = 0;
  let runs = 0;
  running.checks.add("queue", () => {
    runs += 1;
    return depth < 10 || { status: "DEGRADED", reason: `${depth} wait` };
  });
  assertEquals(runs, 0, "it ran inside of add");
  assertEquals(await running.news(), [["NOT_MEASURED"], ["HEALTHY"]]);
  depth = 12;
  assertEquals([await running.tick(999), await running.tick(1)], [[], [["DEGRADED", "12 wait"]]]);
  assertEquals([await running.tick(1_000), runs], [[["DEGRADED", "12 wait"]], 3]);
});

Deno.test("OwnChecks reports a check that throws or rejects as UNHEALTHY, and continues", async () => {
  using running = new Running();
  const answers: HealthCheck[] = [
    () => {
      throw new Error("no route");
    },
    () => Promise.reject(new Error("refused")),
    () => Promise.resolve("HEALTHY"),
  ];
  let next = 0;
  running.checks.add("database", () => answers[next++]());
  assertEquals(await running.news(), [["NOT_MEASURED"], ["UNHEALTHY", "no route"]]);
  assertEquals(await running.tick(1_000), [["UNHEALTHY", "refused"]]);
  assertEquals(await running.tick(1_000), [["HEALTHY"]]);
});

Deno.test("OwnChecks never overlaps runs of a check, and reports at each interval that one does not settle", async () => {
  using running = new Running();
  let { promise, resolve } = Promise.withResolvers<boolean>();
  let runs = 0;
  running.checks.add("database", () => {
    runs += 1;
    return promise;
  }, { interval: "1s", timeout: "2s" });
  assertEquals(await running.news(), [["NOT_MEASURED"]]);
  const overdue = ["UNHEALTHY", "has not settled within 2 s"];
  assertEquals([await running.tick(1_999), await running.tick(1)], [[], [overdue]]);
  assertEquals([await running.tick(1_000), await running.tick(1_000), runs], [[overdue], [overdue], 1]);
  resolve(true);
  ({ promise, resolve } = Promise.withResolvers<boolean>());
  assertEquals(await running.news(), [["HEALTHY"]]);
  assertEquals([await running.tick(1_000), runs], [[], 2]);
  resolve(false);
  assertEquals(await running.news(), [["UNHEALTHY"]]);
});

Deno.test("OwnChecks reports when the next report is overdue: after the interval and the longer of two times", async () => {
  using running = new Running();
  running.checks.add("default", () => true);
  running.checks.add("slow", () => true, { interval: "1m", timeout: "30s" });
  assertEquals(running.reports.map(({ quietMaxMs }) => quietMaxMs), [11_000, 90_000]);
  await running.news();
});

Deno.test("OwnChecks reports nothing of a removed check, not even a pending run", async () => {
  using running = new Running();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const remove = running.checks.add("database", () => promise);
  const removeEarly = running.checks.add("early", () => true);
  removeEarly();
  assertEquals(await running.news(), [["NOT_MEASURED"], ["NOT_MEASURED"]]);
  remove();
  resolve(true);
  assertEquals([await running.news(), await running.tick(60_000)], [[], []]);
  assertEquals(running.retracted, ["early", "database"]);
  running.checks.add("database", () => true);
  remove();
  assertEquals(running.retracted.length, 2);
  assertEquals(await running.news(), [["NOT_MEASURED"], ["HEALTHY"]]);
});

Deno.test("OwnChecks runs nothing once it is closed, and adds no check", async () => {
  using running = new Running();
  running.checks.add("database", () => true);
  await running.news();
  running.checks.close();
  running.checks.add("late", () => true)();
  assertEquals([await running.tick(60_000), running.retracted], [[], []]);
});

Deno.test("OwnChecks refuses wrong checks with field, rule and what was given", () => {
  using running = new Running();
  const { checks } = running;
  const check = () => true;
  checks.add("taken", check);
  const refusals: [unknown[], typeof TypeError | typeof RangeError, string][] = [
    [[5, check], TypeError, "name must be a string, got 5"],
    [["", check], RangeError, 'name must have 1 to 100 characters, got ""'],
    [["\ud800", check], RangeError, 'name must be text that UTF-8 can encode, got "\\ud800"'],
    [["taken", check], RangeError, 'name must differ from the names in use, got "taken"'],
    [["dropRatio", check], RangeError, 'name must differ from the names in use, got "dropRatio"'],
    [["new", true], TypeError, "check must be a function, got true"],
    [
      ["new", check, { intervall: "1s" }],
      TypeError,
      'options must be among interval, timeout, got "intervall"; did you mean "interval"?',
    ],
    [["new", check, null], TypeError, "options must be an object, got null"],
    [["new", check, { interval: 5 }], TypeError, 'interval must be a duration such as "5ms", "1s" or "1m", got 5'],
    [["new", check, { interval: "9ms" }], RangeError, 'interval must be from 10ms to 1h, got "9ms"'],
    [["new", check, { timeout: "2h" }], RangeError, 'timeout must be from 10ms to 1h, got "2h"'],
  ];
  for (const [[name, given, options], error, says] of refusals) {
    const add = () => checks.add(name as string, given as HealthCheck, options as HealthCheckOptions);
    assertEquals(assertThrows(add, error).message, `Cannot add a health check: ${says}`);
  }
  for (let i = 1; i < 100; i++) checks.add(`check ${i}`, check);
  assertThrows(
    () => checks.add("one more", check),
    RangeError,
    "Cannot add a health check: the number of checks must be at most 100, got 101",
  );
});
