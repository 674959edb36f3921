/**
 * What a call costs with more of everything: series, labels, windows, threads that record. With a hundred thousand bound
 * handles, of which ten are used, a call may take 1.5 times what it takes with ten. If all of them are used in turn, each
 * call waits for memory; that is measured too and named, but nothing is promised of it. Does not measure reading.
 *
 * `deno task load:scaling [--short] [--out FILE]`
 *
 * @module
 */

import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { type Counter, createMetrics, type Histogram } from "@hotpath/metrics";
import { readArguments } from "../lib/arguments.ts";
import { median } from "../lib/harness.ts";
import type { CaseResult } from "../lib/results.ts";
import { report } from "./program.ts";

const SERIES = [10, 1_000, 100_000];
const LABELS = [0, 1, 4, 8];
const WINDOWS = [["1m"], ["1s", "5s", "1m", "5m"], ["1s", "2s", "5s", "10s", "30s", "1m", "5m", "10m"]] as const;
const THREADS = [1, 2, 4, 8];
const USED = 10;
const CALLS = 65_536;
const ROUNDS = 30;
const ROUNDS_SHORT = 3;
const TIMES_MAX = 1.5;

const { isOn, valueOf } = readArguments(Deno.args, { switches: ["short"], values: ["out"] });
const isShort = isOn("short");
const rounds = isShort ? ROUNDS_SHORT : ROUNDS;
const series = isShort ? SERIES.slice(0, 2) : SERIES;
const cases: CaseResult[] = [];
const failures: string[] = [];

/** A way to call, and what it took. */
interface Candidate {
  readonly name: string;
  readonly call: () => void;
  readonly settle: () => Promise<void>;
  readonly ns: number[];
}

function candidate(name: string, call: () => void, settle: () => Promise<void>): Candidate {
  return { name, call, settle, ns: [] };
}

/** Times them in turn and returns the ratio of the last to the first. */
async function compare(candidates: readonly Candidate[]): Promise<number> {
  for (let round = -3; round < rounds; round++) {
    for (const { call, settle, ns } of candidates) {
      const startMs = performance.now();
      call();
      if (round >= 0) ns.push((performance.now() - startMs) * 1e6 / CALLS);
      await settle();
    }
  }
  const [first] = candidates;
  for (const { name, ns } of candidates) {
    const timesOfBaseline = median(ns.map((each, round) => each / first.ns[round]));
    cases.push({ name, ns: median(ns), bytes: 0, timesOfBaseline });
  }
  return cases[cases.length - 1].timesOfBaseline ?? 1;
}

function observeAll(handles: readonly Histogram[], used: number): () => void {
  return () => {
    for (let i = 0, at = 0; i < CALLS; i++) {
      handles[at].observe(i);
      if (++at === used) at = 0;
    }
  };
}

function countAll(handles: readonly Counter[], used: number): () => void {
  return () => {
    for (let i = 0, at = 0; i < CALLS; i++) {
      handles[at].inc();
      if (++at === used) at = 0;
    }
  };
}

async function scaleSeries(): Promise<void> {
  const all = await Promise.all(series.map(async (count) => {
    const metrics = createMetrics({ seriesMax: 2 * count + 10, windows: ["1m"] });
    await metrics.ready;
    const counterFamily = metrics.counter("counted_total", { labels: ["id"] });
    const histogramFamily = metrics.histogram("calls", { labels: ["id"] });
    const ids = Array.from({ length: count }, (_, id) => ({ id: String(id) }));
    const counters = ids.map((labels) => counterFamily.with(labels));
    const histograms = ids.map((labels) => histogramFamily.with(labels));
    await metrics.flush();
    return { count, metrics, counters, histograms };
  }));
  const flushed = (metrics: { flush(): Promise<void> }) => () => metrics.flush();
  for (const kind of ["inc", "observe"] as const) {
    const callOf = ({ counters, histograms }: (typeof all)[number], used: number) =>
      kind === "inc" ? countAll(counters, used) : observeAll(histograms, used);
    const times = await compare(
      all.map((each) =>
        candidate(`${kind}, ${USED} of ${each.count} handles`, callOf(each, USED), flushed(each.metrics))
      ),
    );
    if (times > TIMES_MAX) failures.push(`${kind} takes ${times.toFixed(2)} times as long among many handles`);
    await compare(
      all.map((each) =>
        candidate(
          `${kind}, all of ${each.count} handles in turn (cache misses)`,
          callOf(each, each.count),
          flushed(each.metrics),
        )
      ),
    );
  }
  for (const { metrics } of all) await metrics.close();
}

async function scaleLabels(): Promise<void> {
  const all = await Promise.all(LABELS.map(async (count) => {
    const metrics = createMetrics({ windows: ["1m"] });
    await metrics.ready;
    const labels = Array.from({ length: count }, (_, i) => `label_${i}`);
    const family = metrics.histogram("calls", { labels });
    const values = Object.fromEntries(labels.map((label) => [label, "value"]));
    const handle = (count === 0 ? metrics.histogram("plain") : family.with(values)) as Histogram;
    return { count, metrics, call: observeAll([handle], 1) };
  }));
  await compare(
    all.map(({ count, metrics, call }) => candidate(`observe, ${count} labels`, call, () => metrics.flush())),
  );
  for (const { metrics } of all) await metrics.close();
}

async function scaleWindows(): Promise<void> {
  const all = await Promise.all(WINDOWS.map(async (windows) => {
    const metrics = createMetrics({ windows });
    await metrics.ready;
    return { windows, metrics, call: observeAll([metrics.histogram("calls")], 1) };
  }));
  await compare(
    all.map(({ windows, metrics, call }) =>
      candidate(`observe, ${windows.length} windows`, call, () => metrics.flush())
    ),
  );
  for (const { metrics } of all) await metrics.close();
}

/** Threads beside this one that count without pause. */
async function scaleThreads(): Promise<void> {
  const firsts: number[] = [];
  for (const threads of THREADS.slice(0, isShort ? 2 : THREADS.length)) {
    await using metrics = createMetrics({ windows: ["1m"] });
    await metrics.ready;
    const workers: Worker[] = [];
    for (let i = 1; i < threads; i++) {
      const port = metrics.connect();
      const worker = new Worker(new URL("scaling_worker.ts", import.meta.url), {
        workerData: { port },
        transferList: port.transfer,
        env: {},
      });
      await once(worker, "message");
      workers.push(worker);
    }
    const call = observeAll([metrics.histogram("calls")], 1);
    const ns: number[] = [];
    for (let round = -3; round < rounds; round++) {
      const startMs = performance.now();
      call();
      if (round >= 0) ns.push((performance.now() - startMs) * 1e6 / CALLS);
      await metrics.flush();
    }
    firsts.push(median(ns));
    const name = `observe, ${threads} threads that record on ${navigator.hardwareConcurrency} cores`;
    cases.push({ name, ns: median(ns), bytes: 0, timesOfBaseline: median(ns) / firsts[0] });
    for (const worker of workers) await worker.terminate();
  }
}

await scaleSeries();
await scaleLabels();
await scaleWindows();
await scaleThreads();
const facts = cases.map(({ name, timesOfBaseline }) =>
  `${name}: ${timesOfBaseline?.toFixed(2)} × the least of its kind`
);
await report(
  { bench: "load/scaling", name: "scaling: a call", cases, facts, failures: isShort ? [] : failures },
  isShort,
  valueOf("out"),
);
