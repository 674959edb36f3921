/**
 * Every entry point that has options refuses a misspelled one with the nearest name, and what is no object of options.
 */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { upgradeWebSocket } from "hono/deno";
import {
  attachMetrics,
  connectionMetrics,
  createMetrics,
  instrumentCache,
  instrumentWebSocket,
  noopMetrics,
  tradingMetrics,
} from "../../mod.ts";
import { parseConfig } from "../../src/config/file.ts";
import { checkSettingsPatch } from "../../src/config/settings_patch.ts";
import { writeSnapshots } from "../../src/export.ts";
import { httpMetrics, instrumentUpgradeWebSocket, metricsRoutes } from "../../src/hono.ts";
import { instrumentFetch, instrumentHandler, measureRequest, serveMetrics } from "../../src/server.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

/** A call with options that the types would not allow. */
type Call = (options: never) => unknown;

interface EntryPoint {
  readonly call: Call;
  /** What the error says cannot be done. */
  readonly action: string;
  /** Options of which one is misspelled. */
  readonly misspelled: unknown;
  /** The name that was meant. */
  readonly meant: string;
}

const test = inlineMetrics();
const { metrics } = test;
const orders = metrics.counter("orders_total", { labels: ["side"] });
const KPI = { name: "depth", metric: "depth", statistic: "value", direction: "below" };

const ENTRY_POINTS: Readonly<Record<string, EntryPoint>> = {
  createMetrics: { call: createMetrics, action: "create metrics", misspelled: { colck: "ffi" }, meant: "clock" },
  inlineMetrics: { call: inlineMetrics, action: "create metrics", misspelled: { seriesMx: 5 }, meant: "seriesMax" },
  attachMetrics: {
    call: (options) => attachMetrics(noopMetrics.connect(), options),
    action: "attach metrics",
    misspelled: { nmae: "parser" },
    meant: "name",
  },
  counter: {
    call: (options) => metrics.counter("a", options),
    action: "create counter a",
    misspelled: { unti: "bytes" },
    meant: "unit",
  },
  gauge: {
    call: (options) => metrics.gauge("a", options),
    action: "create gauge a",
    misspelled: { colect: () => 1 },
    meant: "collect",
  },
  histogram: {
    call: (options) => metrics.histogram("a", options),
    action: "create histogram a",
    misspelled: { bucket: [1] },
    meant: "buckets",
  },
  timer: {
    call: (options) => metrics.timer("a", options),
    action: "create timer a",
    misspelled: { critcal: true },
    meant: "critical",
  },
  summary: {
    call: (options) => metrics.summary("a", options),
    action: "create summary a",
    misspelled: { quantile: [0.5] },
    meant: "quantiles",
  },
  with: {
    call: (labels) => orders.with(labels),
    action: "find a series of orders_total",
    misspelled: { sied: "buy" },
    meant: "side",
  },
  healthAdd: {
    call: (options) => metrics.health.add("venue", () => undefined as never, options),
    action: "add a health check",
    misspelled: { intervl: "1s" },
    meant: "interval",
  },
  traceRun: {
    call: (options) => metrics.trace.run(options, () => 1),
    action: "run in a trace",
    misspelled: { isSampld: true },
    meant: "isSampled",
  },
  traceOpen: {
    call: (options) => metrics.trace.open(options),
    action: "run in a trace",
    misspelled: { tracdId: "" },
    meant: "traceId",
  },
  listTraces: {
    call: (query) => metrics.listTraces(query),
    action: "list traces",
    misspelled: { limt: 5 },
    meant: "limit",
  },
  serveMetrics: {
    call: (options) => serveMetrics(metrics, options),
    action: "serve metrics",
    misspelled: { prot: 0 },
    meant: "port",
  },
  metricsRoutes: {
    call: (options) => metricsRoutes(metrics, options),
    action: "serve metrics",
    misspelled: { scrapeMax: 5 },
    meant: "scrapesMax",
  },
  writeSnapshots: {
    call: (options) => writeSnapshots(metrics, options),
    action: "write snapshots",
    misspelled: { dirctory: "." },
    meant: "directory",
  },
  httpMetrics: {
    call: (options) => httpMetrics(metrics, options),
    action: "measure HTTP requests",
    misspelled: { ignored: [] },
    meant: "ignore",
  },
  instrumentHandler: {
    call: (options) => instrumentHandler(metrics, () => new Response(), options),
    action: "instrument a handler",
    misspelled: { routes: ["/"] },
    meant: "route",
  },
  instrumentFetch: {
    call: (options) => instrumentFetch(metrics, fetch, options),
    action: "instrument fetch",
    misspelled: { hostMax: 5 },
    meant: "hostsMax",
  },
  measureRequest: {
    call: (request) => measureRequest(metrics, request),
    action: "measure a request",
    misspelled: { methd: "GET", route: "/" },
    meant: "method",
  },
  instrumentWebSocket: {
    call: (options) => instrumentWebSocket(metrics, {} as never, options),
    action: "instrument a WebSocket",
    misspelled: { nmae: "feed" },
    meant: "name",
  },
  instrumentUpgradeWebSocket: {
    call: (options) => instrumentUpgradeWebSocket(metrics, upgradeWebSocket, options),
    action: "instrument upgradeWebSocket",
    misspelled: { nam: "feed" },
    meant: "name",
  },
  instrumentCache: {
    call: (options) => instrumentCache(metrics, new Map(), options),
    action: "instrument a cache",
    misspelled: { name: "prices", timing: true },
    meant: "timings",
  },
  tradingMetrics: {
    call: (options) => tradingMetrics(metrics, options),
    action: "create trading metrics",
    misspelled: { sloTargt: 0.9 },
    meant: "sloTarget",
  },
  connectionMetrics: {
    call: (options) => connectionMetrics(metrics, options),
    action: "create connection metrics",
    misspelled: { prefx: "feed" },
    meant: "prefix",
  },
  settingsPatch: {
    call: checkSettingsPatch,
    action: "change settings",
    misspelled: { samplingrate: 1 },
    meant: "samplingRate",
  },
};

/** Objects within options, and the file. */
const MEMBERS: Readonly<Record<string, EntryPoint>> = {
  sampling: entry({ sampling: { rat: 1 } }, "rate"),
  traces: entry({ traces: { recentsMax: 5 } }, "recentMax"),
  health: entry({ health: { dropRatios: false } }, "dropRatio"),
  thresholds: entry({ health: { dropRatio: { degradd: 1 } } }, "degraded"),
  runtime: entry({ runtime: { heaps: true } }, "heap"),
  sloByTimer: entry({ sloByTimer: { order: { treshold: "5ms" } } }, "threshold"),
  config: entry({ config: { source: "hotpath.yaml", metrics: { sampling_rat: 1 } } }, "sampling_rate"),
  file: {
    call: () => parseConfig("metric: {}", "hotpath.yaml"),
    action: "read hotpath.yaml",
    misspelled: {},
    meant: "metrics",
  },
  slo: {
    call: (options) => metrics.timer("a", options),
    action: "create timer a",
    misspelled: { slo: { treshold: "5ms" } },
    meant: "threshold",
  },
  kpis: {
    call: (kpis) => metrics.declareKpis(kpis),
    action: "declare KPIs",
    misspelled: [{ ...KPI, crtical: 5 }],
    meant: "critical",
  },
  tradingThresholds: {
    call: (options) => tradingMetrics(metrics, options),
    action: "create trading metrics",
    misspelled: { thresholds: { order_excution: {} } },
    meant: "order_execution",
  },
  auth: {
    call: (options) => metricsRoutes(metrics, options),
    action: "serve metrics",
    misspelled: { auth: { baerer: "s3cret" } },
    meant: "bearer",
  },
};

function entry(misspelled: unknown, meant: string): EntryPoint {
  return { call: createMetrics, action: "create metrics", misspelled, meant };
}

async function refusalOf(call: () => unknown): Promise<TypeError> {
  return await assertRejects(async () => await call(), TypeError);
}

for (const [name, { call, action, misspelled, meant }] of Object.entries({ ...ENTRY_POINTS, ...MEMBERS })) {
  Deno.test(`a misspelled name in ${name} is refused with those there are and the nearest`, async () => {
    const { message } = await refusalOf(() => call(misspelled as never));
    assert(message.startsWith(`Cannot ${action}: `), message);
    assert(/ must be among .*, got "\w+"; did you mean/.test(message), message);
    assert(message.endsWith(`; did you mean ${JSON.stringify(meant)}?`), message);
  });
}

for (const [name, { call, action }] of Object.entries(ENTRY_POINTS)) {
  Deno.test(`what is no object of options is refused by ${name} with what it cannot do`, async () => {
    for (const options of [null, [], NaN, "text", 5n, () => {}]) {
      const { message } = await refusalOf(() => call(options as never));
      assert(message.startsWith(`Cannot ${action}: `), message);
      assert(/ must be an object/.test(message), message);
    }
  });
}

const MAKERS: Readonly<Record<string, readonly [action: string, call: (metrics: never) => unknown]>> = {
  httpMetrics: ["measure HTTP requests", httpMetrics],
  instrumentHandler: ["measure HTTP requests", (metrics) => instrumentHandler(metrics, () => new Response())],
  instrumentFetch: ["instrument fetch", (metrics) => instrumentFetch(metrics, fetch)],
  measureRequest: ["measure HTTP requests", (metrics) => measureRequest(metrics, { method: "GET", route: "/" })],
  instrumentCache: ["instrument a cache", (metrics) => instrumentCache(metrics, new Map(), { name: "prices" })],
  instrumentUpgradeWebSocket: [
    "instrument a WebSocket",
    (metrics) => instrumentUpgradeWebSocket(metrics, upgradeWebSocket),
  ],
  tradingMetrics: ["create trading metrics", tradingMetrics],
  connectionMetrics: ["create connection metrics", connectionMetrics],
  serveMetrics: ["serve metrics", serveMetrics],
  metricsRoutes: ["serve metrics", metricsRoutes],
  writeSnapshots: ["write snapshots", (metrics) => writeSnapshots(metrics, { directory: "." })],
};

for (const [name, [action, call]] of Object.entries(MAKERS)) {
  Deno.test(`${name} refuses what are no metrics`, async () => {
    for (const wrong of [null, undefined, {}, [], "metrics", 5]) {
      const { message } = await refusalOf(() => call(wrong as never));
      assertEquals(message.split(", got ")[0], `Cannot ${action}: metrics must come from createMetrics`);
    }
  });
}

const LISTS: readonly unknown[] = [null, {}, NaN, "text"];

Deno.test("declareKpis refuses what is no list of KPIs", async () => {
  for (const kpis of LISTS) {
    const { message } = await refusalOf(() => metrics.declareKpis(kpis as never));
    assert(message.startsWith("Cannot declare KPIs: kpis must be an array, got "), message);
  }
});
