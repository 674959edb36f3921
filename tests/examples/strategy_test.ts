import { assert, assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { parseCandle, ROWS } from "../../examples/trading/candles.ts";
import { MovingAverage, Rsi } from "../../examples/trading/indicators.ts";
import { type Signal, Strategy } from "../../examples/trading/strategy.ts";

const CANDLES = ROWS.map(parseCandle);
const CLOSES = CANDLES.map(({ close }) => close);

/** The mean of the last `length` prices, added up anew each time. */
function plainAverages(length: number): number[] {
  return CLOSES.map((_, index) => {
    if (index + 1 < length) return NaN;
    return CLOSES.slice(index + 1 - length, index + 1).reduce((sum, price) => sum + price, 0) / length;
  });
}

/** The RSI as Wilder wrote it down: smoothed gains over smoothed losses. */
function plainRsi(length: number): number[] {
  const changes = CLOSES.slice(1).map((price, index) => price - CLOSES[index]);
  const gains = smoothed(changes.map((change) => change > 0 ? change : 0), length);
  const losses = smoothed(changes.map((change) => change < 0 ? -change : 0), length);
  return [NaN, ...gains.map((gain, index) => 100 - 100 / (1 + gain / losses[index]))];
}

function smoothed(values: number[], length: number): number[] {
  let last = NaN;
  return values.map((value, index) => {
    if (index + 1 < length) return NaN;
    if (index + 1 > length) return last = (last * (length - 1) + value) / length;
    return last = values.slice(0, length).reduce((sum, each) => sum + each, 0) / length;
  });
}

function assertSame(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assertEquals(actual.length, expected.length);
  for (const [index, value] of actual.entries()) {
    if (Number.isNaN(expected[index])) assertEquals(value, NaN);
    else assertAlmostEquals(value, expected[index], tolerance);
  }
}

for (const length of [1, 5, 20, 200]) {
  Deno.test(`MovingAverage over ${length} equals the sum over a slice, on all real candles`, () => {
    const average = new MovingAverage(length);
    assertSame(CLOSES.map((close) => average.add(close)), plainAverages(length), 1e-7);
  });
}

for (const length of [2, 14]) {
  Deno.test(`Rsi over ${length} equals Wilder's formula, on all real candles`, () => {
    const rsi = new Rsi(length);
    assertSame(CLOSES.map((close) => rsi.add(close)), plainRsi(length), 1e-7);
  });
}

Deno.test("Rsi is 100 if prices only rise, 0 if they only fall, 50 if they stand still", () => {
  const last = (prices: number[]) => {
    const rsi = new Rsi(3);
    return prices.map((price) => rsi.add(price)).at(-1);
  };
  assertEquals(last([1, 2, 3, 4, 5]), 100);
  assertEquals(last([5, 4, 3, 2, 1]), 0);
  assertEquals(last([1, 1, 1, 1, 1]), 50);
});

Deno.test("Strategy signals where the plain averages cross and the plain RSI leaves its band", () => {
  const fast = plainAverages(5);
  const slow = plainAverages(20);
  const rsi = plainRsi(14);
  const expected = CLOSES.map((price, index): Signal | undefined => {
    const isAbove = fast[index] > slow[index];
    const wasAbove = fast[index - 1] > slow[index - 1];
    const isKnown = !Number.isNaN(slow[index - 1]);
    if (isKnown && isAbove !== wasAbove) return { side: isAbove ? "buy" : "sell", type: "market", price };
    if (rsi[index - 1] <= 30 && rsi[index] > 30) return { side: "buy", type: "limit", price };
    if (rsi[index - 1] >= 70 && rsi[index] < 70) return { side: "sell", type: "limit", price };
  });

  const strategy = new Strategy();
  const signals = CANDLES.map((candle) => strategy.next(candle));
  assertEquals(signals, expected);
  for (const side of ["buy", "sell"]) {
    for (const type of ["market", "limit"]) {
      assert(signals.some((signal) => signal?.side === side && signal.type === type));
    }
  }
  assertGreater(signals.filter((signal) => signal !== undefined).length, 200);
});
