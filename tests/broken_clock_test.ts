import { assertEquals, assertGreaterOrEqual, assertMatch } from "@std/assert";
import { createMetrics, type Metrics } from "../mod.ts";
import { distributionOf } from "./_support/snapshots.ts";

const OPENMETRICS = "application/openmetrics-text; version=1.0.0";
const FORMS = ["inline", "worker"] as const;

/** Metrics with a clock that the test moves and breaks. */
function setUp(aggregation: (typeof FORMS)[number]) {
  const script: { shows: unknown } = { shows: 1_000_000 };
  const now = () => {
    if (script.shows === Error) throw new Error("no clock");
    return script.shows as number;
  };
  const metrics = createMetrics({ aggregation, clock: { now } });
  return { metrics, script, timer: metrics.timer("t", { slo: { threshold: "1s", target: 0.9 } }) };
}

async function rejectedBy(metrics: Metrics): Promise<number> {
  const lines = (await metrics.scrape()).matchAll(/^hotpath_records_rejected_total\{reason="\w+"\} (\d+)$/gm);
  return Array.from(lines, ([, count]) => Number(count)).reduce((sum, count) => sum + count, 0);
}

/** Asserts that an exposition has no number that is none but those of empty windows, and no control character. */
async function assertClean(metrics: Metrics): Promise<void> {
  const { body } = await metrics.scrape({ accept: OPENMETRICS });
  const text = new TextDecoder("utf-8", { fatal: true }).decode(body);
  for (const line of text.trimEnd().split("\n").filter((each) => !each.startsWith("#"))) {
    // deno-lint-ignore no-control-regex -- that is what must not be there
    assertMatch(line, /^[^\x00-\x1f]+ (-?[0-9.]+(e[-+]\d+)?|NaN)( # \{.*\} [0-9.e-]+ [0-9.]+)?$/);
    if (line.endsWith(" NaN")) assertMatch(line, /_window(_seconds)?\{/);
  }
}

for (const aggregation of FORMS) {
  for (
    const [what, shows] of [
      ["NaN", NaN],
      ["Infinity", Infinity],
      ["-Infinity", -Infinity],
      ["1e300", 1e300],
      ["below 0", -5],
      ["-1, as of what is sampled out", -1],
      ["a text", "1000005"],
      ["a bigint", 1_000_005n],
      ["undefined", undefined],
      ["an error", Error],
    ] as const
  ) {
    Deno.test(`timings by a clock that shows ${what} are counted as rejected and spoil nothing, ${aggregation}`, async () => {
      const { metrics, script, timer } = setUp(aggregation);
      await using _ = metrics;
      const before = timer.start();
      script.shows = shows;
      timer.end(before);
      timer.end(timer.start());
      timer.endCritical(timer.startCritical());
      timer.wrap(() => {})();
      timer.span().end();
      timer.endWithExemplar(timer.start(), { trace_id: "abc" });
      metrics.trace.run({ name: "run" }, () => {
        timer.end(timer.start());
        timer.startInTrace();
        timer.endInTrace();
      });
      // Values that need no clock count all the same.
      timer.observe(0.5);
      await assertClean(metrics);
      assertEquals(await rejectedBy(metrics), 10);
      assertGreaterOrEqual((await metrics.snapshot()).uptimeSeconds, 0);
      assertEquals((await metrics.listTraces()).counts.waiting, 0);

      script.shows = 1_060_000;
      const start = timer.start();
      script.shows = 1_060_250;
      timer.end(start);
      const { count, sum, max, windows } = distributionOf(await metrics.snapshot(), "t_seconds");
      assertEquals([count, sum, max], [2, 0.75, 0.5]);
      // Inline, a minute has passed on that clock.
      assertEquals([windows["5s"].count, windows["5m"].count], [aggregation === "inline" ? 1 : 2, 2]);
      assertEquals(await rejectedBy(metrics), 10);
      await assertClean(metrics);
    });
  }

  Deno.test(`windows go on after a clock was set back by an hour, or forward and back by years, ${aggregation}`, async () => {
    const { metrics, script, timer } = setUp(aggregation);
    await using _ = metrics;
    for (const setTo of [10_000_000, 6_400_000, 3.2e11, 6_500_000]) {
      script.shows = setTo;
      const { uptimeSeconds } = await metrics.snapshot();
      for (let i = 1; i <= 10; i++) {
        const start = timer.start();
        script.shows = setTo + i * 1_000;
        timer.end(start);
        await metrics.flush();
      }
      const snapshot = await metrics.snapshot();
      const { windows } = distributionOf(snapshot, "t_seconds");
      if (aggregation === "worker") continue;
      assertEquals(snapshot.uptimeSeconds, uptimeSeconds + 10);
      // The last slice may hold one more.
      assertEquals([5, 6].includes(windows["5s"].count), true, `${windows["5s"].count} at ${setTo}`);
    }
    const { count, sum } = distributionOf(await metrics.snapshot(), "t_seconds");
    assertEquals([count, sum], [40, 40]);
  });

  for (
    const [what, now] of [
      ["NaN", () => NaN],
      ["undefined", () => undefined],
      ["negative", () => -1e12],
      ["huge", () => 1e300],
      ["an error", () => {
        throw new Error("no clock");
      }],
    ] as const
  ) {
    Deno.test(`an exposition has times of day although Date.now is ${what}, ${aggregation}`, async () => {
      const real = Date.now;
      Date.now = now as () => number;
      try {
        await using metrics = createMetrics({ aggregation, runtime: { process: true } });
        const orders = metrics.counter("orders_total");
        orders.incWithExemplar(1, { trace_id: "abc" });
        orders.reset();
        orders.incWithExemplar(2, { trace_id: "def" });
        const sizes = metrics.histogram("sizes");
        sizes.observeWithExemplar(1, { trace_id: "abc" });
        sizes.reset();
        const traceId = metrics.trace.run({ name: "run" }, (context) => context.traceId);
        const timer = metrics.timer("t", { slo: { threshold: "1s", target: 0.9 } });
        metrics.addEventListener("slobreach", () => {});
        timer.observe(2);
        await assertClean(metrics);
        const text = new TextDecoder().decode((await metrics.scrape({ accept: OPENMETRICS })).body);
        for (const [, seconds] of text.matchAll(/^\w+_created(?:\{.*\})? (.*)$/gm)) {
          assertGreaterOrEqual(Number(seconds), 1_600_000_000, text);
        }
        assertGreaterOrEqual(Date.parse((await metrics.findTrace(traceId))?.startedAt ?? ""), 1.6e12);
        assertGreaterOrEqual(Date.parse((await metrics.snapshot()).timestamp), 1.6e12);
      } finally {
        Date.now = real;
      }
    });
  }
}
