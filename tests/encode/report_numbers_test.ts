import { assertEquals } from "@std/assert";
import { HUMAN } from "../../src/encode/report_numbers.ts";

const shown = (value: number, unit: string, name = "a") => HUMAN.scalar(value, { name, unit });

Deno.test("HUMAN shows large numbers with three digits and a prefix", () => {
  const numbers: readonly [value: number, text: string][] = [
    [0, "0"],
    [-3, "-3"],
    [0.1 + 0.2, "0.3"],
    [999_499, "999,499"],
    [1e6, "1 M"],
    [999_999.9, "1 M"],
    [12_345_678, "12.3 M"],
    [-4.5e9, "-4.5 G"],
    [999_999_999, "1 G"],
    [1.234e14, "123 T"],
    [1.234e15, "1.23e15"],
    [Number.MAX_VALUE, "1.80e308"],
  ];
  for (const [value, text] of numbers) assertEquals([HUMAN.count(value), shown(value, "")], [text, text]);
});

Deno.test("HUMAN shows bytes, shares and times by the unit, or else by the name", () => {
  assertEquals([0, 1_023, 1_024, 1.5 * 2 ** 20, 2 ** 60].map((value) => shown(value, "bytes")), [
    ...["0 B", "1,023 B", "1 KiB", "1.5 MiB", "1,024 PiB"],
  ]);
  assertEquals([shown(0.456, "ratio"), shown(1, "ratio"), shown(0.5, "", "pool_usage_ratio")], [
    ...["45.6 %", "100 %", "50 %"],
  ]);
  assertEquals([0.0025, 59, 90, 5_400, 172_800].map((value) => shown(value, "seconds")), [
    ...["2.5 ms", "59 s", "1.5 min", "1.5 h", "2 d"],
  ]);
  assertEquals(shown(2_048, "", "sent_bytes_total"), "2 KiB");
  assertEquals(shown(2_048, "", "bytes_sent"), "2,048");
  assertEquals(HUMAN.quantile(2_048, { name: "sent_bytes", unit: "bytes" }), "2 KiB");
});

Deno.test("HUMAN shows seconds since 1970 as a date", () => {
  assertEquals(shown(1_767_323_045, "seconds", "process_start_time_seconds"), "2026-01-02T03:04:05.000Z");
  assertEquals(shown(1e300, "seconds", "last_run_timestamp_seconds"), "1e300");
});
