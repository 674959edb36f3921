import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { SlowestTraces } from "../../../src/aggregate/traces/slowest.ts";
import { Trace } from "../../../src/aggregate/traces/trace.ts";
import { spanWith, traceIdOf } from "../../_support/aggregate/traces/spans.ts";

function traceOf(number: number, durationSeconds: number): Trace {
  const trace = new Trace(traceIdOf(number));
  trace.add(spanWith({ durationSeconds }), 1);
  return trace;
}

const step = fc.record({
  what: fc.constantFrom("offer", "offer", "offer", "remove", "takeLeast"),
  seconds: fc.nat(20),
  pick: fc.nat(),
});

function durationsOf(traces: readonly Trace[]): number[] {
  return traces.map(({ endToEndSeconds }) => endToEndSeconds).toSorted((a, b) => a - b);
}

Deno.test("SlowestTraces keeps what an array sorted by duration would keep", () => {
  fc.assert(
    fc.property(fc.nat(8), fc.array(step, { maxLength: 100 }), (sizeMax, steps) => {
      const slowest = new SlowestTraces(sizeMax);
      let model: Trace[] = [];
      for (const [number, { what, seconds, pick }] of steps.entries()) {
        if (what === "offer") {
          const trace = traceOf(number + 1, seconds);
          const before = model.length;
          const lost = slowest.offer(trace);
          model = [...model, trace].filter((each) => each !== lost);
          assertEquals(model.length, Math.min(before + 1, sizeMax));
          if (lost !== undefined) {
            assertEquals(lost.rank, -1);
            assertEquals(durationsOf([...model, lost])[0], lost.endToEndSeconds);
          }
        } else if (what === "takeLeast") {
          const least = slowest.takeLeast();
          assertEquals(least?.endToEndSeconds, durationsOf(model)[0]);
          model = model.filter((each) => each !== least);
        } else if (model.length > 0) {
          const [trace] = model.splice(pick % model.length, 1);
          slowest.remove(trace);
          assertEquals(trace.rank, -1);
        }
        assertEquals(durationsOf(slowest.traces), durationsOf(model));
        assertEquals(slowest.bytes, model.reduce((sum, { bytes }) => sum + bytes, 0));
        assertEquals(slowest.traces.map(({ rank }) => rank), [...slowest.traces.keys()]);
      }
    }),
    { seed: 11 },
  );
});

Deno.test("SlowestTraces refuses a trace that took no longer, and returns the one that took least", () => {
  const slowest = new SlowestTraces(2);
  const [one, two, three] = [traceOf(1, 1), traceOf(2, 2), traceOf(3, 3)];
  assertEquals([slowest.offer(two), slowest.offer(one)], [undefined, undefined]);
  const equal = traceOf(4, 1);
  assertStrictEquals(slowest.offer(equal), equal);
  assertStrictEquals(slowest.offer(three), one);
  assertStrictEquals(slowest.takeLeast(), two);
  assertStrictEquals(slowest.takeLeast(), three);
  assertEquals([slowest.takeLeast(), slowest.bytes], [undefined, 0]);
  const none = new SlowestTraces(0);
  assertStrictEquals(none.offer(one), one);
});
