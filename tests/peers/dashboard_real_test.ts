// The page with the live feed of a real server. Screenshots are saved in `artifacts/`.

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { Hono } from "hono";
import { createMetrics, type Metrics } from "../../mod.ts";
import type { Snapshot } from "../../src/model/snapshot.ts";
import { metricsRoutes } from "../../src/hono.ts";
import { serveMetrics } from "../../src/server.ts";
import { normalFrom, randomFrom } from "../_support/random.ts";
import { savePicture } from "../_support/peers/artefacts.ts";
import { TestBrowser, type TestPage } from "../_support/peers/browser.ts";
import { firstNumbersMs, watchFirstNumbers } from "../_support/peers/first_numbers.ts";
import { knownNumbers, type Numbers, shownNumbers } from "../_support/peers/page_numbers.ts";
import { waitFor } from "../_support/peers/peer.ts";

/** Only visible cards are drawn. */
const TALL = { width: 1_280, height: 5_200 };
/** Chromium's messages about a server that is unreachable or refuses a WebSocket. */
const NETWORK = /net::ERR_CONNECTION_REFUSED|WebSocket connection to .* failed|net::ERR_INCOMPLETE_CHUNKED_ENCODING/;

/** Returns metrics of each kind, and a function that records values in them. */
function trading(): { readonly metrics: Metrics; readonly record: () => void } {
  const metrics = createMetrics();
  const execution = metrics.timer("order_execution", {
    help: "Signal to submission",
    labels: ["pair"],
    slo: { threshold: "5ms", target: 0.99 },
  });
  const timers = ["BTC-USD", "ETH-USD"].map((pair) => execution.with({ pair }));
  const sizes = metrics.histogram("message", { help: "Message size", unit: "bytes" });
  const orders = metrics.counter("orders", { help: "Orders sent", labels: ["side"] });
  const sides = ["buy", "sell"].map((side) => orders.with({ side }));
  const candles = metrics.counter("candles", { help: "Candles read" });
  const backlog = metrics.gauge("queue_backlog", { help: "Events that wait" });
  metrics.declareKpis([{
    name: "backlog",
    metric: "queue_backlog",
    statistic: "value",
    direction: "below",
    target: 50,
    critical: 100,
  }]);
  const random = randomFrom(11);
  const normal = normalFrom(random);
  const record = () => {
    for (let i = 0; i < 500; i++) {
      timers[i % 2].observe(0.002 * Math.exp(normal() / 2));
      sizes.observe(Math.floor(random() * 4_096));
      sides[i % 2].inc();
      candles.inc(2);
    }
    backlog.set(Math.floor(random() * 120));
  };
  record();
  return { metrics, record };
}

async function snapshotAt(url: string): Promise<Snapshot> {
  return await (await fetch(`${url}/metrics.json`)).json();
}

/** Waits until the page and the snapshot have the same numbers; fails with the difference. */
async function assertSameNumbers({ page }: TestPage, url: string): Promise<Numbers> {
  let numbers: [Numbers, Numbers] = [{}, {}];
  const isSame = async () => {
    numbers = [await shownNumbers(page), knownNumbers(await snapshotAt(url))];
    return sorted(numbers[0]) === sorted(numbers[1]) || undefined;
  };
  await waitFor("the page to say what the snapshot says", isSame).catch(() => {});
  assertEquals(...numbers);
  return numbers[0];
}

function sorted(numbers: Numbers): string {
  const byName = <Value>(all: Record<string, Value>) =>
    Object.entries(all).toSorted(([one], [other]) => one < other ? -1 : 1);
  return JSON.stringify(byName(numbers).map(([card, each]) => [card, byName(each)]));
}

async function isLive({ page }: TestPage): Promise<true | undefined> {
  return await page.locator("[role=status]").textContent() === "Live" || undefined;
}

Deno.test("dashboard has the numbers of /metrics.json of the same second, and the first ones soon", async () => {
  const { metrics, record } = trading();
  await using _metrics = metrics;
  await using server = await serveMetrics(metrics, { port: 0 });
  await using browser = await TestBrowser.start();
  await using view = await browser.open({ viewport: TALL });
  await watchFirstNumbers(view.page);
  await view.page.goto(server.url);
  console.log(`the first numbers were there after ${(await firstNumbersMs(view.page)).toFixed(0)} ms`);

  const first = await assertSameNumbers(view, server.url);
  assertEquals(Object.keys(first).toSorted(), [
    "candles_total",
    "message_bytes",
    "order_execution_seconds pair=BTC-USD",
    "order_execution_seconds pair=ETH-USD",
    "queue_backlog",
  ]);
  assertEquals(first["order_execution_seconds pair=BTC-USD"].count, "250");
  assertEquals(first["candles_total"].value, "1000");

  record();
  await metrics.flush();
  const second = await assertSameNumbers(view, server.url);
  assertEquals(second["order_execution_seconds pair=BTC-USD"].count, "500");

  // One of several series of a counter.
  await view.page.getByRole("searchbox").fill("orders side=buy");
  const total = view.page.locator("article[aria-label=orders_total] [data-stat=value]");
  assertEquals(await total.getAttribute("title"), "500");
  await savePicture(view.page, "real-search");
  assertEquals(view.complaints, []);
  assertEquals([...view.origins], [new URL(server.url).origin]);
});

Deno.test("dashboard reconnects to a restarted server, and marks the gap", async () => {
  const { metrics, record } = trading();
  await using _metrics = metrics;
  const first = await serveMetrics(metrics, { port: 0 });
  const { port, origin } = new URL(first.url);
  await using browser = await TestBrowser.start();
  await using view = await browser.open({ viewport: TALL });
  await view.page.goto(`${origin}/#range=1m`);
  const backlog = view.page.locator("article[aria-label=queue_backlog]");
  await backlog.locator("[data-stat=value]").waitFor();
  await backlog.locator("summary").click();
  const rows = backlog.locator(".behind tbody td:last-child");
  const past = async () => (await rows.allTextContents()).findIndex((text) => text === "–");
  await waitFor("three seconds to be known", async () => await past() >= 3 || undefined);

  await first.close();
  const status = view.page.locator("[role=status]");
  await waitFor("the loss to be seen", async () => /Disconnected/.test(await status.textContent() ?? "") || undefined);
  await savePicture(view.page, "real-disconnected");
  const lostAtMs = Date.now();
  // Wider than the columns of this range, which are a second wide.
  await waitFor("a gap", () => Promise.resolve(Date.now() > lostAtMs + 4_000 || undefined));

  await using second = await serveMetrics(metrics, { port: Number(port) });
  await waitFor("the way back", () => isLive(view));
  record();
  await metrics.flush();
  await assertSameNumbers(view, second.url);
  const texts = await rows.allTextContents();
  const gap = texts.indexOf("–");
  const before = texts.findIndex((text, i) => i > gap && text !== "–");
  assert(gap > 0 && before > gap + 1, `there is no gap in ${texts}`);
  await savePicture(view.page, "real-gap");
  assertEquals(view.complaints.filter((each) => !NETWORK.test(each)), []);
  assertEquals([...view.origins], [origin]);
});

/** Starts a proxy that does not support WebSockets. */
function proxyTo(url: string): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, ({ url: asked, headers }) => {
    if (headers.has("upgrade")) return new Response("no WebSockets here", { status: 502 });
    const { pathname, search } = new URL(asked);
    return fetch(new URL(pathname + search, url), { headers: { accept: headers.get("accept") ?? "*/*" } });
  });
}

Deno.test("dashboard falls back to server-sent events behind a proxy without WebSockets", async () => {
  const { metrics, record } = trading();
  await using _metrics = metrics;
  await using server = await serveMetrics(metrics, { port: 0 });
  await using proxy = proxyTo(server.url);
  await using browser = await TestBrowser.start();
  await using view = await browser.open({ viewport: TALL });
  const url = `http://127.0.0.1:${proxy.addr.port}`;
  await view.page.goto(url);
  await waitFor("the feed", () => isLive(view));
  record();
  await metrics.flush();
  const shown = await assertSameNumbers(view, server.url);
  assertEquals(shown["order_execution_seconds pair=ETH-USD"].count, "500");
  assertEquals(view.complaints.filter((each) => !NETWORK.test(each)), []);
  assertEquals([...view.origins], [url]);
});

Deno.test("dashboard works below the path that its routes are mounted at", async () => {
  const { metrics, record } = trading();
  await using _metrics = metrics;
  const app = new Hono();
  app.route("/internal", metricsRoutes(metrics));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, app.fetch);
  const origin = `http://127.0.0.1:${server.addr.port}`;
  await using browser = await TestBrowser.start();
  await using view = await browser.open({ viewport: TALL });
  await view.page.goto(`${origin}/internal`);
  await waitFor("the feed", () => isLive(view));
  record();
  await metrics.flush();
  const shown = await assertSameNumbers(view, `${origin}/internal`);
  assertEquals(shown["message_bytes"].count, "1000");
  const links = await view.page.locator("[aria-label=Routes] a").evaluateAll((all) =>
    all.map((link) => new URL(link.getAttribute("href")!, link.baseURI).href)
  );
  assert(links.every((link) => link.startsWith(`${origin}/internal/`)), `links lead to ${links}`);
  assertEquals(view.complaints, []);
  assertEquals([...view.origins], [origin]);
});

/** Accessible name of the focused element. */
const FOCUSED = `(() => {
  const { tagName, textContent, type, value } = document.activeElement;
  const name = document.activeElement.getAttribute("aria-label");
  return type === "radio" ? "range " + value : name ?? (tagName === "BODY" ? "" : textContent);
})()`;

Deno.test("dashboard's controls are all reached by Tab, and work without a mouse", async () => {
  const { metrics } = trading();
  await using _metrics = metrics;
  await using server = await serveMetrics(metrics, { port: 0 });
  await using browser = await TestBrowser.start();
  await using view = await browser.open({ viewport: TALL });
  const { page } = view;
  await page.goto(server.url);
  await page.waitForSelector("article[aria-label=queue_backlog] [data-stat=value]");
  const press = async (key: string) => {
    await page.keyboard.press(key);
    return await page.evaluate(FOCUSED) as string;
  };
  const stops: string[] = [];
  for (let stop = await press("Tab"); stop !== "" && stops.length < 100; stop = await press("Tab")) stops.push(stop);
  assertEquals(stops.slice(0, 6), [
    "Skip to content",
    "Search by name or label",
    "range 5m",
    "Group by label",
    "Pause",
    "Theme: auto",
  ]);
  const operable = await page.locator("main :is(button, summary, canvas[tabindex]):visible").count();
  const routes = await page.locator("footer a").count();
  assertEquals(stops.length, 6 + operable + routes);

  const reach = async (name: string) => {
    for (let presses = 0; await page.evaluate(FOCUSED) !== name; presses++) {
      assert(presses < 100, `${name} is not reached`);
      await press("Tab");
    }
  };
  await reach("Search by name or label");
  await page.keyboard.type("pair=BTC");
  await press("Tab");
  assertEquals(await press("ArrowRight"), "range 15m");
  await press("Tab");
  await press("ArrowDown");
  await reach("Pause");
  await press("Enter");
  await reach("Theme: auto");
  await press("Space");
  assertMatch(new URL(page.url()).hash, /^#q=pair%3DBTC&range=15m&by=pair&paused=1&theme=light$/);
  await reach("Latency heat map: order_execution_seconds");
  await press("ArrowUp");
  const readout = page.locator(".readout").first();
  assertNotEquals((await readout.textContent())?.trim(), "");
  await press("Enter");
  assertMatch(await page.locator(".exemplars p").first().textContent() ?? "", /^No traces? /);
  await reach("Table");
  await press("Enter");
  assertEquals(await page.locator("details.behind").first().getAttribute("open"), "");
  assertEquals(view.complaints, []);
});
