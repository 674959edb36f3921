/**
 * Whether memory grows and clocks drift over a long time: 100,000 updates a second, label sets that come and go, a scrape
 * per look. A leak is growth that continues after the first third, by the slope of Theil and Sen. Does not measure live
 * clients, nor traces: see `memory.ts`.
 *
 * `deno task load:endurance [--minutes N] [--out FILE]`, 10 minutes by default
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { slopeOf } from "../../src/aggregate/health/theil_sen.ts";
import { chooseClock } from "../../src/record/clock.ts";
import { readArguments } from "../lib/arguments.ts";
import { Market } from "./market.ts";
import { report } from "./program.ts";

const MINUTES = 10;
const PER_SECOND = 100_000;
/** Looks in all, however long it takes: the slope of some hundred points is as good as that of thousands. */
const LOOKS = 120;
const ROOMS_A_LOOK = 50;
const MEGABYTE = 2 ** 20;
/** Growth over the later two thirds that counts as a leak: more than garbage makes memory go up and down. */
const GROWTH_MAX = 24 * MEGABYTE;
const DRIFT_MAX_MS_A_MINUTE = 1;
/** Before that, memory grows because the program has only begun. */
const JUDGED_FROM_MINUTES = 2;

const { valueOf, numberOf } = readArguments(Deno.args, { values: ["minutes", "out"] });
const minutes = numberOf("minutes", MINUTES, 0.05);
const lookSeconds = minutes * 60 / LOOKS;

await using metrics = createMetrics();
await metrics.ready;
const { clock } = chooseClock("auto");
const market = new Market(metrics);
const rooms = metrics.counter("rooms_total", { labels: ["room"] });
await market.run(lookSeconds, PER_SECOND);

const startMs = performance.now();
const originMs = clock.now() - startMs;
const points: { seconds: number; rss: number; heap: number; driftMs: number; p99: number }[] = [];
for (let look = 0; look < LOOKS; look++) {
  for (let room = 0; room < ROOMS_A_LOOK; room++) rooms.with({ room: `${look}-${room}` }).inc();
  const { p99 } = await market.run(lookSeconds, PER_SECOND);
  for (let room = 0; room < ROOMS_A_LOOK; room++) rooms.remove({ room: `${look}-${room}` });
  await metrics.scrape();
  const { rss, heapUsed } = Deno.memoryUsage();
  const nowMs = performance.now();
  points.push({
    seconds: (nowMs - startMs) / 1_000,
    rss,
    heap: heapUsed,
    driftMs: clock.now() - nowMs - originMs,
    p99,
  });
}

const later = points.slice(LOOKS / 3);
const laterSeconds = later[later.length - 1].seconds - later[0].seconds;
const growthOf = (name: "rss" | "heap") => slopeOf(later.map((each) => [each.seconds, each[name]])) * laterSeconds;
const [rssGrowth, heapGrowth] = [growthOf("rss"), growthOf("heap")];
const driftAMinute = slopeOf(points.map(({ seconds, driftMs }) => [seconds / 60, driftMs]));
const { meta } = await metrics.snapshot();
const unaccounted = market.updates - meta.recorded - meta.dropped;
const growthMax = minutes < JUDGED_FROM_MINUTES ? Infinity : GROWTH_MAX;
const megabytes = (bytes: number) => `${(bytes / MEGABYTE).toFixed(1)} MiB`;
await report(
  {
    bench: "load/endurance",
    name: `endurance: ${minutes} minutes, an update, 99th percentile of batches of 64`,
    cases: [["first tenth", points.slice(0, LOOKS / 10)], ["last tenth", points.slice(-LOOKS / 10)]].map((
      [name, part],
    ) => ({
      name: name as string,
      ns: (part as typeof points).reduce((sum, { p99 }) => sum + p99, 0) / (LOOKS / 10),
      bytes: 0,
      timesOfBaseline: null,
    })),
    facts: [
      `resident memory ${megabytes(points[points.length - 1].rss)}, over the later two thirds it grew by ${
        megabytes(rssGrowth)
      }`,
      `heap ${megabytes(points[points.length - 1].heap)}, it grew by ${megabytes(heapGrowth)}`,
      ...(growthMax === Infinity ? ["it was too short to judge memory by"] : []),
      `the clock drifts by ${driftAMinute.toFixed(4)} ms a minute against performance.now`,
      `${market.updates} updates, ${meta.dropped} dropped, ${meta.series} series at the end`,
    ],
    failures: [
      ...(rssGrowth <= growthMax ? [] : [`a leak: resident memory grew by ${megabytes(rssGrowth)}`]),
      ...(heapGrowth <= growthMax ? [] : [`a leak: the heap grew by ${megabytes(heapGrowth)}`]),
      ...(Math.abs(driftAMinute) <= DRIFT_MAX_MS_A_MINUTE ? [] : [`the clock drifts by ${driftAMinute} ms a minute`]),
      ...(unaccounted === 0 ? [] : [`${unaccounted} records are neither recorded nor dropped`]),
    ],
  },
  false,
  valueOf("out"),
);
