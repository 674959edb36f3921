/**
 * What it takes to read a clock, which is most of a timing: the `ffi` clock, the others that a program has, and an empty
 * loop as the baseline.
 *
 * @module
 */

import { assert } from "@std/assert";
import process from "node:process";
import { chooseClock } from "../../src/record/clock.ts";
import { type Ladder, type Ladders, registerBenches } from "../lib/harness.ts";

const BURST = 16_384;

const { clock, name } = chooseClock("ffi");
let last = 0;
let hasGoneBack = false;

const ladder: Ladder = {
  name: "clocks",
  cases: [
    {
      name: "no clock",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) last = i;
      },
    },
    {
      name: "ffi clock",
      burst: BURST,
      run: (count) => {
        let before = clock.now();
        for (let i = 0; i < count; i++) {
          const now = clock.now();
          if (now < before) hasGoneBack = true;
          before = now;
        }
        last = before;
      },
    },
    {
      name: "performance.now",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) last = performance.now();
      },
    },
    {
      name: "Date.now",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) last = Date.now();
      },
    },
    {
      name: "process.hrtime.bigint",
      isReference: true,
      burst: BURST,
      run: (count) => {
        for (let i = 0; i < count; i++) last = Number(process.hrtime.bigint());
      },
    },
  ],
  targets: [{ name: "ffi clock", reference: "performance.now", timesFaster: 1.3 }],
  allocationFree: ["ffi clock"],
  verify: () => {
    assert(name === "ffi" && last > 0 && !hasGoneBack, "the clock went back");
    return Promise.resolve();
  },
};

/** The bench. */
export const ladders: Ladders = { clock: () => ladder };

await registerBenches(ladders);
