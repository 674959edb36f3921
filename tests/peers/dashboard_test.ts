import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import type { LiveDistribution, LiveFrame, LiveMetric, LiveStart } from "../../src/model/live_frames.ts";
import type { TraceDetail } from "../../src/model/spans.ts";
import { TestBrowser, type TestPage } from "../_support/peers/browser.ts";
import { waitFor } from "../_support/peers/peer.ts";
import { frameOf, ScriptedFeed } from "../_support/peers/scripted_feed.ts";

const SECOND_MS = 1_000;
/** Only visible cards are drawn. */
const TALL = { width: 1_280, height: 2_400 };
const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const MARKUP = `<img src="/foreign.png" onerror="document.title='attacked'">`;
const RIGHT_TO_LEFT = "\u202eright-to-left\u202c";
const LONG = "long ".repeat(2_048);

const TIMER: LiveMetric = {
  name: "order_execution_seconds",
  type: "histogram",
  unit: "seconds",
  help: "Signal to submission",
  schema: 6,
  slo: { thresholdSeconds: 0.005, target: 0.99 },
};
const ORDERS: LiveMetric = { name: "orders_total", type: "counter", unit: "", help: "Orders sent" };
const BACKLOG: LiveMetric = { name: "queue_backlog", type: "gauge", unit: "", help: "Events that wait" };

function startOf(timestampMs: number): LiveStart {
  return {
    type: "start",
    timestampMs,
    intervalMs: SECOND_MS,
    window: "1m",
    framesLost: 0,
    metrics: [TIMER, ORDERS, BACKLOG],
    kpis: [{
      name: "backlog",
      metric: BACKLOG.name,
      statistic: "value",
      direction: "below",
      target: 50,
      critical: 100,
    }],
    series: [
      { id: 0, metric: TIMER.name, labels: { pair: "BTC-USD", side: "buy" } },
      { id: 1, metric: TIMER.name, labels: { pair: "ETH-USD", side: "buy" } },
      { id: 2, metric: ORDERS.name, labels: { pair: MARKUP, note: RIGHT_TO_LEFT } },
      { id: 3, metric: BACKLOG.name, labels: { text: LONG } },
    ],
  };
}

/** Index of the bucket of 1.2 ms. */
const BUCKET = Math.ceil(Math.log2(0.0012) * 64);

function distributionOf(id: number, count: number, timestampMs: number, gained?: number): LiveDistribution {
  return {
    id,
    count,
    sum: count * 0.0012,
    window: {
      count: 60,
      rate: 1,
      mean: 0.0012,
      max: 0.0123456,
      quantiles: { "0.5": 0.0012, "0.9": 0.002, "0.95": 0.003, "0.99": 0.004321, "0.999": 0.0123456 },
    },
    slo: { violations: 5, compliance: 0.995, burnRate: 0.5 },
    exemplars: [{ labels: { trace_id: TRACE_ID }, value: 0.0012, timestampMs }],
    ...(gained !== undefined && { gained: { positive: [BUCKET - 9, 2, BUCKET, gained, BUCKET + 40, 1] } }),
  };
}

/** A frame in which everything has changed. */
function busyFrame(timestampMs: number, backlog: number): LiveFrame {
  return frameOf(timestampMs, {
    scalars: [[2, timestampMs / 100], [3, backlog]],
    distributions: [0, 1].map((id) => distributionOf(id, Math.round(timestampMs / 10), timestampMs, 100)),
    health: { status: "DEGRADED", reasons: ["the backlog is high"] },
  });
}

/** Returns frames of the last half minute. */
function pastOf(nowMs: number): LiveFrame[] {
  return Array.from({ length: 30 }, (_, i) => busyFrame(nowMs - (29 - i) * SECOND_MS, 70));
}

const TRACE: TraceDetail = {
  traceId: TRACE_ID,
  name: "candle",
  startedAt: "2026-01-02T03:04:05.678Z",
  endToEndSeconds: 0.02,
  spans: 2,
  droppedSpans: 0,
  threads: ["main"],
  isComplete: true,
  stages: [
    stageOf("candle", "a", null, 0, 0.02),
    stageOf(`order ${MARKUP}`, "b", "a", 0.005, 0.01),
  ],
};

function stageOf(name: string, spanId: string, parentId: string | null, startOffsetSeconds: number, length: number) {
  const rest = { labels: {}, thread: "main", kind: "internal", isError: false } as const;
  return { name, spanId, parentId, startOffsetSeconds, durationSeconds: length, ...rest };
}

interface Viewed extends AsyncDisposable {
  readonly server: ScriptedFeed;
  readonly view: TestPage;
  readonly nowMs: number;
}

/** Opens the page of a feed, and waits for its first numbers. */
async function viewed(
  browser: TestBrowser,
  { hash = "", isWithoutSockets = false, ...options }: {
    readonly hash?: string;
    readonly isWithoutSockets?: boolean;
    readonly viewport?: { readonly width: number; readonly height: number };
    readonly colorScheme?: "light" | "dark";
  } = {},
): Promise<Viewed> {
  const nowMs = Date.now();
  const traces = {
    slowest: [TRACE],
    recent: [],
    unmatched: [],
    counts: {
      spans: 2,
      droppedSpans: { trace_full: 0, memory: 0, invalid: 0, orphaned: 0 },
      traces: 1,
      evictedTraces: 0,
      waiting: 0,
      startsWithoutEnd: 0,
      endsWithoutStart: 0,
    },
  };
  const server = new ScriptedFeed(startOf(nowMs), pastOf(nowMs), { traces, trace: TRACE, isWithoutSockets });
  const view = await browser.open({ viewport: TALL, ...options });
  await view.page.goto(`${server.url}/${hash}`);
  await view.page.waitForSelector("[data-stat=p99]");
  await drawn(view);
  const close = async () => {
    await view[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { server, view, nowMs, [Symbol.asyncDispose]: close };
}

/** Waits until plots are drawn, one animation frame after the numbers. */
async function drawn({ page }: TestPage): Promise<void> {
  await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
}

/** Returns the names of all cards. */
async function cardsOf({ page }: TestPage): Promise<string[]> {
  return await page.locator(".cards .card h3").allTextContents();
}

async function backlogOf({ page }: TestPage): Promise<string | null> {
  return await page.locator("article[aria-label=queue_backlog] [data-stat=value]").first().getAttribute("title");
}

Deno.test("dashboard shows the frame's numbers exactly, without console errors or requests to others", async () => {
  await using browser = await TestBrowser.start();
  await using seen = await viewed(browser);
  const { page, complaints, origins } = seen.view;
  const card = page.locator("article[aria-label=order_execution_seconds]").first();
  const exact = await card.locator("[data-stat]").evaluateAll((cells) =>
    Object.fromEntries(
      cells.map((cell) => [cell.getAttribute("data-stat"), [cell.getAttribute("title"), cell.textContent]]),
    )
  );
  assertEquals(exact, {
    compliance: ["0.995", "99.5 %"],
    count: ["60", "60"],
    rate: ["1", "1/s"],
    mean: ["0.0012", "1.2 ms"],
    p50: ["0.0012", "1.2 ms"],
    p90: ["0.002", "2 ms"],
    p95: ["0.003", "3 ms"],
    p99: ["0.004321", "4.32 ms"],
    "p99.9": ["0.0123456", "12.3 ms"],
    max: ["0.0123456", "12.3 ms"],
  });
  assertEquals(await page.locator(".gauge").first().getAttribute("data-verdict"), "ok");
  assertEquals(await page.locator(".tiles li").first().getAttribute("data-verdict"), "warning");
  assertEquals(await page.locator(".health").textContent(), "DEGRADED");
  assertEquals(await page.locator("[role=status]").textContent(), "Live");
  assertEquals(complaints, []);
  assertEquals([...origins], [seen.server.url]);
});

Deno.test("dashboard's legends have the latest values as soon as a plot is drawn", async () => {
  await using browser = await TestBrowser.start();
  // Too low for the counter, which is scrolled to.
  await using seen = await viewed(browser, { viewport: { width: 1_280, height: 400 } });
  const { page } = seen.view;
  await page.locator("article[aria-label=orders_total]").scrollIntoViewIfNeeded();
  const value = page.locator("article[aria-label=orders_total] .u-series:not(:first-child) .u-value");
  await value.waitFor();
  await drawn(seen.view);
  assertMatch(await value.textContent() ?? "", /^\d+\/s$/);
});

Deno.test("dashboard falls back to server-sent events where WebSockets are refused", async () => {
  await using browser = await TestBrowser.start();
  await using seen = await viewed(browser, { isWithoutSockets: true });
  assertEquals(await seen.view.page.locator("[role=status]").textContent(), "Live");
  seen.server.send(busyFrame(seen.nowMs + SECOND_MS, 33));
  await waitFor("the next frame", async () => await backlogOf(seen.view) === "33" || undefined);
});

Deno.test("dashboard shows hostile label values as text", async () => {
  await using browser = await TestBrowser.start();
  await using seen = await viewed(browser, { hash: `#trace=${TRACE_ID}` });
  const { page, complaints, origins } = seen.view;
  await page.waitForSelector(".waterfall li");
  assertEquals(await page.locator("img").count(), 0);
  assertEquals(await page.title(), "Hotpath");
  const labels = page.locator("article[aria-label=orders_total] .labels li");
  assertEquals(await labels.locator("> bdi").allTextContents(), [MARKUP, RIGHT_TO_LEFT]);
  const long = page.locator("article[aria-label=queue_backlog] .labels li");
  assertEquals(await long.getAttribute("title"), `text=${LONG}`);
  const height = await long.evaluate((item) => item.getBoundingClientRect().height);
  assert(height < 40, `a long label takes ${height} px`);
  const names = await page.locator(".waterfall .name").allTextContents();
  assertEquals(names, ["candle", `order ${MARKUP}`]);
  assertEquals(complaints, []);
  assertEquals([...origins], [seen.server.url]);
});

Deno.test("dashboard does not move while it is paused, and keeps what arrives meanwhile", async () => {
  await using browser = await TestBrowser.start();
  await using seen = await viewed(browser);
  const { server, view, nowMs } = seen;
  await view.page.getByRole("button", { name: "Pause" }).click();
  assertEquals(new URL(view.page.url()).hash, "#paused=1");
  server.send(busyFrame(nowMs + SECOND_MS, 88));
  server.send(frameOf(nowMs + 2 * SECOND_MS, { health: { status: "HEALTHY", reasons: [] } }));
  await drawn(view);
  assertEquals(await backlogOf(view), "70");
  await view.page.getByRole("button", { name: "Resume" }).click();
  await waitFor("the picture to move", async () => await backlogOf(view) === "88" || undefined);
  assertEquals(new URL(view.page.url()).hash, "");
});

Deno.test("dashboard searches, groups and changes its range, and a link restores that", async () => {
  await using browser = await TestBrowser.start();
  await using seen = await viewed(browser);
  const { view, server } = seen;
  const { page } = view;
  assertEquals((await cardsOf(view)).toSorted(), [
    "order_execution_seconds",
    "order_execution_seconds",
    "orders_total",
    "queue_backlog",
  ]);
  await page.getByRole("searchbox").fill("pair=usd");
  await waitFor("the search", async () => (await cardsOf(view)).length === 2 || undefined);
  await page.getByLabel("Group by label").selectOption("side");
  await waitFor("the grouping", async () => (await cardsOf(view)).length === 1 || undefined);
  await page.locator("input[value='15m']").check();
  const merged = page.locator("article[aria-label=order_execution_seconds] [data-stat=count]");
  await waitFor("the sum", async () => await merged.textContent() === "120" || undefined);
  const { hash } = new URL(page.url());
  assertEquals(hash, "#q=pair%3Dusd&range=15m&by=side");

  await using again = await browser.open();
  await again.page.goto(`${server.url}/${hash}`);
  await again.page.waitForSelector("[data-stat=p99]");
  assertEquals(await cardsOf(again), ["order_execution_seconds"]);
  assertEquals(await again.page.getByRole("searchbox").inputValue(), "pair=usd");
  assertEquals(await again.page.locator("input[value='15m']").isChecked(), true);
});

Deno.test("dashboard is dark when the system is, or when the user chooses so", async () => {
  await using browser = await TestBrowser.start();
  await using seen = await viewed(browser, { colorScheme: "dark" });
  const { page } = seen.view;
  const background = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
  const dark = await background();
  await page.getByRole("button", { name: "Theme: auto" }).click();
  const light = await background();
  assertNotEquals(light, dark);
  assertEquals(new URL(page.url()).hash, "#theme=light");
  await page.getByRole("button", { name: "Theme: light" }).click();
  assertEquals(await background(), dark);
});

Deno.test("dashboard fits a phone without scrolling sideways", async () => {
  await using browser = await TestBrowser.start();
  await using seen = await viewed(browser, { viewport: { width: 360, height: 740 } });
  const widths = await seen.view.page.evaluate("[document.documentElement.scrollWidth, innerWidth]");
  assertEquals(widths, [360, 360]);
});

Deno.test("dashboard shows that the server is unreachable, and reconnects with its history", async () => {
  await using browser = await TestBrowser.start();
  const nowMs = Date.now();
  const first = new ScriptedFeed(startOf(nowMs), pastOf(nowMs));
  const { port } = first;
  await using view = await browser.open({ viewport: TALL });
  await view.page.goto(`${first.url}/#range=1m`);
  await view.page.waitForSelector("[data-stat=p99]");
  await first[Symbol.asyncDispose]();
  const status = view.page.locator("[role=status]");
  await waitFor("the loss to be seen", async () => /Disconnected/.test(await status.textContent() ?? "") || undefined);
  assertMatch(
    await view.page.locator(".connection").textContent() ?? "",
    /^Disconnected, reconnecting( in \d+ s|…)$/,
  );
  const laterMs = nowMs + 10 * SECOND_MS;
  await using _second = new ScriptedFeed(startOf(laterMs), [busyFrame(laterMs, 99)], { port });
  await waitFor("the way back", async () => await backlogOf(view) === "99" || undefined);
  assertEquals(await status.textContent(), "Live");
  await view.page.locator("article[aria-label=queue_backlog] summary").click();
  const rows = view.page.locator("article[aria-label=queue_backlog] .behind tbody td:last-child");
  await rows.first().waitFor();
  assertEquals((await rows.allTextContents()).slice(0, 12), ["99", ...Array(9).fill("–"), "70", "70"]);
});

Deno.test("dashboard shows what a cell of the heat map holds, and opens its traces", async () => {
  await using browser = await TestBrowser.start();
  await using seen = await viewed(browser);
  const { page } = seen.view;
  const card = page.locator("article[aria-label=order_execution_seconds]").first();
  const canvas = card.locator("canvas[role=img]");
  await canvas.focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowDown");
  // Two per second; a cell of this range covers two seconds, of which the second may be missing.
  assertMatch(
    await card.locator(".readout").textContent() ?? "",
    /^[24] values at \d\d:\d\d:\d\d, 1\.\d+ ms to 1\.\d+ ms$/,
  );
  await page.keyboard.press("Enter");
  assertMatch(
    await card.locator(".exemplars p").textContent() ?? "",
    /^No traces in this cell \(.*\)\. Nearest traces:$/,
  );
  await card.locator(".exemplars button", { hasText: TRACE_ID }).first().click();
  await page.waitForSelector(".waterfall li");
  assertEquals(await page.locator(".waterfall li").count(), 2);
  assertEquals(seen.view.complaints, []);
});

Deno.test("dashboard is reached by the keyboard: its first stop leads to the content", async () => {
  await using browser = await TestBrowser.start();
  await using seen = await viewed(browser);
  const { page } = seen.view;
  await page.keyboard.press("Tab");
  assertEquals(await page.evaluate("document.activeElement.textContent"), "Skip to content");
  await page.keyboard.press("Enter");
  assertEquals(await page.evaluate("document.activeElement.id"), "main");
});
