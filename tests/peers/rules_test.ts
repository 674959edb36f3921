import { assert, assertEquals } from "@std/assert";
import { stringify } from "@std/yaml/stringify";
import { demoDefinitions } from "../../examples/monitoring/generate.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import type { RuleFile } from "../../src/monitoring/rule_file.ts";
import { generateRules } from "../../src/monitoring/rules.ts";
import { withRuntimeKpis } from "../../src/monitoring/runtime_kpis.ts";
import { writeRules } from "../../src/monitoring/write_rules.ts";
import { withDirectory } from "../directory.ts";
import { HOSTILE_TEXTS } from "./hostile_texts.ts";
import { runPeer } from "./peer.ts";
import { alertsOf, ruleTests } from "./rule_tests.ts";

const OPTIONS = { job: "hotpath", isNative: false } as const;

/** Has promtool check rules. */
async function assertGood(file: RuleFile): Promise<void> {
  await withDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/rules.yml`, writeRules(file));
    const { code, said } = await runPeer("promtool", ["check", "rules", `${directory}/rules.yml`]);
    assertEquals(code, 0, said);
  });
}

/** Has promtool run unit tests, group by group: each test evaluates all rules of its file at each minute. */
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

/** Objectives are looked at over hours, and their alerts need not hold for any time. */
function stepOf({ groups }: RuleFile): string {
  return groups.every(({ name }) => name.startsWith("slo ")) ? "10m" : "1m";
}

for (const isNative of [false, true]) {
  Deno.test(`promtool takes the demo's rules, ${isNative ? "native" : "classic"}`, async () => {
    const { file, leftOut } = generateRules(await demoDefinitions(), { ...OPTIONS, isNative });
    assertEquals(leftOut, []);
    await assertGood(file);
  });
}

Deno.test("promtool takes rules about names, helps and jobs of any text", async () => {
  await using test = inlineMetrics();
  const names = HOSTILE_TEXTS.filter((text) => text.isWellFormed() && text !== "");
  for (const [i, name] of names.entries()) {
    const slo = { threshold: "5ms", target: 0.99 } as const;
    // A number tells names apart that are the same in underscores.
    test.metrics.timer(`${name} {{ ${i}`, { help: `${name} {{ end }}`, slo });
    const metric = `gauge ${i} ${name}`;
    test.metrics.gauge(metric, { help: name });
    test.metrics.declareKpis([
      { name: `${name} {{ ${i}`, metric, statistic: "value", direction: "above", target: 1e-7, critical: -1e21 },
    ]);
  }
  for (const job of names) {
    const { file, leftOut } = generateRules(await test.metrics.definitions(), { ...OPTIONS, job });
    assertEquals(leftOut, []);
    assertEquals(alertsOf(file).length > names.length * 5, true);
    await assertGood(file);
  }
});

Deno.test("each alert of the demo fires when it should, and not when it should not", async () => {
  const demo = await demoDefinitions();
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

Deno.test("an alert says what is wrong, where, and from what on it would be", async () => {
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
        },
      }],
    }],
  };
  await runTests([file], () => [test]);
});
