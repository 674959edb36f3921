/**
 * As many calls as this thread can make, then few: how long it takes until nothing is dropped any more, and whether each
 * loss was counted. Does not measure the rate from which records are dropped: see `load.ts`.
 *
 * `deno task load:stress [--short] [--seconds N] [--out FILE]`
 *
 * @module
 */

import { short } from "./market.ts";
import { begin, report } from "./program.ts";

const SECONDS = 5;
const SECONDS_SHORT = 0.3;
/** Calls a second that every machine can make. */
const CALM = 10_000;
/** Stretches of calm that are waited for at most. */
const CALM_MAX = 50;
const LOOK_SECONDS = 0.1;
const RECOVERY_MAX_SECONDS = 2;

const { isShort, seconds, out, metrics, market } = await begin(SECONDS, SECONDS_SHORT);
const before = await market.run(seconds, CALM);
const storm = await market.run(seconds, Infinity);
let recoverySeconds = 0;
let after = await market.run(LOOK_SECONDS, CALM);
for (
  let looks = 1;
  looks < CALM_MAX && (after.dropped > 0 || (await metrics.performance()).ringOccupancyRatio > 0.1);
  looks++
) {
  recoverySeconds += LOOK_SECONDS;
  after = await market.run(LOOK_SECONDS, CALM);
}
const calm = await market.run(seconds, CALM);

const { meta } = await metrics.snapshot();
const unaccounted = market.updates - meta.recorded - meta.dropped;
const cases = Object.entries({ "before": before, "as many as there can be": storm, "afterwards": calm });
await metrics.close();
await report(
  {
    bench: "load/stress",
    name: "stress: an update, 99th percentile of batches of 64",
    cases: cases.map(([name, { p99 }]) => ({ name, ns: p99, bytes: 0, timesOfBaseline: p99 / before.p99 })),
    facts: [
      `the storm: ${short(storm.updatesPerSecond)} updates a second, ${
        (storm.dropped / storm.updates * 100).toFixed(1)
      } % ` +
      `dropped and counted`,
      `nothing was dropped any more ${recoverySeconds.toFixed(1)} s later`,
    ],
    failures: [
      ...(unaccounted === 0 ? [] : [`${unaccounted} records are neither recorded nor dropped`]),
      ...(calm.dropped === 0 ? [] : [`${calm.dropped} records were dropped afterwards`]),
      ...(recoverySeconds <= RECOVERY_MAX_SECONDS ? [] : [`it took ${recoverySeconds.toFixed(1)} s to recover`]),
    ],
  },
  isShort,
  out,
);
