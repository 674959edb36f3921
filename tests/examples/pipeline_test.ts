import { assert, assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { createMetrics, type Metrics, type Snapshot } from "@hotpath/metrics";
import { type FakeClock, inlineMetrics } from "@hotpath/metrics/testing";
import { parseCandle, ROWS } from "../../examples/trading/candles.ts";
import { logNormalLatency } from "../../examples/trading/latency.ts";
import { createPipeline } from "../../examples/trading/pipeline.ts";
import { startTrading } from "../../examples/trading/start_trading.ts";
import { Strategy } from "../../examples/trading/strategy.ts";

/** Waits that end when the test's clock gets there. */
class FakeWaits {
  readonly #clock: FakeClock;
  #waits: { readonly untilMs: number; readonly end: () => void }[] = [];
  /** The most that were under way at once. */
  mostAtOnce = 0;
  /** How long all of them took together. */
  totalMs = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  get wait(): (ms: number) => Promise<void> {
    return (ms) => {
      const startMs = this.#clock.now();
      const { promise, resolve } = Promise.withResolvers<void>();
      const end = () => {
        this.totalMs += this.#clock.now() - startMs;
        resolve();
      };
      this.#waits.push({ untilMs: startMs + ms, end });
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#waits.length);
      return promise;
    };
  }

  async advance(ms: number): Promise<void> {
    this.#clock.advance(ms);
    const isDue = ({ untilMs }: { untilMs: number }) => untilMs <= this.#clock.now();
    const due = this.#waits.filter(isDue);
    this.#waits = this.#waits.filter((wait) => !isDue(wait));
    for (const { end } of due) end();
    await setImmediate();
  }
}

interface Replayed {
  readonly snapshot: Snapshot;
  readonly waits: FakeWaits;
  readonly portfolioValues: readonly number[];
}

/** Replays the history, five candles every ten milliseconds, and waits for the last answers. */
async function replay(passes: number, seed: number): Promise<Replayed> {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  const waits = new FakeWaits(clock);
  const pipeline = createPipeline(metrics, { latencyMs: logNormalLatency(8, 0.6, seed), wait: waits.wait });
  const portfolioValues: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    for (const [index, row] of ROWS.entries()) {
      pipeline.feed(row);
      if (index % 5 === 4) await waits.advance(10);
      if (index % 1_000 === 999) portfolioValues.push(totalOf(await metrics.snapshot(), "portfolio_value"));
    }
  }
  await waits.advance(60_000);
  await pipeline.settle();
  return { snapshot: await metrics.snapshot(), waits, portfolioValues };
}

function metricOf({ metrics }: Snapshot, name: string) {
  const metric = metrics.find((each) => each.name === name);
  assert(metric !== undefined, `there is no ${name}`);
  return metric;
}

/** The sum over a scalar's series. */
function totalOf(snapshot: Snapshot, name: string): number {
  const metric = metricOf(snapshot, name);
  assert(metric.type === "counter" || metric.type === "gauge");
  return metric.series.reduce((sum, { value }) => sum + value, 0);
}

/** All series of a timer together. */
function timingsOf(snapshot: Snapshot, name: string) {
  const metric = metricOf(snapshot, `${name}_seconds`);
  assert(metric.type === "histogram");
  const total = (key: "count" | "sum") => metric.series.reduce((sum, series) => sum + series[key], 0);
  return { count: total("count"), sum: total("sum"), labels: metric.series.map(({ labels }) => labels) };
}

function assertConsistent(snapshot: Snapshot): void {
  const [candles, signals, orders] = ["candles_total", "signals_total", "orders_total"].map((name) =>
    totalOf(snapshot, name)
  );
  const counts = (name: string) => timingsOf(snapshot, name).count;
  assertEquals(counts("candle_processing"), candles);
  assertEquals(counts("signal_generation"), candles);
  assertEquals(counts("order_execution"), orders);
  assertEquals(counts("order_round_trip"), orders);
  assertEquals(counts("market_data_processing"), candles);
  assertEquals(totalOf(snapshot, "market_data_updates_total"), candles);
  assert(orders <= signals && signals < candles);
  assert(counts("order_fill") > 0 && counts("order_fill") <= orders);
  // Every order has an answer, and candles have two subscribers.
  assertEquals(counts("event_bus_publish"), candles + signals + orders + orders);
  assertEquals(counts("event_bus_handle"), 2 * candles + signals + orders + orders);
  assertEquals(totalOf(snapshot, "queue_backlog"), 0);
  assertEquals(snapshot.meta.dropped, 0);
}

Deno.test("createPipeline counts agree with each other after two passes over the real candles", async () => {
  const { snapshot } = await replay(2, 1);
  assertEquals(totalOf(snapshot, "candles_total"), 2 * ROWS.length);
  assertConsistent(snapshot);
  assertEquals(
    metricOf(snapshot, "orders_total").series.map(({ labels }) => labels),
    ["buy", "sell"].flatMap((side) => ["market", "limit"].map((type) => ({ pair: "SPX-USD", side, type }))),
  );
  const [trading_pair, strategy] = ["SPX-USD", "crossover-rsi"];
  const orderLabels = ["buy", "sell"].flatMap((side) =>
    ["market", "limit"].map((order_type) => ({ trading_pair, order_type, side, strategy }))
  );
  assertEquals(timingsOf(snapshot, "order_execution").labels, orderLabels);
  assertEquals(timingsOf(snapshot, "order_round_trip").labels, orderLabels);
  assertEquals(timingsOf(snapshot, "signal_generation").labels, [{ trading_pair, strategy }]);
  assertEquals(timingsOf(snapshot, "market_data_processing").labels, [{ trading_pair }]);
});

Deno.test("createPipeline makes the strategy's signals, each pass anew", async () => {
  const { snapshot } = await replay(2, 1);
  const strategy = new Strategy();
  const signals = ROWS.map((row) => strategy.next(parseCandle(row))).filter((signal) => signal !== undefined);
  const expected = ["buy", "sell"].map((side) => ({
    labels: { side },
    value: 2 * signals.filter((signal) => signal.side === side).length,
  }));
  assertEquals(metricOf(snapshot, "signals_total").series, expected);
});

Deno.test("createPipeline times executions that overlap, each with its own duration", async () => {
  const { snapshot, waits } = await replay(1, 1);
  assertGreater(waits.mostAtOnce, 1);
  assertAlmostEquals(timingsOf(snapshot, "order_execution").sum, waits.totalMs / 1_000, 1e-6);
  // The test's clock stands still while the pipeline works.
  assertAlmostEquals(timingsOf(snapshot, "order_round_trip").sum, waits.totalMs / 1_000, 1e-6);
});

Deno.test("createPipeline gives the same result from the same seed, and a portfolio that moves", async () => {
  const first = await replay(1, 5);
  const second = await replay(1, 5);
  assertEquals(second.portfolioValues, first.portfolioValues);
  assertEquals(timingsOf(second.snapshot, "order_fill").count, timingsOf(first.snapshot, "order_fill").count);
  assertEquals(new Set(first.portfolioValues).size, first.portfolioValues.length);
  assert(first.portfolioValues.every((value) => value > 500_000 && value < 5_000_000));
});

Deno.test("startTrading feeds candles by the clock until it is stopped, and leaves no order open", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const trading = startTrading(metrics, { candlesPerSecond: 20_000 });
  await untilFilled(metrics);
  await trading.stop();
  const snapshot = await metrics.snapshot();
  assertConsistent(snapshot);
  await setImmediate();
  assertEquals(totalOf(await metrics.snapshot(), "candles_total"), totalOf(snapshot, "candles_total"));
});

async function untilFilled(metrics: Metrics): Promise<void> {
  while (timingsOf(await metrics.snapshot(), "order_fill").count < 20) await setImmediate();
}

Deno.test("createPipeline makes each candle a trace: candle, signal, order, with the latency from end to end", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const pipeline = createPipeline(metrics, { latencyMs: () => 0, wait: () => Promise.resolve() });
  for (const row of ROWS.slice(0, 100)) pipeline.feed(row);
  await pipeline.settle();
  const { slowest, recent } = await metrics.listTraces({ limit: 100 });
  assertEquals(new Set([...slowest, ...recent].map(({ traceId }) => traceId)).size, 100);
  const traces = await Promise.all(recent.map(({ traceId }) => metrics.findTrace(traceId)));
  const traded = traces.filter((trace) => trace?.stages.some(({ name }) => name === "order_execution"));
  assertGreater(traded.length, 0);
  for (const trace of traded) {
    const names = new Set(trace?.stages.map(({ name }) => name));
    for (const name of ["candle", "candle_processing", "signal_generation", "order_round_trip", "event_bus_handle"]) {
      assert(names.has(name), `${name} is missing`);
    }
    assertEquals([trace?.name, trace?.isComplete], ["candle", true]);
  }
});
