import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseCandle, ROWS } from "../../examples/trading/candles.ts";

Deno.test("ROWS holds the whole history, oldest first", () => {
  const dates = ROWS.map((row) => parseCandle(row).date);
  assertEquals([ROWS.length, dates[0], dates.at(-1)], [5_105, "2000-01-03", "2020-04-17"]);
  assert(dates.every((date, index) => index === 0 || dates[index - 1] < date));
});

Deno.test("parseCandle reads a row of the file", () => {
  assertEquals(parseCandle("2000-01-03,1469.25,1478.0,1438.359985,1455.219971,1455.219971,931800000"), {
    date: "2000-01-03",
    open: 1469.25,
    high: 1478,
    low: 1438.359985,
    close: 1455.219971,
    volume: 931_800_000,
  });
});

for (
  const row of ["", "2000-01-03,1,2", "2000-01-03,1,2,3,1,1,0", "2000-01-03,5,4,1,2,2,0", "2000-01-03,x,2,1,1,1,0"]
) {
  Deno.test(`parseCandle refuses "${row}"`, () => {
    assertThrows(() => parseCandle(row), RangeError, "Cannot read candle");
  });
}
