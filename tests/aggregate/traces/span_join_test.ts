import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { TraceLimits } from "../../../src/model/trace_limits.ts";
import { SpanJoin } from "../../../src/aggregate/traces/span_join.ts";
import { FakeClock } from "../../../src/testing/mod.ts";
import { traceIdOf } from "../../_support/aggregate/traces/spans.ts";
import { TRACE_LIMITS } from "../../_support/aggregate/traces/trace_limits.ts";

const TRACE = traceIdOf(1);

function joinWith(limits: Partial<TraceLimits> = {}): { join: SpanJoin; clock: FakeClock } {
  const clock = new FakeClock();
  return { clock, join: new SpanJoin({ ...TRACE_LIMITS, ...limits }, () => clock.now()) };
}

Deno.test("SpanJoin returns the duration for the half that arrives last", () => {
  const { join } = joinWith();
  assertEquals([join.start(TRACE, "order", 5), join.end(TRACE, "order", 12.5)], [undefined, 7.5]);
  assertEquals([join.end(TRACE, "order", 30), join.start(TRACE, "order", 20)], [undefined, 10]);
  assertEquals(join.counts, { waiting: 0, startsWithoutEnd: 0, endsWithoutStart: 0 });
});

Deno.test("SpanJoin keeps traces and series apart", () => {
  const { join } = joinWith();
  join.start(TRACE, "order", 5);
  assertEquals(join.end(traceIdOf(2), "order", 10), undefined);
  assertEquals(join.end(TRACE, "signal", 10), undefined);
  assertEquals(join.end(TRACE, "order", 10), 5);
  assertEquals(join.counts.waiting, 2);
});

Deno.test("SpanJoin pairs several of one series in one trace first in, first out", () => {
  const { join } = joinWith();
  for (const atMs of [1, 2, 4]) join.start(TRACE, "order", atMs);
  assertEquals([10, 20, 30, 40].map((atMs) => join.end(TRACE, "order", atMs)), [9, 18, 26, undefined]);
  for (const atMs of [50, 60]) join.end(TRACE, "order", atMs);
  assertEquals([39, 48, 57, 61].map((atMs) => join.start(TRACE, "order", atMs)), [1, 2, 3, undefined]);
  assertEquals(join.counts.waiting, 1);
});

Deno.test("SpanJoin never returns a duration below zero", () => {
  const { join } = joinWith();
  join.start(TRACE, "order", 5);
  assertEquals(join.end(TRACE, "order", 4.9), 0);
});

Deno.test("SpanJoin expires an end after its grace and a start after its time-out, counts both and lists them", () => {
  const { join, clock } = joinWith();
  join.start(TRACE, "order/1", 5, "order");
  join.end(TRACE, "fill", 5);
  clock.advance(1_999);
  join.sweep();
  assertEquals(join.counts, { waiting: 2, startsWithoutEnd: 0, endsWithoutStart: 0 });
  clock.advance(1);
  join.sweep();
  assertEquals(join.counts, { waiting: 1, startsWithoutEnd: 0, endsWithoutStart: 1 });
  clock.advance(57_999);
  join.sweep();
  assertEquals(join.counts.waiting, 1);
  clock.advance(3);
  join.sweep();
  assertEquals(join.counts, { waiting: 0, startsWithoutEnd: 1, endsWithoutStart: 1 });
  assertEquals(join.unmatched, [
    { traceId: TRACE, name: "order", missing: "end", waitedSeconds: 60.002 },
    { traceId: TRACE, name: "fill", missing: "start", waitedSeconds: 2 },
  ]);
  // It is forgotten: what comes now waits anew.
  assertEquals(join.end(TRACE, "order/1", 9), undefined);
});

Deno.test("SpanJoin matches what has waited too long until it is swept", () => {
  const { join, clock } = joinWith();
  join.start(TRACE, "order", 5);
  clock.advance(100_000);
  assertEquals(join.end(TRACE, "order", 7), 2);
});

Deno.test("SpanJoin evicts the oldest of too many, and lists the last 20", () => {
  const { join, clock } = joinWith({ waitingMax: 100 });
  for (let i = 0; i < 1_000; i++) {
    if (i % 2 === 0) join.start(traceIdOf(i + 1), "order", i);
    else join.end(traceIdOf(i + 1), "order", i);
    clock.advance(1);
  }
  assertEquals(join.counts, { waiting: 100, startsWithoutEnd: 450, endsWithoutStart: 450 });
  assertEquals(join.unmatched.map(({ traceId }) => traceId), Array.from({ length: 20 }, (_, i) => traceIdOf(900 - i)));
  assertEquals(join.end(traceIdOf(901), "order", 1_000), 100);
  assertEquals(join.end(traceIdOf(899), "order", 1_000), undefined);
});

const GRACE_MS = 2;
const TIMEOUT_MS = 10;
const step = fc.record({
  what: fc.constantFrom("start", "end", "start", "end", "wait"),
  trace: fc.integer({ min: 1, max: 3 }),
  key: fc.constantFrom("a", "b"),
});

interface ModelHalf {
  readonly id: string;
  readonly isStart: boolean;
  readonly atMs: number;
  readonly cameMs: number;
}

/** All that waits, in one list, looked through from its start each time. */
class Model {
  waiting: ModelHalf[] = [];
  counts = { startsWithoutEnd: 0, endsWithoutStart: 0 };
  readonly #waitingMax: number;

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax;
  }

  meet(half: ModelHalf): number | undefined {
    const other = this.waiting.find(({ id, isStart }) => id === half.id && isStart !== half.isStart);
    if (other === undefined) {
      this.waiting.push(half);
      if (this.waiting.length > this.#waitingMax) this.#giveUp(this.#oldest());
      return undefined;
    }
    this.waiting = this.waiting.filter((each) => each !== other);
    return Math.max(0, half.isStart ? other.atMs - half.atMs : half.atMs - other.atMs);
  }

  sweep(nowMs: number): void {
    for (const half of this.waiting) {
      if (nowMs - half.cameMs >= (half.isStart ? TIMEOUT_MS : GRACE_MS)) this.#giveUp(half);
    }
  }

  /** Of those that came together, a start. */
  #oldest(): ModelHalf {
    const [{ cameMs }] = this.waiting;
    return this.waiting.find((each) => each.cameMs === cameMs && each.isStart) ?? this.waiting[0];
  }

  #giveUp(half: ModelHalf): void {
    this.waiting = this.waiting.filter((each) => each !== half);
    this.counts[half.isStart ? "startsWithoutEnd" : "endsWithoutStart"] += 1;
  }
}

Deno.test("SpanJoin does as a list that is looked through each time, and leaks nothing", () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 200, size: "max" }),
      fc.integer({ min: 1, max: 12 }),
      (steps, waitingMax) => {
        const { join, clock } = joinWith({ waitingMax, endGraceMs: GRACE_MS, startTimeoutMs: TIMEOUT_MS });
        const model = new Model(waitingMax);
        let [halves, matched] = [0, 0];
        for (const [i, { what, trace, key }] of steps.entries()) {
          if (what === "wait") {
            clock.advance(1);
            join.sweep();
            model.sweep(clock.now());
          } else {
            const traceId = traceIdOf(trace);
            const expected = model.meet({ id: traceId + key, isStart: what === "start", atMs: i, cameMs: clock.now() });
            assertEquals(join[what](traceId, key, i), expected);
            halves += 1;
            if (expected !== undefined) matched += 2;
          }
          const { waiting, startsWithoutEnd, endsWithoutStart } = join.counts;
          assertEquals([waiting, { startsWithoutEnd, endsWithoutStart }], [model.waiting.length, model.counts]);
          assertEquals(waiting + startsWithoutEnd + endsWithoutStart + matched, halves);
        }
        clock.advance(TIMEOUT_MS);
        join.sweep();
        assertEquals(join.counts.waiting, 0);
      },
    ),
    { seed: 23, numRuns: 300 },
  );
});
