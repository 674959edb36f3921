import { assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import type { Kpi, Metrics, MetricsOptions } from "../../mod.ts";
import { buildDashboard } from "../../src/monitoring/dashboard.ts";
import { type DashboardPlan, planDashboard } from "../../src/monitoring/dashboard_plan.ts";
import { withSteps } from "../../src/monitoring/panels.ts";
import { rowOf } from "../../src/monitoring/rows.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

const TITLE = { title: "Shop", isNative: false };

async function planOf(
  define: (metrics: Metrics) => void,
  options: Partial<typeof TITLE> = {},
  metricsOptions: Omit<MetricsOptions, "clock" | "aggregation"> = {},
): Promise<DashboardPlan> {
  await using test = inlineMetrics(metricsOptions);
  define(test.metrics);
  return planDashboard(await test.metrics.definitions(), { ...TITLE, ...options });
}

const ROWS: readonly [exposedName: string, labelNames: readonly string[], row: string][] = [
  ["order_execution_seconds", ["trading_pair"], "Trading performance"],
  ["queue_depth", ["strategy"], "Trading performance"],
  ["market_data_processing_seconds", ["trading_pair"], "Market data"],
  ["candles_total", [], "Market data"],
  ["websocket_message_seconds", ["trading_pair"], "API"],
  ["http_server_request_duration_seconds", ["method", "route"], "API"],
  ["cache_hits_total", ["cache"], "API"],
  ["deno_gc_duration_seconds", ["kind", "thread"], "System resources"],
  ["process_cpu_seconds_total", [], "System resources"],
  ["queue_backlog", [], "Other"],
  ["Größe", [], "Other"],
];

for (const [exposedName, labelNames, row] of ROWS) {
  Deno.test(`${exposedName} by ${labelNames.join(", ") || "nothing"} is in the row ${row}`, () => {
    assertEquals(rowOf({ exposedName, labelNames }), row);
  });
}

Deno.test("rows come in their order, and none is empty", async () => {
  const { rows } = await planOf(
    (metrics) => {
      metrics.gauge("depth");
      metrics.counter("candles_total");
      metrics.timer("order");
    },
    {},
    { runtime: { process: true } },
  );
  assertEquals(rows.map(({ title }) => title), [
    ...["Trading performance", "Market data", "System resources", "Hotpath", "Other"],
  ]);
});

Deno.test("a timer with an objective has percentiles, heat map, throughput, SLO compliance and burn rate", async () => {
  const { rows: [{ panels }] } = await planOf((metrics) => {
    metrics.timer("order", { slo: { threshold: "5ms", target: 0.99 }, labels: ["side", "job"] });
  });
  assertEquals(panels.map(({ title, kind, width }) => [title, kind, width]), [
    ["order: percentiles", "lines", 6],
    ["order: latency heat map", "heat map", 6],
    ["order: throughput", "lines", 4],
    ["order: SLO compliance", "stat", 4],
    ["order: error budget burn rate", "lines", 4],
  ]);
  const chosen = '{job=~"$job",instance=~"$instance",side=~"$side",exported_job=~"$exported_job"}';
  assertEquals(
    panels[0].targets.map(({ expr, legend }) => [legend, expr]).at(-1),
    ["p99.9", `histogram_quantile(0.999, sum by (le) (rate(order_seconds_bucket${chosen}[$__rate_interval])))`],
  );
  assertEquals(panels[1].targets[0].expr, `sum by (le) (increase(order_seconds_bucket${chosen}[$__rate_interval]))`);
  assertEquals(panels[2].targets[0].expr, `sum(rate(order_seconds_count${chosen}[$__rate_interval]))`);
  assertStringIncludes(panels[4].targets[0].expr, "/ (1 - 0.99)");
  assertEquals(panels[4].steps, [{ color: "green" }, { from: 1, color: "yellow" }, { from: 6, color: "red" }]);
});

Deno.test("native histograms are queried without buckets, but classic ones with them", async () => {
  const { rows } = await planOf((metrics) => {
    metrics.timer("order");
    metrics.histogram("order_size", { sketch: "tdigest" });
  }, { isNative: true });
  const expressions = rows[0].panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  assertEquals(
    expressions.filter((expr) => expr.includes("_bucket")).every((expr) => expr.includes("order_size")),
    true,
  );
  assertStringIncludes(expressions.join("\n"), 'sum(increase(order_seconds{job=~"$job",instance=~"$instance"}[');
  assertStringIncludes(expressions.join("\n"), "sum by (le) (increase(order_size_bucket{");
});

Deno.test("thresholds of KPIs are steps of the panels of their metrics", async () => {
  const depth: Kpi = {
    ...{ name: "depth", metric: "depth", statistic: "value", direction: "below" },
    ...{ target: 10, critical: 100 },
  };
  const { rows } = await planOf((metrics) => {
    metrics.gauge("depth");
    metrics.gauge("depth_max");
    metrics.declareKpis([depth]);
  });
  const panels = rows.find(({ title }) => title === "Other")?.panels ?? [];
  const steps = [{ color: "green" }, { from: 10, color: "yellow" }, { from: 100, color: "red" }] as const;
  assertEquals(panels.map((panel) => panel.steps), [steps, undefined]);
  const above = { ...depth, direction: "above", target: 100, critical: 10 } as const;
  assertEquals(withSteps(above).steps, [{ color: "red" }, { from: 10, color: "yellow" }, {
    from: 100,
    color: "green",
  }]);
  assertEquals(withSteps({ ...above, target: undefined }).steps, [{ color: "red" }, { from: 10, color: "green" }]);
  assertEquals(withSteps({ ...above, critical: undefined }).steps, [{ color: "yellow" }, {
    from: 100,
    color: "green",
  }]);
});

Deno.test("there is a variable for each label, and one each for data source, job and instance", async () => {
  const plan = await planOf((metrics) => {
    metrics.counter("orders_total", { labels: ["side", "pair"] });
    metrics.gauge("depth", { labels: ["side", "queue.name"] });
  });
  const { templating } = buildDashboard(plan);
  assertEquals(templating.list?.map(({ name }) => name), [
    ...["datasource", "job", "instance", "side", "pair", "queue_name"],
  ]);
  assertEquals(plan.variables[2].query, 'label_values({job=~"$job",instance=~"$instance",side!=""}, side)');
});

Deno.test("variables have names that Grafana accepts, each once, whatever labels are called", async () => {
  const plan = await planOf((metrics) => {
    metrics.gauge("a", { labels: ["queue.name", "花火", "datasource", "job"] });
    metrics.gauge("b", { labels: ["queue_name", "名前", "exported_job"] });
  });
  const { templating } = buildDashboard(plan);
  assertEquals(templating.list?.map(({ name }) => name), [
    ...["datasource", "job", "instance", "queue_name", "label___", "label_datasource", "exported_job"],
  ]);
  const panels = plan.rows.flatMap(({ panels }) => panels);
  const [a, b] = ["a", "b"].map((title) => panels.find((panel) => panel.title === title)?.targets[0].expr);
  const common = 'job=~"$job",instance=~"$instance",queue_name=~"$queue_name",__=~"$label___"';
  assertEquals(a, `a{${common},datasource=~"$label_datasource",exported_job=~"$exported_job"}`);
  assertEquals(b, `b{${common},exported_job=~"$exported_job"}`);
});

Deno.test("panels have unique ids and do not overlap, whatever is drawn", async () => {
  const types = fc.array(fc.constantFrom("timer", "counter", "gauge", "slo"), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(types, async (all) => {
      const plan = await planOf((metrics) => {
        for (const [i, type] of all.entries()) {
          if (type === "slo") metrics.timer(`order${i}`, { slo: { threshold: "5ms", target: 0.99 } });
          else if (type === "timer") metrics.timer(`timer${i}`);
          else if (type === "counter") metrics.counter(`counter${i}`);
          else metrics.gauge(`gauge${i}`);
        }
      });
      const { panels = [] } = buildDashboard(plan);
      const taken = new Set<string>();
      for (const { gridPos } of panels) {
        const { x, y, w, h } = gridPos ?? { x: 0, y: 0, w: 0, h: 0 };
        assertEquals(x + w <= 24, true);
        for (let column = x; column < x + w; column++) {
          for (let line = y; line < y + h; line++) {
            assertEquals(taken.has(`${column} ${line}`), false);
            taken.add(`${column} ${line}`);
          }
        }
      }
      assertEquals(new Set(panels.map(({ id }) => id)).size, panels.length);
    }),
    { numRuns: 20 },
  );
});
