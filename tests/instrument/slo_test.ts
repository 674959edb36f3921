import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { Duration, SloOptions } from "../../mod.ts";
import { define } from "../../src/instrument/definition.ts";
import { sampleNames } from "../../src/model/sample_names.ts";
import { distributionOf } from "../_support/snapshots.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

type Refusal = readonly [slo: unknown, error: typeof RangeError | typeof TypeError, says: string];

const SLO = 'a duration such as "5ms", or an object such as { threshold: "5ms", target: 0.999 }';

const REFUSALS: readonly Refusal[] = [
  [null, TypeError, `slo must be ${SLO}, got null`],
  [0.005, TypeError, `slo must be ${SLO}, got 0.005`],
  ["5", TypeError, 'slo must be a duration such as "5ms", "1s" or "1m", got "5"'],
  ["0ms", RangeError, 'slo must be longer than zero, got "0ms"'],
  [
    { threshold: "5ms", target: 0.9, window: "1h" },
    TypeError,
    'keys of slo must be among threshold, target, critical, got "window"',
  ],
  [{ target: 0.9 }, TypeError, 'slo.threshold must be a duration such as "5ms", "1s" or "1m", got undefined'],
  [{ threshold: "5", target: 0.9 }, TypeError, 'slo.threshold must be a duration such as "5ms", "1s" or "1m", got "5"'],
  [{ threshold: "0ms", target: 0.9 }, RangeError, 'slo.threshold must be longer than zero, got "0ms"'],
  ...[0, -1, NaN, Infinity].map((threshold): Refusal => [
    { threshold, target: 0.9 },
    RangeError,
    `slo.threshold must be a finite number above 0, got ${threshold}`,
  ]),
  [{ threshold: 1, target: "99%" }, TypeError, 'slo.target must be a number above 0 and below 1, got "99%"'],
  ...[0, 1, 99.9, NaN].map((target): Refusal => [
    { threshold: 1, target },
    RangeError,
    `slo.target must be a number above 0 and below 1, got ${target}`,
  ]),
  [
    { threshold: "5ms", target: 0.9, critical: "4ms" },
    RangeError,
    'slo.critical must be at least the threshold, 0.005 s, got "4ms"',
  ],
  [{ threshold: "5ms", target: 0.9, critical: -1 }, RangeError, "slo.critical must be a finite number above 0, got -1"],
];

Deno.test("checkSlo refuses a wrong objective with field, rule and what was given", async () => {
  await using test = inlineMetrics();
  for (const [slo, error, says] of REFUSALS) {
    const thrown = assertThrows(() => test.metrics.timer("job", { slo: slo as SloOptions }), error);
    assertEquals(thrown.message, `Cannot create timer job: ${says}`);
  }
});

Deno.test("checkSlo accepts durations and seconds, and returns seconds", () => {
  for (
    const [threshold, seconds] of [["250us", 0.000_25], ["5ms", 0.005], ["1.5s", 1.5], ["2m", 120], [
      0.02,
      0.02,
    ]] as const
  ) {
    assertEquals(define("timer", "job", { slo: { threshold, target: 0.99 } }).slo, {
      thresholdSeconds: seconds,
      target: 0.99,
    });
  }
});

Deno.test("a timer's slo and sloByTimer accept the same forms", async () => {
  const forms = ["5ms", { threshold: "5ms" }, { threshold: 0.005, target: 0.9 }, { threshold: 0.005, critical: "1s" }];
  for (const slo of forms as readonly (SloOptions | Duration)[]) {
    await using test = inlineMetrics({ sloByTimer: { configured: slo } });
    const [own, configured] = [test.metrics.timer("own", { slo }), test.metrics.timer("configured")];
    for (const timer of [own, configured]) timer.observe(0.006);
    const snapshot = await test.metrics.snapshot();
    const { slo: expected } = distributionOf(snapshot, "own_seconds");
    assertEquals(expected?.thresholdSeconds, 0.005);
    assertEquals(distributionOf(snapshot, "configured_seconds").slo, expected);
  }
});

Deno.test("checkSlo accepts the critical threshold of violations, and returns it in seconds", async () => {
  const slo = { threshold: "5ms", target: 0.99, critical: "50ms" } as const;
  const objective = { thresholdSeconds: 0.005, target: 0.99, criticalSeconds: 0.05 };
  assertEquals(define("timer", "job", { slo }).slo, objective);
  await using test = inlineMetrics({ windows: [] });
  const timer = test.metrics.timer("job", { slo });
  timer.observe(0.1);
  const { slo: objectiveState } = distributionOf(await test.metrics.snapshot(), "job_seconds");
  assertEquals(objectiveState, { ...objective, violations: 1, compliance: 0, burnRate: {} });
  assertThrows(() => test.metrics.timer("job", { slo: { ...slo, critical: "60ms" } }), TypeError);
});

Deno.test("define leaves a timer without an objective as it is, and refuses one to a histogram", () => {
  const definition = define("timer", "job", { slo: undefined });
  assertEquals(["slo" in definition, definition.sloName], [false, undefined]);
  const { message } = assertThrows(
    () => define("histogram", "size", { slo: { threshold: 1, target: 0.9 } }),
    TypeError,
  );
  assertEquals(
    message,
    'Cannot create histogram size: options must be among help, unit, labels, buckets, schema, sketch, critical, got "slo"',
  );
});

Deno.test("sampleNames holds every name that an objective is written under", async () => {
  await using test = inlineMetrics();
  const options = { slo: { threshold: "5ms", target: 0.9 }, help: "Signal to submission" } as const;
  test.metrics.timer("order_execution", options).observe(1);
  const text = await test.metrics.scrape();
  const names = sampleNames(define("timer", "order_execution", options));
  const written = text.split("\n").filter((line) => line.startsWith("order_execution_slo"))
    .map((line) => line.split(/[ {]/)[0]);
  assertEquals([...new Set(written)], [
    "order_execution_slo_violations_total",
    "order_execution_slo_compliance_ratio",
    "order_execution_slo_burn_rate",
  ]);
  for (const name of written) assertEquals(names.includes(name), true);
  const { message } = assertThrows(() => test.metrics.gauge("order_execution_slo_burn_rate"), TypeError);
  assertEquals(
    message,
    "Cannot create gauge order_execution_slo_burn_rate: its exposed names must differ from those of order_execution, " +
      'got "order_execution_slo_burn_rate"',
  );
});

Deno.test("Timer created again is the same only with the same objective", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const timer = metrics.timer("job", { slo: { threshold: "5ms", target: 0.9 } });
  assertStrictEquals(metrics.timer("job", { slo: { threshold: 0.005, target: 0.9 } }), timer);
  for (const slo of [undefined, { threshold: "6ms", target: 0.9 }, { threshold: "5ms", target: 0.99 }] as const) {
    assertThrows(() => metrics.timer("job", { slo }), TypeError, "its definition must equal that of the timer");
  }
});
