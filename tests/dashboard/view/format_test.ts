import { assertEquals, assertMatch } from "@std/assert";
import {
  formatCount,
  formatDate,
  formatFactor,
  formatLabels,
  formatPerSecond,
  formatRate,
  formatShare,
  formatValue,
} from "../../../src/dashboard/view/format.ts";

Deno.test("formatValue writes durations in the unit that reads best", () => {
  const shown = [0, 4.2e-8, 0.0000123, 0.00042, 0.00123456, 0.25, 1, 59.94, 119, 7_140, 7_200, 259_200, -0.002]
    .map((seconds) => formatValue(seconds, "seconds"));
  assertEquals(shown, [
    "0 s",
    "42 ns",
    "12.3 µs",
    "420 µs",
    "1.23 ms",
    "250 ms",
    "1 s",
    "59.9 s",
    "119 s",
    "119 min",
    "2 h",
    "3 d",
    "−2 ms",
  ]);
});

Deno.test("formatValue writes bytes, shares and bare numbers", () => {
  assertEquals([0, 512, 2_048, 35_000_000].map((bytes) => formatValue(bytes, "bytes")), [
    "0 B",
    "512 B",
    "2 KiB",
    "33.4 MiB",
  ]);
  assertEquals([0, 0.5, 12, 9_999, 12_345, 4.2e6, 1e9].map((value) => formatValue(value, "")), [
    "0",
    "0.5",
    "12",
    "9,999",
    "12.3k",
    "4.2M",
    "1G",
  ]);
  assertEquals([null, undefined, NaN, Infinity, -Infinity].map((value) => formatValue(value, "")), [
    "–",
    "–",
    "–",
    "∞",
    "−∞",
  ]);
});

Deno.test("formatShare is 100 % of all only", () => {
  assertEquals([1, 0.9999999, 0.99936, 0.5, 0.0123, 0, null].map(formatShare), [
    "100 %",
    "99.999 %",
    "99.936 %",
    "50 %",
    "1.23 %",
    "0 %",
    "–",
  ]);
});

Deno.test("formatCount has all digits, formatRate is per second, formatLabels is one line", () => {
  assertEquals([1_234_567, null].map(formatCount), ["1,234,567", "–"]);
  assertEquals([formatRate(12), formatRate(2_048, "bytes"), formatRate(null)], ["12/s", "2 KiB/s", "–"]);
  assertEquals([formatPerSecond(0.094, "seconds"), formatPerSecond(3, "")], ["9.4 %", "3/s"]);
  assertMatch(formatDate(Date.parse("2026-01-02T12:00:00Z")), /^2026-01-0[123] \d\d:00:00$/);
  assertEquals(formatDate(NaN), "–");
  assertEquals(formatLabels({ pair: "BTC-USD", side: "buy" }), "pair=BTC-USD side=buy");
});

Deno.test("formatFactor writes burn rates with at most two decimals", () => {
  assertEquals([0, 0.5, 1, 2.346, 14.4].map(formatFactor), ["0×", "0.5×", "1×", "2.35×", "14.4×"]);
});
