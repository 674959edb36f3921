import { assert, assertEquals } from "@std/assert";
import { Row, verdictOf } from "./row.ts";
import { REPETITIONS_MIN } from "./statistics.ts";
import { normal as normalFrom, uniform } from "../lib/workload.ts";

const THRESHOLD = 0.1;

interface Shape {
  /** How much slower the tree after is. */
  readonly slowdown?: number;
  /** Deviation of the machine's speed from process to process. */
  readonly machine?: number;
  /** Deviation of the baseline alone. */
  readonly baseline?: number;
  /** Deviation of the row alone. */
  readonly own?: number;
  readonly pairs?: number;
  readonly seed?: number;
}

/** A row on a machine that behaves in a known way. */
function rowOf({ slowdown = 1, machine = 0, baseline = 0, own = 0, pairs = 20, seed = 1 }: Shape): Row {
  const normal = normalFrom(uniform(seed));
  const sample = (times: number) => {
    const ns = 10 * times * Math.exp(machine * normal());
    const jitter = Math.exp(own * normal());
    return { ns: ns * jitter, timesOfBaseline: times * jitter / Math.exp(baseline * normal()) };
  };
  const row = new Row("push");
  for (let i = 0; i < pairs; i++) row.add(sample(1), sample(slowdown));
  row.calibrate();
  return row;
}

Deno.test("verdictOf calls a row slower only if the whole interval lies beyond the threshold", () => {
  assertEquals(verdictOf({ ratio: 1.3, low: 1.11, high: 1.5 }, THRESHOLD), "slower");
  assertEquals(verdictOf({ ratio: 1.3, low: 1.09, high: 1.5 }, THRESHOLD), "unclear");
  assertEquals(verdictOf({ ratio: 1, low: 0.5, high: 1.09 }, THRESHOLD), "same");
  assertEquals(verdictOf({ ratio: 0.8, low: 0.7, high: 0.9 }, THRESHOLD), "faster");
  assertEquals(verdictOf({ ratio: 1.2, low: 0, high: Infinity }, THRESHOLD), "unclear");
});

Deno.test("Row compares by the baseline where the machine's speed varies as a whole", () => {
  const row = rowOf({ machine: 0.3, slowdown: 1.2, own: 0.01 });
  const { isRelative, verdict, isSettled } = row.result(THRESHOLD);
  assertEquals([isRelative, verdict, isSettled], [true, "slower", true]);
  assert(row.noise < 0.05, `${row.noise}`);
});

Deno.test("Row compares times where the baseline varies by itself", () => {
  const { isRelative, verdict } = rowOf({ baseline: 0.3, own: 0.01, slowdown: 1.2 }).result(THRESHOLD);
  assertEquals([isRelative, verdict], [false, "slower"]);
});

Deno.test("Row compares times where there is no baseline", () => {
  const row = new Row("100,000 counters");
  for (let i = 0; i < REPETITIONS_MIN; i++) row.add({ ns: 100 + i }, { ns: 100 + i });
  row.calibrate();
  const { isRelative, verdict, ratio } = row.result(THRESHOLD);
  assertEquals([isRelative, verdict, ratio], [false, "same", 1]);
  assertEquals(row.repetitionsFor(THRESHOLD), REPETITIONS_MIN);
});

Deno.test("Row is not settled while the threshold lies within a wide interval", () => {
  const { verdict, isSettled } = rowOf({ own: 0.3, pairs: REPETITIONS_MIN, slowdown: 1.1 }).result(THRESHOLD);
  assertEquals([verdict, isSettled], ["unclear", false]);
});

Deno.test("Row is settled where the threshold lies within a narrow one", () => {
  const { verdict, isSettled } = rowOf({ own: 0.01, pairs: 40, slowdown: 1.1 }).result(THRESHOLD);
  assertEquals([verdict, isSettled], ["unclear", true]);
});

Deno.test("Row never calls slower what is as fast as before, and always what is 30 % slower", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const shape = { own: 0.08, machine: 0.1, pairs: 60, seed };
    assert(rowOf(shape).result(THRESHOLD).verdict !== "slower", `seed ${seed}`);
    assertEquals(rowOf({ ...shape, slowdown: 1.3 }).result(THRESHOLD).verdict, "slower", `seed ${seed}`);
  }
});
