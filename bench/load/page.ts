/**
 * The page open in Chromium on the real feed with two hundred series, half of them busy timers: how soon its first numbers
 * are shown, what its renderer takes of a core, and whether its heap grows. An empty page of the same browser shows how much
 * of that is Chromium's and the machine's.
 *
 * A page keeps an hour. Its ranges of up to 15 minutes are full after so long, and the heap is judged from then on, by the
 * slope of Theil and Sen. It may grow by the little that the range of an hour takes until that is full. Does not measure the
 * server's side: see `live.ts`.
 *
 * `deno task load:page [--short] [--minutes N] [--out FILE]`, 30 minutes by default
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";
import { slopeOf } from "../../src/aggregate/health/theil_sen.ts";
import { readArguments } from "../lib/arguments.ts";
import { median } from "../lib/harness.ts";
import { BrowserCost, firstNumbersMs, startBrowser, withPage } from "./browser.ts";
import { callerOf, SERIES } from "./many_series.ts";
import { report } from "./program.ts";

const MINUTES = 30;
const MINUTES_SHORT = 0.08;
const LOOKS = 120;
const LOOKS_SHORT = 4;
const OPENINGS = 7;
const OPENINGS_SHORT = 2;
const CALLS_PER_SECOND = 10_000;
const SLICE_MS = 20;
const FIRST_NUMBERS_MAX_MS = 500;
const SHARE_MAX = 0.1;
const MEGABYTE = 2 ** 20;
/** Growth that counts as a leak: the range of an hour takes half of this. */
const GROWTH_MAX_A_MINUTE = 0.2 * MEGABYTE;
/** Then all ranges but that of an hour are full. */
const FILLED_MINUTES = 15;
const JUDGED_MINUTES_MIN = 5;
const EMPTY = `<!doctype html><title>Empty</title><link rel="icon" href="data:,"><p data-stat>0</p>`;

const { isOn, valueOf, numberOf } = readArguments(Deno.args, { switches: ["short"], values: ["minutes", "out"] });
const isShort = isOn("short");
const minutes = numberOf("minutes", isShort ? MINUTES_SHORT : MINUTES, 0.05);
const looks = isShort ? LOOKS_SHORT : LOOKS;
const openings = isShort ? OPENINGS_SHORT : OPENINGS;

await using metrics = createMetrics();
await metrics.ready;
const load = startLoad();
await using server = await serveMetrics(metrics, { port: 0 });
await using empty = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
  return new Response(EMPTY, { headers: { "content-type": "text/html" } });
});
await using browser = await startBrowser();

const emptyUrl = `http://127.0.0.1:${empty.addr.port}`;
const emptyFirstMs = await firstNumbersOf(emptyUrl);
const firstMs = await firstNumbersOf(server.url);
const emptyShare = (await watched(emptyUrl, Math.min(minutes, 0.25), LOOKS_SHORT)).share;
const { share, points } = await watched(server.url, minutes, looks);
load.stop();

const isJudgedByHeap = minutes >= FILLED_MINUTES + JUDGED_MINUTES_MIN;
const later = points.filter(({ seconds }) => seconds >= (isJudgedByHeap ? FILLED_MINUTES : minutes / 3) * 60);
const growthAMinute = slopeOf(later.map(({ seconds, heapBytes }) => [seconds / 60, heapBytes]));
const [first, last] = [later[0], later[later.length - 1]];
await report(
  {
    bench: "load/page",
    name: `page: ${SERIES} series for ${minutes} minutes, from the request to the first numbers`,
    cases: [
      { name: "an empty page", ns: emptyFirstMs * 1e6, bytes: 0, timesOfBaseline: 1 },
      { name: "the page", ns: firstMs * 1e6, bytes: 0, timesOfBaseline: firstMs / emptyFirstMs },
    ],
    facts: [
      `first numbers after ${firstMs.toFixed(0)} ms, those of an empty page after ${emptyFirstMs.toFixed(0)} ms`,
      `the renderer takes ${percent(share)} % of a core, that of an empty page ${percent(emptyShare)} %`,
      `heap ${megabytes(first.heapBytes)} after ${first.seconds.toFixed(0)} s, ${megabytes(last.heapBytes)} after ${
        last.seconds.toFixed(0)
      } s: ${megabytes(growthAMinute)} a minute`,
      ...(isJudgedByHeap ? [] : ["it was too short to judge the heap by"]),
    ],
    failures: isShort ? [] : [
      ...(firstMs < FIRST_NUMBERS_MAX_MS ? [] : [`first numbers took more than ${FIRST_NUMBERS_MAX_MS} ms`]),
      ...(share < SHARE_MAX ? [] : [`the renderer takes more than ${SHARE_MAX * 100} % of a core`]),
      ...(!isJudgedByHeap || growthAMinute <= GROWTH_MAX_A_MINUTE
        ? []
        : [`the heap grows by ${megabytes(growthAMinute)} a minute`]),
    ],
  },
  isShort,
  valueOf("out"),
);

/** Calls at an even pace until it is stopped. */
function startLoad(): { readonly stop: () => void } {
  const call = callerOf(metrics);
  const startMs = performance.now();
  let calls = 0;
  const timer = setInterval(() => {
    const due = Math.floor((performance.now() - startMs) / 1_000 * CALLS_PER_SECOND / 2);
    call(calls, due - calls);
    calls = due;
  }, SLICE_MS);
  return { stop: () => clearInterval(timer) };
}

/** Opened again and again in a browser that is warm. */
async function firstNumbersOf(url: string): Promise<number> {
  const times: number[] = [];
  for (let opening = 0; opening <= openings; opening++) {
    times.push(await withPage(browser, (page) => firstNumbersMs(page, url)));
  }
  return median(times.slice(1));
}

/** What a page takes over a time. The collections that it is looked at by are not counted. */
function watched(url: string, forMinutes: number, looks: number) {
  return withPage(browser, async (page) => {
    await page.goto(url);
    await page.waitForSelector("[data-stat]");
    const cost = await BrowserCost.of(page);
    const startMs = performance.now();
    const points: { readonly seconds: number; readonly heapBytes: number }[] = [];
    let [processorSeconds, watchedMs] = [0, 0];
    for (let look = 0; look < looks; look++) {
      const fromMs = performance.now();
      const before = await cost.rendererSeconds();
      await page.waitForTimeout(forMinutes * 60_000 / looks);
      processorSeconds += await cost.rendererSeconds() - before;
      watchedMs += performance.now() - fromMs;
      points.push({ seconds: (performance.now() - startMs) / 1_000, heapBytes: await cost.heapBytes() });
    }
    return { share: processorSeconds / (watchedMs / 1_000), points };
  });
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}

function megabytes(bytes: number): string {
  return `${(bytes / MEGABYTE).toFixed(2)} MiB`;
}
