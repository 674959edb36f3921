import { assertEquals, assertThrows } from "@std/assert";
import { readArguments } from "./arguments.ts";

const FLAGS = { switches: ["short"], values: ["out", "threshold"] };

Deno.test("readArguments distinguishes names, switches and values", () => {
  const { names, isOn, valueOf, numberOf } = readArguments(
    ["HEAD~1", "--short", "ring", "--out", "ring.json", "--threshold=5"],
    FLAGS,
  );
  assertEquals(names, ["HEAD~1", "ring"]);
  assertEquals([isOn("short"), valueOf("out"), numberOf("threshold", 10, 1)], [true, "ring.json", 5]);
});

Deno.test("readArguments returns names as texts, and defaults for omitted arguments", () => {
  const { names, isOn, valueOf, numberOf } = readArguments(["1234567"], FLAGS);
  assertEquals(names, ["1234567"]);
  assertEquals([isOn("short"), valueOf("out"), numberOf("threshold", 10, 1)], [false, undefined, 10]);
});

Deno.test("readArguments refuses what it does not understand", () => {
  assertThrows(() => readArguments(["--fast"], FLAGS), TypeError, "a flag must be among --short, --out, --threshold");
  assertThrows(() => readArguments(["ring", "--out"], FLAGS), TypeError, "--out must have a value");
  for (const given of ["0", "-3", "ten", "Infinity"]) {
    const { numberOf } = readArguments([`--threshold=${given}`], FLAGS);
    assertThrows(() => numberOf("threshold", 10, 1), RangeError, "--threshold must be at least 1");
  }
});
