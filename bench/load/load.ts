/**
 * Market data from 1,000 to 10 million updates a second, in steps: the rate from which records are dropped, and what an
 * update takes the thread that records it. Does not measure recovery: see `stress.ts`.
 *
 * `deno task load [--short] [--seconds N] [--out FILE]`
 *
 * @module
 */

import { short, type Stretch } from "./market.ts";
import { begin, report } from "./program.ts";

const STEPS: readonly number[] = [1e3, 1e4, 1e5, 3e5, 1e6, 3e6, 1e7];
const SECONDS = 3;
const SECONDS_SHORT = 0.2;

const { isShort, seconds, out, metrics, market } = await begin(SECONDS, SECONDS_SHORT);
await market.run(seconds, 1e6); // for V8 to compile what is called
const stretches: Stretch[] = [];
for (const step of STEPS) stretches.push(await market.run(seconds, step));

const { meta } = await metrics.snapshot();
const unaccounted = market.updates - meta.recorded - meta.dropped;
const firstDrop = stretches.find(({ dropped }) => dropped > 0);
await metrics.close();
await report(
  {
    bench: "load/load",
    name: "load: an update of market data, 99th percentile of batches of 64",
    cases: stretches.map(({ wantedPerSecond, p99 }) => ({
      name: `${short(wantedPerSecond)} updates a second`,
      ns: p99,
      bytes: 0,
      timesOfBaseline: p99 / stretches[0].p99,
    })),
    facts: [
      ...stretches.map(({ wantedPerSecond, updatesPerSecond, updates, dropped, p50, max }) =>
        `${short(wantedPerSecond)}: came to ${short(updatesPerSecond)}, ${
          (dropped / updates * 100).toFixed(2)
        } % dropped, ` +
        `median ${p50.toFixed(0)} ns, worst batch ${short(max)} ns an update`
      ),
      firstDrop === undefined
        ? "nothing was dropped"
        : `records are dropped from ${short(firstDrop.updatesPerSecond)} updates a second on`,
    ],
    failures: unaccounted === 0 ? [] : [`${unaccounted} records are neither recorded nor dropped`],
  },
  isShort,
  out,
);
