import { assert, assertEquals } from "@std/assert";
import { HEALTH_MEMBERS } from "../../src/config/kinds/health.ts";
import { resolveOptions } from "../../src/config/options.ts";
import { BUILT_IN_CHECKS, type CheckName, HEALTH_DEFAULTS } from "../../src/health/settings.ts";
import { generateRules } from "../../src/monitoring/rules.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { FIRING, HEALTHY, inputsWith, OPT_IN } from "../_support/health/checks/cases.ts";

/** Checks that no alert of their own watches, and the reason. */
const WITHOUT_ALERT: Readonly<Partial<Record<CheckName, string>>> = {
  burnRate: "each objective has its alerts",
  recordsLost: "records are lost by a restart, which has an alert",
  clashes: "no metric counts clashes",
};

for (const [name, check] of BUILT_IN_CHECKS) {
  Deno.test(`the health check ${name} has a key, an option, a default and results`, () => {
    const { key, fallback, unit } = check;
    assertEquals(HEALTH_MEMBERS[name], { key });
    assertEquals([HEALTH_DEFAULTS[name], resolveOptions({ health: { [name]: true } }).aggregate.health[name]], [
      fallback,
      fallback,
    ]);
    assert(!resolveOptions({ health: { [name]: false } }).aggregate.health[name]);
    const config = { source: "hotpath.yaml", metrics: { health: { [key]: false } } };
    assert(!resolveOptions({ config }).aggregate.health[name]);
    assertEquals(unit === undefined, fallback === true, "a unit is the unit of limits");
    const setting = resolveOptions({ health: OPT_IN }).aggregate.health[name];
    assert(setting !== undefined);
    const { status, value, reason } = check.judge(inputsWith(FIRING[name]), setting);
    assertEquals([status, typeof value, typeof reason], ["DEGRADED", "number", "string"]);
    assertEquals(check.judge(HEALTHY, fallback).status, "HEALTHY");
  });

  Deno.test(`the health check ${name} has an alert, or there is a reason for none`, async () => {
    const { alert } = check;
    assertEquals(alert === undefined, name in WITHOUT_ALERT);
    if (alert === undefined) return;
    await using test = inlineMetrics({ runtime: { eventLoop: true, heap: true }, health: OPT_IN });
    const { file } = generateRules(await test.metrics.definitions(), { job: "shop", isNative: false });
    const rules = file.groups.find((group) => group.name === alert.group)?.rules ?? [];
    const own = rules.filter((rule) => "alert" in rule && rule.alert === alert.name);
    assert(own.length > 0);
    for (const { expr } of own) assert(expr.includes(alert.metric.replace(/_total$/, "")), expr);
  });
}

Deno.test("metrics report each built-in check under its name, and limits of those that have some", async () => {
  await using test = inlineMetrics();
  const { checks } = await test.metrics.health();
  assertEquals(checks.map(({ name }) => name), ["aggregator", ...BUILT_IN_CHECKS.map(([name]) => name)]);
  const { health } = await test.metrics.definitions();
  const limited = BUILT_IN_CHECKS.filter(([, { unit }]) => unit !== undefined).map(([name]) => name);
  assertEquals(Object.keys(health), limited);
});
