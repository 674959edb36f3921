import { assert, assertEquals } from "@std/assert";
import { stringify } from "@std/yaml/stringify";
import { demoDefinitions } from "../../examples/monitoring/generate.ts";
import type { Metrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import type { RuleFile } from "../../src/monitoring/rule_file.ts";
import { generateRules } from "../../src/monitoring/rules.ts";
import { RUNBOOK_BASE } from "../../src/monitoring/runbook.ts";
import { withRuntimeKpis } from "../../src/monitoring/runtime_kpis.ts";
import { writeRules } from "../../src/monitoring/write_rules.ts";
import { OPT_IN } from "../_support/health/checks/cases.ts";
import { withDirectory } from "../_support/directory.ts";
import { HOSTILE_TEXTS } from "../_support/peers/hostile_texts.ts";
import { runPeer } from "../_support/peers/peer.ts";
import { alertsOf, ruleTests } from "../_support/peers/rule_tests.ts";

const OPTIONS = { job: "hotpath", isNative: false } as const;

/** Asserts that promtool accepts rules. */
async function assertGood(file: RuleFile): Promise<void> {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/rules.yml`, writeRules(file));
    const { code, said } = await runPeer("promtool", ["check", "rules", `${directory}/rules.yml`]);
    assertEquals(code, 0, said);
  });
}

/** Runs unit tests with promtool, group by group, because each test evaluates all rules of its file every minute. */
async function runTests(files: readonly RuleFile[], testsOf: (file: RuleFile) => readonly unknown[]): Promise<void> {
  await withDirectory(async (directory) => {
    const paths: string[] = [];
    for (const [i, file] of files.entries()) {
      await Deno.writeTextFile(`${directory}/rules${i}.yml`, writeRules(file));
      const suite = { rule_files: [`rules${i}.yml`], evaluation_interval: stepOf(file), tests: testsOf(file) };
      paths.push(`${directory}/tests${i}.yml`);
      await Deno.writeTextFile(paths[i], stringify(suite, { lineWidth: -1, useAnchors: false }));
    }
    const { code, said } = await runPeer("promtool", ["test", "rules", ...paths]);
    assertEquals(code, 0, said);
  });
}

/** Objectives have windows of hours, and their alerts fire at once. */
function stepOf({ groups }: RuleFile): string {
  return groups.every(({ name }) => name.startsWith("slo ")) ? "10m" : "1m";
}

for (const isNative of [false, true]) {
  Deno.test(`promtool accepts the demo's rules, ${isNative ? "native" : "classic"}`, async () => {
    const { file, skipped } = generateRules(await demoDefinitions(OPT_IN), { ...OPTIONS, isNative });
    assertEquals(skipped, []);
    await assertGood(file);
  });
}

Deno.test("promtool accepts rules with names, helps and jobs of any text", async () => {
  await using test = inlineMetrics();
  const names = HOSTILE_TEXTS.filter((text) => text.isWellFormed() && text !== "");
  for (const [i, name] of names.entries()) {
    const slo = { threshold: "5ms", target: 0.99 } as const;
    // A number makes names distinct that are the same in underscores.
    test.metrics.timer(`${name} {{ ${i}`, { help: `${name} {{ end }}`, slo });
    const metric = `gauge ${i} ${name}`;
    test.metrics.gauge(metric, { help: name });
    test.metrics.declareKpis([
      { name: `${name} {{ ${i}`, metric, statistic: "value", direction: "above", target: 1e-7, critical: -1e21 },
    ]);
  }
  for (const job of names) {
    const { file, skipped } = generateRules(await test.metrics.definitions(), { ...OPTIONS, job });
    assertEquals(skipped, []);
    assertEquals(alertsOf(file).length > names.length * 5, true);
    await assertGood(file);
  }
});

Deno.test("each alert of the demo fires when it should, and not when it should not", async () => {
  const demo = await demoDefinitions(OPT_IN);
  const definitions = { ...demo, kpis: withRuntimeKpis(demo.kpis, () => true) };
  const { file } = generateRules(demo, OPTIONS);
  const tests = ruleTests(file, definitions);
  const tested = new Set(tests.map(({ name }) => name));
  for (const { alert, labels } of alertsOf(file)) {
    for (const verb of ["fires", "is quiet"]) assert(tested.has(`${alert} ${Object.values(labels).join(" ")} ${verb}`));
  }
  assertEquals([tests.length, tested.size], [alertsOf(file).length * 2, alertsOf(file).length * 2]);
  await runTests(file.groups.map((group) => ({ groups: [group] })), (group) => ruleTests(group, definitions));
});

Deno.test("an alert names the problem, the instance, the threshold and the runbook", async () => {
  const { file } = generateRules(await demoDefinitions(), OPTIONS);
  const target = 'job="hotpath",instance="demo:9464"';
  const backlog = { job: "hotpath", instance: "demo:9464", kpi: "queue_backlog" };
  const test = {
    interval: "1m",
    input_series: [{ series: `queue_backlog{${target}}`, values: "2500x20" }],
    alert_rule_test: [{
      eval_time: "10m",
      alertname: "HotpathKpiQueueBacklog",
      exp_alerts: [{
        exp_labels: { ...backlog, severity: "warning" },
        exp_annotations: {
          summary: "queue_backlog is 2.5k on demo:9464, above its target of 1000",
          description: "The value of queue_backlog has been above 1000 for 5m." +
            " Events in the queue and orders without an answer.",
          runbook_url: `${RUNBOOK_BASE}#hotpathkpi`,
        },
      }],
    }],
  };
  await runTests([file], () => [test]);
});

const TARGET = 'job="hotpath",instance="demo:9464"';
const SLO = { threshold: "5ms", target: 0.99 } as const;

/** Number of firing alerts, by name and severity. */
type Firing = Readonly<Record<string, number>>;

/** Returns a group under another name, so that it is evaluated every minute. */
async function groupOf(name: string, define: (metrics: Metrics) => void): Promise<RuleFile> {
  await using test = inlineMetrics();
  define(test.metrics);
  const { file, skipped } = generateRules(await test.metrics.definitions(), OPTIONS);
  assertEquals(skipped, []);
  return { groups: file.groups.filter((group) => group.name === name).map((group) => ({ ...group, name: "tested" })) };
}

/** Asserts which alerts fire at some minutes, with a scrape a minute. */
async function assertFiring(
  file: RuleFile,
  input: Readonly<Record<string, string>>,
  firing: Readonly<Record<number, Firing>>,
): Promise<void> {
  const test = {
    interval: "1m",
    input_series: Object.entries(input).map(([series, values]) => ({ series, values })),
    promql_expr_test: Object.entries(firing).map(([minute, alerts]) => ({
      expr: 'count by (alertname, severity) (ALERTS{alertstate="firing"})',
      eval_time: `${minute}m`,
      exp_samples: Object.entries(alerts).map(([alert, value]) => {
        const [name, severity] = alert.split(" ");
        return { labels: `{alertname="${name}",severity="${severity}"}`, value };
      }),
    })),
  };
  await runTests([file], () => [test]);
}

Deno.test("an objective alerts about a label set that appears with its first violation, at a scrape a minute", async () => {
  const file = await groupOf("slo order", (metrics) => metrics.timer("order", { slo: SLO, labels: ["route"] }));
  const born = (values: string, created = "") => ({
    [`order_seconds_count{route="/new",${TARGET}}`]: values,
    [`order_slo_violations_total{route="/new",${TARGET}}`]: values,
    ...(created !== "" && {
      [`order_seconds_created{route="/new",${TARGET}}`]: created,
      [`order_slo_violations_created{route="/new",${TARGET}}`]: created,
    }),
  });
  const all = { "HotpathSloOrder critical": 2, "HotpathSloOrder warning": 1 };
  const long = { "HotpathSloOrder critical": 1, "HotpathSloOrder warning": 1 };
  const rest = { "HotpathSloOrder warning": 1 };
  // Without `_created`, and with it.
  for (const created of ["", "_x10 600x90"]) {
    await assertFiring(file, born("_x10 1x90", created), {
      9: {},
      10: all,
      14: all,
      16: long,
      39: long,
      41: rest,
      90: rest,
    });
  }
  // Older than the first scrape.
  await assertFiring(file, born("_x10 1000x20", "_x10 -999999x20"), { 9: {}, 10: {}, 13: {}, 25: {} });
  // Further violations count nevertheless.
  await assertFiring(file, born("_x10 1000+10x20", "_x10 -999999x20"), { 10: {}, 13: all });
});

Deno.test("a KPI's rate and its p99 alert about a label set that appears beyond the limit, at a scrape a minute", async () => {
  const file = await groupOf("kpis", (metrics) => {
    metrics.counter("failures_total", { labels: ["kind"] });
    metrics.timer("order", { labels: ["route"], buckets: [0.1, 1, 10] });
    metrics.declareKpis([
      {
        name: "failures",
        metric: "failures_total",
        statistic: "rate",
        direction: "below",
        target: undefined,
        critical: 0,
      },
      { name: "order", metric: "order_seconds", statistic: "p99", direction: "below", target: undefined, critical: 1 },
    ]);
  });
  await assertFiring(file, { [`failures_total{kind="new",${TARGET}}`]: "_x10 1x20" }, {
    10: {},
    11: { "HotpathKpiFailures critical": 1 },
    13: { "HotpathKpiFailures critical": 1 },
    14: {},
  });
  const buckets = Object.fromEntries(["0.1", "1", "10", "+Inf"].map((le, i) => [
    `order_seconds_bucket{route="/new",le="${le}",${TARGET}}`,
    i < 2 ? "_x10 0x20" : "_x10 1x20",
  ]));
  await assertFiring(file, buckets, { 10: {}, 11: { "HotpathKpiOrder critical": 1 }, 16: {} });
  const steady = { [`failures_total{kind="old",${TARGET}}`]: "0+1x40" };
  await assertFiring(file, steady, {
    6: { "HotpathKpiFailures critical": 1 },
    40: { "HotpathKpiFailures critical": 1 },
  });
});
