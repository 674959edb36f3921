/**
 * The aggregator fails again and again, at random moments, while threads attach, count, observe and close: no counter may
 * go down, no record may vanish, and neither `flush()` nor `close()` may reject. Does not measure time.
 *
 * `deno task load:restarts [--short] [--seconds N] [--out FILE]`
 *
 * @module
 */

import { Worker as NodeWorker } from "node:worker_threads";
import { createMetrics } from "@hotpath/metrics";
import { readArguments } from "../lib/arguments.ts";
import { report } from "./program.ts";
import type { Done } from "./restarts_worker.ts";

const SECONDS = 120;
const SECONDS_SHORT = 4;
/** A separate program, because an aggregator that keeps failing is started again later each time. */
const PROGRAM_MS = 3_000;
const THREADS_AT_A_TIME = 2;
/** The longest that an aggregator is left alone. */
const PAUSE_MAX_MS = 400;
/** How often it recovers before it fails again. */
const RECOVERED_SHARE = 0.8;
const REST_MS = 2;

/** The aggregators' workers, the last one last: they are unreferenced as soon as they are made. */
const aggregators: NodeWorker[] = [];
const { unref } = NodeWorker.prototype;
NodeWorker.prototype.unref = function (this: NodeWorker): void {
  aggregators.push(this);
  unref.call(this);
};

const { isOn, valueOf, numberOf } = readArguments(Deno.args, { switches: ["short"], values: ["seconds", "out"] });
const isShort = isOn("short");
const endMs = performance.now() + 1_000 * numberOf("seconds", isShort ? SECONDS_SHORT : SECONDS, 0.1);
const failures: string[] = [];
let [restarts, threads, kills, scrapes, flushes, slowestFlushMs, slowestCloseMs] = [0, 0, 0, 0, 0, 0, 0];
let [recordsOffered, recordsLost, recordsDropped] = [0, 0, 0];

/** Creates the metrics of each program. */
function begin() {
  const metrics = createMetrics({ ringCapacity: 16_384, drainIntervalMs: 5 });
  return {
    metrics,
    counter: metrics.counter("work_total", { labels: ["thread"] }).with({ thread: "main" }),
    sizes: metrics.histogram("work_size"),
    seen: new Map<string, number>(),
    counted: new Map<string, number>([["main", 0]]),
    observed: 0,
    endMs: Math.min(endMs, performance.now() + PROGRAM_MS),
  };
}

let program: ReturnType<typeof begin>;
const isOver = () => performance.now() >= program.endMs;

do {
  program = begin();
  await program.metrics.ready;
  await Promise.all([kill(), record(), scrape(), ...Array.from({ length: THREADS_AT_A_TIME }, () => comeAndGo())]);
  await program.metrics.flush();
  check(await program.metrics.scrape());
  await end();
} while (performance.now() < endMs);

await report(
  {
    bench: "load/restarts",
    name: "restarts: an aggregator that fails at random",
    cases: [],
    facts: [
      `${kills} failures, ${restarts} restarts, ${threads} threads came and went`,
      `${scrapes} scrapes and ${flushes} flushes, the slowest in ${
        slowestFlushMs.toFixed(0)
      } ms; the slowest close in ` +
      `${slowestCloseMs.toFixed(0)} ms`,
      `${recordsOffered} records, ${recordsLost} lost and ${recordsDropped} dropped, each counted`,
    ],
    failures,
  },
  isShort,
  valueOf("out"),
);

/** Closes a program's metrics, half of the time right after the aggregator has failed. */
async function end(): Promise<void> {
  if (Math.random() < 0.5) aggregators.at(-1)?.terminate();
  const closing = performance.now();
  await program.metrics.close().catch((error) => failures.push(`close(): ${error.message}`));
  slowestCloseMs = Math.max(slowestCloseMs, performance.now() - closing);
  checkAll(samplesOf(await program.metrics.scrape()));
}

/** Lets the aggregator fail, sometimes before it has come to itself. */
async function kill(): Promise<void> {
  while (!isOver()) {
    if (Math.random() < RECOVERED_SHARE) await program.metrics.flush();
    await rest(Math.random() * PAUSE_MAX_MS);
    aggregators.at(-1)?.terminate();
    kills += 1;
  }
}

async function record(): Promise<void> {
  while (!isOver()) {
    for (let i = 0; i < 100; i++) {
      program.counter.inc();
      program.sizes.observe(i);
    }
    program.counted.set("main", program.counted.get("main")! + 100);
    program.observed += 100;
    await rest(REST_MS);
  }
}

async function scrape(): Promise<void> {
  while (!isOver()) {
    const text = await program.metrics.scrape().catch(() => undefined);
    if (text !== undefined) check(text);
    await rest(REST_MS);
    const startMs = performance.now();
    await program.metrics.flush().catch((error) => failures.push(`flush(): ${error.message}`));
    flushes += 1;
    slowestFlushMs = Math.max(slowestFlushMs, performance.now() - startMs);
  }
}

/** One thread after another. */
async function comeAndGo(): Promise<void> {
  while (!isOver()) {
    const id = `thread ${++threads % 50}`;
    const worker = new Worker(new URL("./restarts_worker.ts", import.meta.url), { type: "module" });
    const port = program.metrics.connect();
    worker.postMessage({ port, id }, port.transfer);
    const done = await new Promise<Done>((resolve) => worker.onmessage = ({ data }) => resolve(data));
    worker.terminate();
    program.counted.set(id, (program.counted.get(id) ?? 0) + done.counted);
    program.observed += done.observed;
    if (done.error !== undefined) failures.push(`a thread: ${done.error}`);
  }
}

function check(text: string): void {
  scrapes += 1;
  const now = samplesOf(text);
  for (const [name, value] of program.seen) {
    const found = now.get(name);
    if (found === undefined || found < value) failures.push(`${name} went from ${value} to ${found}`);
  }
  for (const [name, value] of now) if (/^(work_total|hotpath_records_)/.test(name)) program.seen.set(name, value);
}

function checkAll(samples: ReadonlyMap<string, number>): void {
  for (const [thread, count] of program.counted) {
    const found = samples.get(`work_total{thread="${thread}"}`);
    if (found !== count) failures.push(`work_total of ${thread} is ${found}, not ${count}`);
  }
  const [recorded, dropped, lost, kept] = [
    "hotpath_records_total",
    "hotpath_records_dropped_total",
    "hotpath_records_lost_total",
    "work_size_count",
  ].map((name) => samples.get(name) ?? NaN);
  const { observed } = program;
  restarts += samples.get("hotpath_aggregator_restarts_total") ?? 0;
  [recordsOffered, recordsLost, recordsDropped] = [
    recordsOffered + observed,
    recordsLost + lost,
    recordsDropped + dropped,
  ];
  if (recorded + dropped !== observed) failures.push(`${observed} offered, ${recorded} recorded, ${dropped} dropped`);
  if (kept + lost !== recorded) failures.push(`${recorded} recorded, ${kept} in the histogram, ${lost} lost`);
}

function samplesOf(text: string): Map<string, number> {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => {
    const space = line.lastIndexOf(" ");
    return [line.slice(0, space), Number(line.slice(space + 1))];
  }));
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
