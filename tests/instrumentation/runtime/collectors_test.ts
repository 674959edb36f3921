import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { attachMetrics, createMetrics, type Metrics, type RuntimeOptions, type Snapshot } from "../../../mod.ts";
import type { AttachOptions } from "../../../mod.ts";
import { inlineMetrics } from "../../../src/testing/mod.ts";
import { distributionOf, hasSeries, metricOf, valueOf } from "../../_support/snapshots.ts";
import { MOD, runScript } from "../../_support/subprocess.ts";
import { until } from "../../_support/threads/thread.ts";

const HEAP = ["deno_heap_used_bytes", "deno_heap_total_bytes", "deno_external_bytes"];
const SPACES = ["deno_heap_space_used_bytes", "deno_heap_space_total_bytes"];
const PROCESS = ["process_cpu_seconds_total", "process_resident_memory_bytes", "deno_info"];
const MAIN = { thread: "main" };

function namesOf({ metrics }: Snapshot): string[] {
  return metrics.map(({ name }) => name);
}

/** Fills the heap until it was collected. */
async function untilCollected(metrics: Metrics): Promise<Snapshot> {
  return await until(async () => {
    let garbage: unknown[] = [];
    for (let i = 0; i < 200_000; i++) {
      garbage.push({ i });
      if (garbage.length > 1_000) garbage = [];
    }
    return await metrics.snapshot();
  }, (snapshot) => namesOf(snapshot).includes("deno_gc_duration_seconds"));
}

Deno.test("createMetrics collects no runtime metrics by default", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const { metrics: all, meta } = await metrics.snapshot();
  assertEquals([all, meta.series, meta.recorded], [[], 0, 0]);
});

const CHOICES: readonly [runtime: RuntimeOptions, some: readonly string[]][] = [
  [{ process: true }, PROCESS],
  [{ heap: true }, [...HEAP, ...SPACES]],
  [{ eventLoop: true }, ["deno_eventloop_lag_seconds"]],
];

for (const [runtime, some] of CHOICES) {
  Deno.test(`createMetrics({ runtime: ${JSON.stringify(runtime)} }) collects that and no more`, async () => {
    await using metrics = createMetrics({ aggregation: "inline", runtime });
    const names = namesOf(await metrics.snapshot());
    for (const name of some) assert(names.includes(name), `${name} is not among ${names}`);
    for (const name of CHOICES.flatMap(([, others]) => others)) {
      assertEquals([name, names.includes(name)], [name, some.includes(name)]);
    }
  });
}

for (const aggregation of ["inline", "worker"] as const) {
  Deno.test(`createMetrics({ runtime: true }) collects everything, ${aggregation}`, async () => {
    await using metrics = createMetrics({ aggregation, runtime: true });
    const snapshot = await untilCollected(metrics);
    for (const name of [...HEAP, "process_resident_memory_bytes"]) {
      const labels = name.startsWith("deno") ? MAIN : {};
      assertGreater(valueOf(snapshot, name, labels), 0, name);
    }
    const [used, total] = HEAP.map((name) => valueOf(snapshot, name, MAIN));
    assertGreater(total, used);
    assertGreater(valueOf(snapshot, "deno_heap_space_used_bytes", { space: "old", ...MAIN }), 0);
    const { count, sum, windows } = distributionOf(snapshot, "deno_gc_duration_seconds", { kind: "minor", ...MAIN });
    assertGreater(count, 0);
    assertGreater(sum, 0);
    assertGreater(windows["5m"].count, 0);
    const lag = distributionOf(snapshot, "deno_eventloop_lag_seconds", MAIN);
    assertEquals(Object.keys(lag.windows["5m"].quantiles), ["0.5", "0.9", "0.95", "0.99", "0.999"]);
    for (const accept of ["text/plain", "application/openmetrics-text"]) {
      const text = new TextDecoder().decode((await metrics.scrape({ accept })).body);
      assertMatch(text, /^process_cpu_seconds_total [\d.]+$/m);
      assertMatch(text, /^deno_info\{version="2\..*",v8=".*",typescript=".*"\} 1(\.0)?$/m);
      assertMatch(text, /^deno_gc_duration_window_seconds\{kind="minor",thread="main",window="1m",quantile="0.99"\} /m);
    }
  });
}

Deno.test("createMetrics({ runtime }) updates heap and collections in each snapshot", async () => {
  await using metrics = createMetrics({ aggregation: "inline", runtime: { heap: true } });
  const before = valueOf(await metrics.snapshot(), "deno_external_bytes", MAIN);
  const held = new Uint8Array(2 ** 25).fill(1);
  const after = valueOf(await metrics.snapshot(), "deno_external_bytes", MAIN);
  assertGreater(after, before + held.byteLength / 2);
});

Deno.test("createMetrics({ runtime }) samples no runtime metric out, whatever the rate", async () => {
  await using metrics = createMetrics({ aggregation: "inline", sampling: { rate: 0 }, runtime: { eventLoop: true } });
  const snapshot = await until(
    () => metrics.snapshot(),
    (snapshot) => distributionOf(snapshot, "deno_eventloop_lag_seconds", MAIN).count >= 3,
  );
  assertEquals(snapshot.meta.sampledOut, 0);
});

Deno.test("createMetrics({ runtime }) records nothing while recording is disabled", async () => {
  await using metrics = createMetrics({ aggregation: "inline", runtime: { heap: true } });
  const before = valueOf(await metrics.snapshot(), "deno_external_bytes", MAIN);
  metrics.enabled = false;
  const held = new Uint8Array(2 ** 25).fill(1);
  assertEquals(valueOf(await metrics.snapshot(), "deno_external_bytes", MAIN), before);
  metrics.enabled = true;
  assertGreater(valueOf(await metrics.snapshot(), "deno_external_bytes", MAIN), before + held.byteLength / 2);
});

Deno.test("createMetrics({ runtime }) applies objectives, but not the default buckets, to the runtime's timers", async () => {
  const sloByTimer = { deno_eventloop_lag_seconds: "50ms" } as const;
  await using metrics = createMetrics({
    aggregation: "inline",
    histogramBuckets: [7],
    sloByTimer,
    runtime: { eventLoop: true },
  });
  const metric = metricOf(await metrics.snapshot(), "deno_eventloop_lag_seconds");
  assert(metric.type === "histogram");
  assertEquals([metric.buckets.includes(7), metric.series[0].slo?.thresholdSeconds], [false, 0.05]);
});

Deno.test("createMetrics({ runtime }) counts a collector that fails and continues, also on close", async () => {
  const { HeapGauges } = await import("../../../src/instrumentation/runtime/heap.ts");
  const { read } = HeapGauges.prototype;
  await using test = inlineMetrics({ runtime: { heap: true } });
  try {
    HeapGauges.prototype.read = () => {
      throw new Error("no heap");
    };
    const failuresIn = (snapshot: Snapshot) =>
      valueOf(snapshot, "deno_collector_failures_total", { collector: "heap" });
    const failures = failuresIn(await test.metrics.snapshot());
    assertGreater(failures, 0);
    await test.metrics.close();
    assertGreater(failuresIn(await test.metrics.snapshot()), failures);
  } finally {
    HeapGauges.prototype.read = read;
  }
});

Deno.test("attachMetrics({ runtime }) collects under the thread's name", async () => {
  await using metrics = createMetrics({ runtime: { heap: true } });
  const [first, second] = [metrics.connect(), metrics.connect()];
  await using one = await attachMetrics(first, { runtime: { heap: true, eventLoop: true } });
  await using two = await attachMetrics(second, { runtime: { heap: true }, name: "parser" });
  await Promise.all([one.flush(), two.flush()]);
  const snapshot = await metrics.snapshot();
  for (const thread of ["main", "worker-1", "parser"]) {
    assertGreater(valueOf(snapshot, "deno_heap_used_bytes", { thread }), 0, thread);
  }
  assert(hasSeries(snapshot, "deno_eventloop_lag_seconds", { thread: "worker-1" }));
  assert(!hasSeries(snapshot, "deno_eventloop_lag_seconds", { thread: "parser" }));
  assert(!namesOf(snapshot).includes("process_resident_memory_bytes"));
  await two.close();
  const later = await metrics.snapshot();
  assert(!hasSeries(later, "deno_heap_used_bytes", { thread: "parser" }));
});

const BAD_ATTACH: readonly [options: unknown, says: string][] = [
  [{ runtime: 5 }, "runtime must be true, false or an object such as { gc: true }, got 5"],
  [
    { runtime: { heaps: true } },
    'keys of runtime must be among process, heap, gc, eventLoop, got "heaps"; did you mean "heap"?',
  ],
  [{ runtime: { process: true } }, "runtime.process must be an option of createMetrics, got true"],
  [{ name: 5 }, "name must be a string, got 5"],
  [{ nome: "a" }, 'options must be among runtime, name, got "nome"'],
];

Deno.test("attachMetrics refuses invalid runtime options and leaves the port usable", async () => {
  await using metrics = createMetrics();
  const port = metrics.connect();
  for (const [options, says] of BAD_ATTACH) {
    await assertRejects(
      () => attachMetrics(port, options as AttachOptions),
      TypeError,
      `Cannot attach metrics: ${says}`,
    );
  }
  await assertRejects(() => attachMetrics(port, { name: "" }), RangeError, "name must have at least one character");
  await using _attached = await attachMetrics(port);
});

Deno.test("createMetrics({ runtime }) refuses an instrument that the aggregator defines, on another thread at the next flush", async () => {
  await using metrics = createMetrics({ runtime: { process: true } });
  assertThrows(() => metrics.gauge("process_open_fds", { help: "mine" }), TypeError, "process_open_fds");
  await metrics.flush();
  const attached = await attachMetrics(metrics.connect());
  attached.gauge("process_open_fds", { help: "mine" }).set(1);
  await assertRejects(() => attached.flush(), TypeError, "process_open_fds");
  await assertRejects(() => attached.close(), TypeError, "process_open_fds");
});

Deno.test("createMetrics({ runtime }) refuses an instrument with a collector's name and another definition", async () => {
  await using metrics = createMetrics({ aggregation: "inline", runtime: { heap: true } });
  let error: unknown;
  try {
    metrics.counter("deno_heap_used_bytes");
  } catch (caught) {
    error = caught;
  }
  assert(error instanceof TypeError);
  assertStringIncludes(error.message, "deno_heap_used_bytes");
});

Deno.test("createMetrics({ runtime }) does not keep a finished program alive", async () => {
  for (const aggregation of ["inline", "worker"]) {
    const source = `
      import { createMetrics } from ${JSON.stringify(MOD)};
      const metrics = createMetrics({ runtime: true, aggregation: "${aggregation}" });
      await metrics.flush();
      console.log("over");
    `;
    assertEquals(await runScript(source, ["--allow-read"]), { code: 0, stdout: "over\n", stderr: "" });
  }
});

Deno.test("createMetrics without runtime loads no Node module and starts no timer", async () => {
  const source = `
    let loaded = 0;
    const { getBuiltinModule } = process;
    process.getBuiltinModule = (name) => (loaded += 1, getBuiltinModule.call(process, name));
    let timers = 0;
    const { setTimeout } = globalThis;
    globalThis.setTimeout = (...args) => (timers += 1, setTimeout(...args));
    const { createMetrics } = await import(${JSON.stringify(MOD)});
    const metrics = createMetrics({ aggregation: "inline" });
    await metrics.close();
    const off = [loaded, timers];
    await createMetrics({ aggregation: "inline", runtime: { heap: true, eventLoop: true } }).close();
    console.log(JSON.stringify([off, loaded > 0, timers > 0]));
  `;
  assertEquals((await runScript(source, ["--allow-read"])).stdout, "[[0,0],true,true]\n");
});
