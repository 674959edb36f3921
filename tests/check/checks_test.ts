import { assertEquals, assertThrows } from "@std/assert";
import {
  checkAbove,
  checkBoolean,
  checkFilled,
  checkFinite,
  checkFunction,
  checkInnerShare,
  checkList,
  checkMethods,
  checkNumber,
  checkOneOf,
  checkPowerOfTwo,
  checkShare,
  checkString,
  checkWhole,
  optional,
  orDefault,
} from "../../src/check/checks.ts";
import { checkDuration, checkSeconds } from "../../src/check/duration.ts";
import type { Check, Place } from "../../src/check/place.ts";

const PLACE: Place = { action: "act", path: "field" };

interface Case {
  readonly check: Check<unknown>;
  readonly accepted: readonly unknown[];
  /** Values of the wrong type. */
  readonly wrong: readonly unknown[];
  /** Values of the right type that are out of range. */
  readonly outOfRange: readonly unknown[];
  readonly must: string;
}

const numbers = { wrong: ["1", null, undefined, 1n], outOfRange: [NaN] };

const CASES: Readonly<Record<string, Case>> = {
  checkBoolean: {
    check: checkBoolean,
    accepted: [true, false],
    wrong: [0, "true"],
    outOfRange: [],
    must: "be true or false",
  },
  checkString: { check: checkString, accepted: ["", "a"], wrong: [5, null], outOfRange: [], must: "be a string" },
  checkFunction: { check: checkFunction, accepted: [() => {}], wrong: [{}], outOfRange: [], must: "be a function" },
  checkFilled: { check: checkFilled(), accepted: ["a"], wrong: [], outOfRange: [""], must: "not be empty" },
  checkOneOf: {
    check: checkOneOf("low", "middle", "high"),
    accepted: ["low"],
    wrong: [1],
    outOfRange: ["?"],
    must: 'be "low", "middle" or "high"',
  },
  checkNumber: {
    check: checkNumber(1, 2),
    accepted: [1, 1.5, 2],
    wrong: numbers.wrong,
    outOfRange: [0.9, 2.1, NaN],
    must: "be a number from 1 to 2",
  },
  checkShare: { check: checkShare, accepted: [0, 1], ...numbers, must: "be a number from 0 to 1" },
  checkInnerShare: {
    check: checkInnerShare,
    accepted: [0.5],
    wrong: numbers.wrong,
    outOfRange: [0, 1, NaN],
    must: "be a number above 0 and below 1",
  },
  checkFinite: {
    check: checkFinite,
    accepted: [-1, 0],
    wrong: numbers.wrong,
    outOfRange: [NaN, Infinity],
    must: "be a finite number",
  },
  checkAbove: {
    check: checkAbove(1),
    accepted: [1.1],
    wrong: numbers.wrong,
    outOfRange: [1, Infinity, NaN],
    must: "be a finite number above 1",
  },
  checkWhole: {
    check: checkWhole(1, 3),
    accepted: [1, 3],
    wrong: numbers.wrong,
    outOfRange: [0, 4, 1.5, NaN],
    must: "be a whole number from 1 to 3",
  },
  checkPowerOfTwo: {
    check: checkPowerOfTwo(2, 8),
    accepted: [2, 8],
    wrong: [],
    outOfRange: [3, 6],
    must: "be a power of two",
  },
  checkDuration: {
    check: checkDuration("1s", "1m"),
    accepted: ["1s", "60s"],
    wrong: [],
    outOfRange: ["999ms", "61s"],
    must: "be from 1s to 1m",
  },
  checkSeconds: {
    check: checkSeconds,
    accepted: [0.1, "5ms"],
    wrong: [],
    outOfRange: [0, -1, NaN],
    must: "be a finite number above 0",
  },
  checkMethods: {
    check: checkMethods("come from make", "get"),
    accepted: [new Map()],
    wrong: [null, {}, { get: 5 }, "text"],
    outOfRange: [],
    must: "come from make",
  },
  checkList: {
    check: checkList(checkString, "be an array", 2),
    accepted: [[], ["a", "b"]],
    wrong: ["a", new Set()],
    outOfRange: [],
    must: "be an array",
  },
};

for (const [name, { check, accepted, wrong, outOfRange, must }] of Object.entries(CASES)) {
  Deno.test(`${name} distinguishes the wrong type from the wrong range`, () => {
    for (const given of accepted) check(PLACE, given);
    for (const given of wrong) {
      assertThrows(() => check(PLACE, given), TypeError, `Cannot act: field must ${must}, got `);
    }
    for (const given of outOfRange) {
      assertThrows(() => check(PLACE, given), RangeError, `Cannot act: field must ${must}, got `);
    }
  });
}

Deno.test("checkOneOf suggests the nearest word", () => {
  const { message } = assertThrows(() => checkOneOf("worker", "inline")(PLACE, "wroker"), RangeError);
  assertEquals(message, 'Cannot act: field must be "worker" or "inline", got "wroker"; did you mean "worker"?');
});

Deno.test("checkList names the item that is wrong, also where the list has a hole", () => {
  const check = checkList(checkString, "be an array", 2);
  assertThrows(() => check(PLACE, ["a", 5]), TypeError, "field[1] must be a string, got 5");
  assertThrows(() => check(PLACE, ["a", ,]), TypeError, "field[1] must be a string, got undefined");
  assertThrows(() => check(PLACE, ["a", "b", "c"]), RangeError, "field must be at most 2, got 3");
});

Deno.test("orDefault and optional check what is given, null too", () => {
  assertEquals([orDefault(checkString, "a")(PLACE, undefined), orDefault(checkString, "a")(PLACE, "b")], ["a", "b"]);
  assertEquals(optional(checkString)(PLACE, undefined), undefined);
  assertThrows(() => optional(checkString)(PLACE, null), TypeError, "field must be a string, got null");
});
