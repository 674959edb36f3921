/**
 * A program that is flooded: ten million label sets, each another one, values up to 64 KB, while its metrics are served.
 * An honest counter and timer go on meanwhile. After a tenth of them it prints its address and waits for a word, at the
 * end it prints what became of it and waits for the end of its input.
 *
 * @module
 */

import { createMetrics } from "../../../mod.ts";
import { serveMetrics } from "../../../src/server.ts";

/** What the program prints at its end. */
export interface FloodOutcome {
  /** The largest resident set that was seen, in bytes. */
  readonly rssBytesMax: number;
  /** The honest series: what was recorded, and what came out. */
  readonly honest: { readonly offered: number; readonly counted: number; readonly timed: number };
  /** Label sets that were offered, those that have a series, and those that went to an overflow series. */
  readonly offered: number;
  readonly series: number;
  readonly overflowed: number;
  /** Sum of all series of the flooded counter. */
  readonly floodCounted: number;
  /** Records that came through the ring, and those that did not. */
  readonly recorded: number;
  readonly dropped: number;
}

const [offered] = Deno.args.map(Number);
const TURN = 10_000;
/** One value in so many is long. */
const LONG_EVERY = 1_024;
const LONG = "x".repeat(65_536);

const metrics = createMetrics();
await using server = await serveMetrics(metrics, { port: 0 });
const honestCounter = metrics.counter("honest_total");
const honestTimer = metrics.timer("honest");
const requests = metrics.counter("requests_total", { labels: ["path", "client"] });
const duration = metrics.timer("request", { labels: ["path"] });
let rssBytesMax = 0;
let honest = 0;
for (let i = 0; i < offered; i++) {
  if (i === offered / 10) {
    // By now there are all series that there will be.
    console.log(server.url);
    await Deno.stdin.read(new Uint8Array(1));
  }
  const path = i % LONG_EVERY === 0 ? `/${i}/${LONG}` : `/${i}`;
  requests.with({ path, client: `10.${i & 255}.0.1` }).inc();
  if (i % 4 === 0) duration.with({ path }).observe(0.001);
  if (i % 100 === 0) {
    honestCounter.inc();
    honestTimer.observe(0.002);
    honest += 1;
  }
  if (i % TURN === 0) {
    rssBytesMax = Math.max(rssBytesMax, Deno.memoryUsage().rss);
    // A program that serves requests yields to the event loop between them.
    await new Promise((resolve) => setTimeout(resolve));
  }
}
const { metrics: all, meta } = await metrics.snapshot();
rssBytesMax = Math.max(rssBytesMax, Deno.memoryUsage().rss);
const seriesOf = (name: string) => all.find((each) => each.name === name)?.series ?? [];
const sumOf = (name: string) =>
  seriesOf(name).reduce((sum, each) => sum + ("value" in each ? each.value : each.count), 0);
const outcome: FloodOutcome = {
  rssBytesMax,
  honest: { offered: honest, counted: sumOf("honest_total"), timed: sumOf("honest_seconds") },
  offered,
  series: meta.series,
  overflowed: meta.overflowed,
  floodCounted: sumOf("requests_total"),
  recorded: meta.recorded,
  dropped: meta.dropped,
};
console.log(JSON.stringify(outcome));
while (await Deno.stdin.read(new Uint8Array(1)) !== null);
await metrics.close();
