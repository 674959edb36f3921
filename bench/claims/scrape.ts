/**
 * What scrapes from the aggregator's thread do to the recording one:
 *
 * - how long its event loop is blocked while 100,000 counters are scraped, and by prom-client while it writes them;
 * - how much the process grows by that;
 * - whether a record is lost at a million a second, and how long a batch of a thousand takes, without scrapes and with 64
 *   connections of `wrk` scraping all the time (if it is installed).
 *
 * Clients are separate processes. The lateness of a timer is the longest time that the event loop was blocked, plus whatever
 * the machine adds: so the median of several scrapes counts, over that of requests for next to nothing.
 *
 * Does not measure writing a scrape: see `cases/encode_bench.ts`.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";
import { Counter, Registry } from "prom-client";
import { median } from "../lib/harness.ts";
import type { Ladder, Ladders } from "../lib/ladder.ts";

const COUNTERS = 100_000;
const SCRAPES = 9;
const BLOCKED_MS_MAX = 2;
const MEGABYTE = 1_024 ** 2;
const GROWTH_MB_MAX = 20;
const BATCH = 1_000;
const RECORDS_PER_MS = 1_000;
const LOAD_MS = 5_000;
/**
 * Half a second of records: the default, an eighth of one, is full when other programs take the aggregator's core from it
 * while it writes 100,000 counters.
 */
const RING_CAPACITY = 2 ** 19;
const CONNECTIONS = 64;
const LOAD_COUNTERS = 1_000;

const decoder = new TextDecoder();

/** Runs a program to its end and returns its output. */
async function output(program: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, { args: [...args] }).output();
  if (code !== 0) throw new Error(`${program} ended with exit code ${code}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** A client in a separate process, started before anything is measured. */
class Client implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor(url: string, times: number, encoding: "identity" | "gzip" = "identity") {
    const module = new URL("scrape_client.ts", import.meta.url).pathname;
    this.#process = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-check", "--allow-net", module, url, String(times), encoding],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#lines = this.#process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#input = this.#process.stdin.getWriter();
  }

  /** Waits until it is ready. */
  async start(): Promise<this> {
    await this.#lines.read();
    return this;
  }

  /** Lets it scrape once. */
  async scrape(): Promise<void> {
    await this.#input.write(new Uint8Array(1));
    const { done } = await this.#lines.read();
    if (done) throw new Error("a client ended too early");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close();
    await this.#lines.cancel();
    await this.#process.status;
  }
}

/** How late a timer of one millisecond came at most, until something is done. */
async function latestTimerMs(work: () => Promise<unknown>): Promise<number> {
  let isDone = false;
  let latest = 0;
  const working = work().finally(() => isDone = true);
  while (!isDone) {
    const startMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 1));
    latest = Math.max(latest, performance.now() - startMs - 1);
  }
  await working;
  return latest;
}

async function medianOf(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let i = 0; i < times; i++) values.push(await measure());
  return median(values);
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)];
}

/** Records a million values a second and returns the time of each batch, in microseconds. */
async function record(observe: (value: number) => void, until: () => boolean): Promise<number[]> {
  const batches: number[] = [];
  const startMs = performance.now();
  let recorded = 0;
  while (!until()) {
    const due = (performance.now() - startMs) * RECORDS_PER_MS;
    for (; recorded < due; recorded += BATCH) {
      const fromMs = performance.now();
      for (let i = 0; i < BATCH; i++) observe(i);
      batches.push((performance.now() - fromMs) * 1_000);
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return batches;
}

async function hasWrk(): Promise<boolean> {
  try {
    await new Deno.Command("wrk", { args: ["--version"], stdout: "null", stderr: "null" }).output();
    return true;
  } catch {
    return false;
  }
}

async function peerBlockedMs(): Promise<number> {
  const registry = new Registry();
  const counter = new Counter({ name: "orders_total", help: "Orders", labelNames: ["pair"], registers: [registry] });
  for (let i = 0; i < COUNTERS; i++) counter.inc({ pair: `SYM-${i}` }, i);
  return await medianOf(SCRAPES, () => latestTimerMs(() => registry.metrics()));
}

const missed: string[] = [];

/** Growth of the process and of the event loop's delays by scrapes of very many counters. */
async function verifyManySeries(): Promise<string[]> {
  await using metrics = createMetrics({ seriesMax: COUNTERS + 1, ringCapacity: RING_CAPACITY });
  const orders = metrics.counter("orders_total", { help: "Orders", labels: ["pair"] });
  for (let i = 0; i < COUNTERS; i++) orders.with({ pair: `SYM-${i}` }).inc(i);
  await metrics.flush();
  await using server = await serveMetrics(metrics, { host: "127.0.0.1", port: 0 });
  const [live, url] = [`${server.url}/health/live`, `${server.url}/metrics`];
  await using idle = await new Client(live, 1).start();
  await using one = await new Client(url, 1).start();
  await using gzipped = await new Client(url, SCRAPES, "gzip").start();
  // The first answer of all includes a server and a connection.
  await idle.scrape();
  const before = Deno.memoryUsage().rss;
  await scrapeOften(one);
  const growth = (Deno.memoryUsage().rss - before) / MEGABYTE;
  await gzipped.scrape();
  const growthGzipped = (Deno.memoryUsage().rss - before) / MEGABYTE;
  if (growth > GROWTH_MB_MAX) missed.push(`the process grew by more than ${GROWTH_MB_MAX} MB`);

  const quiet = await medianOf(SCRAPES, () => latestTimerMs(() => idle.scrape()));
  const blocked = await medianOf(SCRAPES, () => latestTimerMs(() => one.scrape()));
  const peer = await peerBlockedMs();
  if (blocked - quiet > BLOCKED_MS_MAX) missed.push(`the event loop was blocked for more than ${BLOCKED_MS_MAX} ms`);
  const shown = [quiet, blocked, peer].map((ms) => `${ms.toFixed(1)} ms`);

  const size = metrics.histogram("message_bytes", { unit: "bytes" });
  let isOver = false;
  const scraping = scrapeOften(one).finally(() => isOver = true);
  const offered = (await record((value) => size.observe(value), () => isOver)).length * BATCH;
  await scraping;
  const { meta: { dropped, recorded } } = await metrics.snapshot();
  if (dropped > 0) throw new Error(`${dropped} records of ${offered} were dropped`);
  if (recorded !== offered) throw new Error(`${recorded} of ${offered} records were taken`);
  return [
    `${offered} records at a million a second while they are scraped ${SCRAPES} times, none lost`,
    `100,000 counters: the process grew by ${growth.toFixed(1)} MB, with gzip by ${growthGzipped.toFixed(1)} MB`,
    `timers late by ${shown[1]} while they are scraped, by ${shown[0]} otherwise, with prom-client by ${shown[2]}`,
  ];
}

async function scrapeOften(client: Client): Promise<void> {
  for (let i = 0; i < SCRAPES; i++) await client.scrape();
}

/** A million records a second, alone and while 64 connections scrape. */
async function verifyLoad(): Promise<string[]> {
  await using metrics = createMetrics({ ringCapacity: RING_CAPACITY });
  const orders = metrics.counter("orders_total", { help: "Orders", labels: ["pair"] });
  for (let i = 0; i < LOAD_COUNTERS; i++) orders.with({ pair: `SYM-${i}` }).inc(i);
  const size = metrics.histogram("message_bytes", { unit: "bytes" });
  const observe = (value: number) => size.observe(value);
  await using server = await serveMetrics(metrics, { host: "127.0.0.1", port: 0 });
  const url = `${server.url}/metrics`;
  const endMs = performance.now() + LOAD_MS;
  const alone = await record(observe, () => performance.now() >= endMs);
  let isOver = false;
  await using single = await new Client(url, 500).start();
  const load = await hasWrk()
    ? output("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${LOAD_MS / 1_000}s`, url])
    : single.scrape().then(() => "");
  const scraping = load.finally(() => isOver = true);
  const loaded = await record(observe, () => isOver);
  const report = await scraping;
  if (/Non-2xx|Socket errors/.test(report)) throw new Error(`wrk got bad answers: ${report}`);

  const { meta } = await metrics.snapshot();
  const offered = (alone.length + loaded.length) * BATCH;
  if (meta.dropped > 0) throw new Error(`${meta.dropped} records of ${offered} were dropped`);
  if (meta.recorded !== offered) throw new Error(`${meta.recorded} of ${offered} records were taken`);
  const answers = report.match(/(\d+) requests in/)?.[1];
  const [p50, p99] = [0.5, 0.99].map((share) =>
    [alone, loaded].map((batches) => percentile(batches, share).toFixed(1)).join(" → ")
  );
  return [
    `${offered} records at a million a second, none lost`,
    answers === undefined ? "wrk is not installed: one client, not 64" : `64 connections of wrk: ${answers} answers`,
    `a batch of ${BATCH} records alone → while they scrape: p50 ${p50} µs, p99 ${p99} µs`,
  ];
}

const ladder: Ladder = {
  name: "scrapes and the measured thread",
  cases: [],
  targets: [],
  verify: async () => [...await verifyManySeries(), ...await verifyLoad()],
  judge: () => missed,
};

/** The bench. */
export const ladders: Ladders = { scrape: () => ladder };
