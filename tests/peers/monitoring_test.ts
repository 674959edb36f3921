import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { stringify } from "@std/yaml/stringify";
import { Program } from "../_support/cli/program.ts";
import { withDirectory } from "../_support/directory.ts";
import { startAlertmanager, Webhook } from "../_support/peers/alertmanager.ts";
import { runPeer, waitFor } from "../_support/peers/peer.ts";
import { Prometheus } from "../_support/peers/prometheus.ts";

const EXAMPLES = decodeURIComponent(new URL("../../examples/monitoring/", import.meta.url).pathname);
const ALERT = "HotpathKpiOrderExecution";

/** Returns the output of `hotpath`. */
async function hotpath(...args: readonly string[]): Promise<string> {
  await using program = new Program("src/cli/main.ts", args);
  const { code, lines, errors } = await program.end();
  assertEquals([code, errors], [0, ""]);
  return `${lines.join("\n")}\n`;
}

/** An alert of Alertmanager's API. */
interface AlertState {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly state: string; readonly inhibitedBy: readonly string[] };
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

/** Returns the expressions of a dashboard, with all values of its variables selected. */
function expressionsOf(json: string): string[] {
  const { panels } = JSON.parse(json) as Dashboard;
  return panels.flatMap(({ targets = [] }) => targets).map(({ expr }) =>
    expr.replaceAll("$__rate_interval", "10s").replaceAll("$__range", "5m").replaceAll(/\$\w+/g, ".*")
  );
}

/** Returns the example's configuration, adapted to a test. */
async function prometheusConfig(target: string, rules: string, alertmanager: string): Promise<string> {
  const config = parse(await Deno.readTextFile(`${EXAMPLES}prometheus.yml`)) as {
    global: Record<string, string>;
    rule_files: string[];
    alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] };
    scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
  };
  config.global = { scrape_interval: "1s", evaluation_interval: "1s" };
  config.rule_files = [rules];
  config.alerting.alertmanagers[0].static_configs[0].targets = [alertmanager];
  config.scrape_configs[0].static_configs[0].targets = [target];
  return stringify(config);
}

/** Asserts that Prometheus has data for each expression. */
async function assertData(prometheus: Prometheus, expressions: readonly string[]): Promise<void> {
  for (const expression of expressions) {
    await waitFor(`data of ${expression}`, async () => {
      const results = await prometheus.query(expression);
      const isData = results.some(({ value, histogram }) =>
        histogram !== undefined || Number.isFinite(Number(value?.[1]))
      );
      return isData || undefined;
    });
  }
}

Deno.test("promtool and amtool accept the configurations of examples/monitoring", async () => {
  for (
    const [program, ...args] of [
      ["promtool", "check", "config", "--lint=all", "--lint-fatal", `${EXAMPLES}prometheus.yml`],
      ["promtool", "check", "rules", "--lint=all", "--lint-fatal", `${EXAMPLES}rules.yml`],
      ["amtool", "check-config", `${EXAMPLES}alertmanager.yml`],
    ]
  ) {
    const { code, said } = await runPeer(program, args);
    assertEquals(code, 0, said);
  }
});

Deno.test("promtool accepts the queries of RUNBOOK.md", async () => {
  const runbook = await Deno.readTextFile(`${EXAMPLES}RUNBOOK.md`);
  const queries = [...runbook.matchAll(/```promql\n(.*?)```/gs)].map(([, query]) => query.trim());
  const rules = queries.map((expr, index) => ({ record: `job:query${index}`, expr }));
  await withDirectory(async (directory) => {
    const file = `${directory}/rules.yml`;
    await Deno.writeTextFile(file, stringify({ groups: [{ name: "runbook", rules }] }));
    const { code, said } = await runPeer("promtool", ["check", "rules", file]);
    assertEquals(code, 0, said);
    assertStringIncludes(said, `${queries.length} rules found`);
  });
});

Deno.test("the demo, monitored by generated rules and dashboard", async (t) => {
  await withDirectory(async (directory) => {
    await using demo = new Program("tests/_support/peers/slow_trading.ts", []);
    const url = await demo.url();
    const quick = ["--for", "5s", "--range", "15s", "--interval", "1s"];
    const rules = `${directory}/rules.yml`;
    await Deno.writeTextFile(rules, await hotpath("rules", "--url", url, ...quick));
    await using webhook = new Webhook();
    const { peer, address } = await startAlertmanager(webhook, directory);
    await using _alertmanager = peer;
    const config = await prometheusConfig(new URL(url).host, rules, address);
    await using classic = await Prometheus.start(config, ["exemplar-storage"]);
    await using native = await Prometheus.start(
      await prometheusConfig(new URL(url).host, rules, "127.0.0.1:9"),
      ["native-histograms"],
    );

    await t.step("there is data for every expression of the dashboard, with classic buckets", async () => {
      const expressions = expressionsOf(await hotpath("dashboard", "--url", url));
      assert(expressions.length > 100);
      await assertData(classic, expressions);
    });

    await t.step("there is data for every expression of the dashboard, with native histograms", async () => {
      const expressions = expressionsOf(await hotpath("dashboard", "--native", "--url", url));
      assert(expressions.every((expression) => !expression.includes("_bucket")));
      await assertData(native, expressions);
    });

    await t.step(
      "a slow venue raises the latency alert, which is grouped and delivered, the warning inhibited",
      async () => {
        assertEquals(await classic.query(`ALERTS{alertname="${ALERT}",severity="critical"}`), []);
        demo.send("SIGUSR2");
        const { groupLabels, alerts } = await webhook.find(`${ALERT} to fire`, ({ receiver, status, groupLabels }) => {
          return receiver === "on-call" && status === "firing" && groupLabels.alertname === ALERT;
        });
        assertEquals(groupLabels, { alertname: ALERT, job: "hotpath" });
        assertEquals(alerts.length, 1);
        const [{ labels, annotations }] = alerts;
        assertEquals([labels.severity, labels.kpi], ["critical", "order_execution"]);
        assertMatch(
          annotations.summary,
          /^order_execution p99 is \d.* on 127\.0\.0\.1:\d+, above its critical threshold of 500ms$/,
        );
        assertStringIncludes(
          annotations.description,
          "The p99 of order_execution_seconds has been above 500ms for 5s",
        );
        // Both fire, and the warning is muted.
        await waitFor("the warning to be inhibited", async () => {
          const all: readonly AlertState[] = JSON.parse(await peer.text("/api/v2/alerts"));
          const warning = all.find(({ labels }) => labels.alertname === ALERT && labels.severity === "warning");
          return warning?.status.state === "suppressed" && warning.status.inhibitedBy.length > 0 || undefined;
        });
        await webhook.find("everything to get to the webhook", ({ receiver, groupLabels }) => {
          return receiver === "webhook" && groupLabels.alertname === ALERT;
        });
      },
    );

    await t.step("a quick venue resolves it, and that is delivered too", async () => {
      demo.send("SIGUSR2");
      const { alerts } = await webhook.find(`${ALERT} to be resolved`, ({ receiver, status, groupLabels }) => {
        return receiver === "on-call" && status === "resolved" && groupLabels.alertname === ALERT;
      });
      assertEquals(alerts.map(({ status, labels }) => [status, labels.severity]), [["resolved", "critical"]]);
    });

    await demo.stop("SIGTERM");
  });
});
