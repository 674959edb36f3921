import { assertEquals, assertThrows } from "@std/assert";
import { formatDuration, parseDuration, parseSeconds } from "../../src/check/duration.ts";

Deno.test("parseDuration reads every unit into milliseconds", () => {
  assertEquals(parseDuration("250us", "x", "y"), 0.25);
  assertEquals(parseDuration("5ms", "x", "y"), 5);
  assertEquals(parseDuration("1s", "x", "y"), 1_000);
  assertEquals(parseDuration("1.5s", "x", "y"), 1_500);
  assertEquals(parseDuration("5m", "x", "y"), 300_000);
  assertEquals(parseDuration("24h", "x", "y"), 86_400_000);
});

Deno.test("parseDuration refuses what is not written like a duration", () => {
  const malformed = [
    "",
    "5",
    "ms",
    "-5ms",
    "5MS",
    "5d",
    "1e3ms",
    ".5s",
    "5.s",
    "٥ms",
    5,
    null,
    undefined,
  ];
  for (const text of malformed) {
    assertThrows(
      () => parseDuration(text, "create metrics", "windows"),
      TypeError,
      'Cannot create metrics: windows must be a duration such as "5ms", "1s" or "1m", got ',
    );
  }
});

Deno.test("parseDuration says that a blank is what is wrong", () => {
  for (const text of ["5 ms", "5ms ", " 5ms", "5\tms"]) {
    assertThrows(
      () => parseDuration(text, "create metrics", "windows"),
      TypeError,
      'windows must be a duration without blanks, such as "5ms", "1s" or "1m", got ',
    );
  }
});

Deno.test("parseDuration and parseSeconds return the written decimals, whatever the unit", () => {
  assertEquals(parseDuration("1.1m", "x", "y"), 66_000);
  assertEquals(parseDuration("4.1us", "x", "y"), 0.0041);
  assertEquals(parseSeconds("4.1ms", "x", "y"), 0.0041);
  assertEquals(parseSeconds("1.1us", "x", "y"), 0.0000011);
  const powers = { us: -6, ms: -3, s: 0 };
  for (let tenths = 1; tenths <= 10_000; tenths++) {
    for (const [unit, power] of Object.entries(powers)) {
      assertEquals(parseSeconds(`${tenths / 10}${unit}`, "x", "y"), Number(`${tenths}e${power - 1}`));
    }
  }
});

Deno.test("parseDuration refuses a duration that is larger than numbers are", () => {
  assertThrows(
    () => parseDuration(`${"9".repeat(400)}s`, "create metrics", "windows"),
    RangeError,
    'Cannot create metrics: windows must be finite, got "999',
  );
  assertThrows(() => parseDuration(`${"9".repeat(305)}h`, "x", "y"), RangeError, "must be finite");
});

Deno.test("parseDuration refuses a duration of zero", () => {
  assertThrows(
    () => parseDuration("0s", "create metrics", "windows"),
    RangeError,
    'Cannot create metrics: windows must be longer than zero, got "0s"',
  );
});

Deno.test("formatDuration writes whole numbers of the longest unit, and is read back", () => {
  const written = ["1h", "720h", "90m", "1s", "61s", "1500ms", "1000.5ms"];
  assertEquals(written.map((text) => formatDuration(parseDuration(text, "x", "y"))), written);
  assertEquals(formatDuration(parseDuration("1.5h", "x", "y")), "90m");
});
