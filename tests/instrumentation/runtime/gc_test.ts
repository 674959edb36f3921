import { assertEquals, assertGreater, assertGreaterOrEqual } from "@std/assert";
import fc from "fast-check";
import { GcWatch } from "../../../src/instrumentation/runtime/gc.ts";
import type { Collection, GcProfiler } from "../../../src/platform/node_builtins.ts";
import { MOD, runScript } from "../../_support/subprocess.ts";

/** Fake V8 that collects on demand and reports to all running profilers. */
class FakeV8 {
  readonly running: Set<FakeProfiler> = new Set();
  #collections = 0;

  collect(gcType: string = "Scavenge"): void {
    const usedHeapSize = ++this.#collections;
    const state = { heapStatistics: { usedHeapSize } };
    const collection = { gcType, cost: 1e6, beforeGC: state, afterGC: state };
    for (const profiler of this.running) profiler.seen.push(collection);
  }
}

class FakeProfiler implements GcProfiler {
  readonly seen: Collection[] = [];
  readonly #v8: FakeV8;
  /** Called just after it started. */
  readonly #onStarted: () => void;

  constructor(v8: FakeV8, onStarted: () => void = () => {}) {
    this.#v8 = v8;
    this.#onStarted = onStarted;
  }

  start(): void {
    this.#v8.running.add(this);
    this.#onStarted();
  }

  stop(): { statistics: Collection[] } {
    this.#v8.running.delete(this);
    return { statistics: this.seen };
  }
}

function watchOf(v8: FakeV8, onStarted?: () => void): { watch: GcWatch; reported: [string, number][] } {
  const reported: [string, number][] = [];
  const watch = new GcWatch(() => new FakeProfiler(v8, onStarted), (kind, seconds) => reported.push([kind, seconds]));
  return { watch, reported };
}

Deno.test("GcWatch reports kind and seconds of each collection", () => {
  const v8 = new FakeV8();
  const { watch, reported } = watchOf(v8);
  const types = ["Scavenge", "MinorMarkSweep", "MarkSweepCompact", "IncrementalMarking", "ProcessWeakCallbacks", "New"];
  for (const type of types) v8.collect(type);
  watch.rotate();
  const kinds = ["minor", "minor", "major", "incremental", "weakcb", "other"];
  assertEquals(reported, kinds.map((kind) => [kind, 0.001]));
  watch.close();
});

Deno.test("GcWatch counts a collection once that two profilers report, and leaves none running", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ alone: fc.nat(4), together: fc.nat(3) }), { minLength: 1, maxLength: 20 }),
      (turns) => {
        const v8 = new FakeV8();
        let together = 0;
        const { watch, reported } = watchOf(v8, () => {
          for (let i = 0; i < together; i++) v8.collect();
        });
        let collected = 0;
        for (const turn of turns) {
          for (let i = 0; i < turn.alone; i++) v8.collect();
          together = turn.together;
          watch.rotate();
          collected += turn.alone + turn.together;
        }
        watch.close();
        assertEquals(reported.length, collected);
        assertEquals(v8.running.size, 0);
      },
    ),
    { seed: 52 },
  );
});

Deno.test("GcWatch continues with the current profiler if the next one does not start", () => {
  const v8 = new FakeV8();
  let isFailing = false;
  const { watch, reported } = watchOf(v8, () => {
    if (isFailing) throw new Error("no");
  });
  v8.collect();
  isFailing = true;
  try {
    watch.rotate();
  } catch {
    isFailing = false;
  }
  v8.collect();
  watch.rotate();
  assertEquals([isFailing, reported.length], [false, 2]);
  watch.close();
});

interface Counts {
  readonly forced: number;
  readonly least: Readonly<Record<string, number>>;
  readonly most: Readonly<Record<string, number>>;
  readonly counted: Readonly<Record<string, number>>;
  readonly sum: number;
  readonly measured: number;
  readonly failures: number;
}

/**
 * Forces collections over many rotations. Of two other profilers, which run all the time, one begins earlier and ends
 * later, the other begins later and ends earlier: there may be a collection that was not forced.
 */
const FORCING = `
import v8 from "node:v8";
import { createMetrics } from ${JSON.stringify(MOD)};

const ROUNDS = 60;
const KINDS = { Scavenge: "minor", MarkSweepCompact: "major", IncrementalMarking: "incremental" };
const begin = () => {
  const profiler = new v8.GCProfiler();
  profiler.start();
  return profiler;
};
const end = (profiler) => {
  const counts = {};
  for (const { gcType } of profiler.stop().statistics) counts[KINDS[gcType]] = (counts[KINDS[gcType]] ?? 0) + 1;
  return counts;
};
const outer = begin();
const metrics = createMetrics({ aggregation: "inline", runtime: { gc: true } });
const inner = begin();
let forced = 0;
let measured = 0;
for (let round = 0; round < ROUNDS; round++) {
  for (let i = 0; i < 1 + round % 4; i++, forced++) {
    const start = performance.now();
    gc();
    measured += (performance.now() - start) / 1_000;
    gc({ type: "minor" });
  }
  if (round % 3 === 0) await metrics.flush();
  if (round % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 120));
}
const least = end(inner);
const snapshot = await metrics.snapshot();
const most = end(outer);
const { series } = snapshot.metrics.find(({ name }) => name === "deno_gc_duration_seconds");
console.log(JSON.stringify({
  forced,
  least,
  most,
  counted: Object.fromEntries(series.map(({ labels, count }) => [labels.kind, count])),
  sum: series.find(({ labels }) => labels.kind === "major").sum,
  measured,
  failures: snapshot.metrics.find(({ name }) => name === "deno_collector_failures_total").series[0].value,
}));
await metrics.close();
`;

Deno.test("GcWatch counts every forced collection once, with its kind, over many rotations", async () => {
  const { code, stdout, stderr } = await runScript(FORCING, ["--allow-read", "--v8-flags=--expose-gc"]);
  assertEquals([code, stderr], [0, ""]);
  const { forced, least, most, counted, sum, measured, failures }: Counts = JSON.parse(stdout);
  assertEquals(failures, 0);
  assertGreater(forced, 100);
  for (const kind of ["major", "minor"]) {
    assertGreaterOrEqual(least[kind], forced);
    assertGreaterOrEqual(counted[kind], least[kind]);
    assertGreaterOrEqual(most[kind], counted[kind]);
  }
  // Nanoseconds taken for microseconds would be a thousand times as many.
  assertGreater(measured * 1.5, sum);
  assertGreater(sum, measured / 10);
});
