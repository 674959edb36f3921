import { assert, assertEquals, assertGreaterOrEqual, assertStringIncludes } from "@std/assert";
import { createMetrics, type Metrics } from "../../mod.ts";
import { type AdjustableSettings, settingsOf } from "../../src/model/adjustable_settings.ts";
import { serveMetrics } from "../../src/server.ts";
import { OtlpReceiver } from "../_support/keep/push/otlp_receiver.ts";
import { MOD, runScript } from "../_support/subprocess.ts";
import { FAULTS, untilDown, untilSo, untilUp, Victim } from "../_support/threads/faults.ts";
import { Thread } from "../_support/threads/thread.ts";

const TOKEN = "adm1n-t0ken";
const HEADERS = { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" };

/** The settings of metrics that have any. */
function adjustable(metrics: Metrics): AdjustableSettings {
  const settings = settingsOf(metrics);
  assert(settings !== undefined);
  return settings;
}

for (const fault of FAULTS) {
  Deno.test(`WorkerSupervisor: a restarted aggregator (${fault}) keeps the settings, and continues a rollout`, async () => {
    await using metrics = createMetrics({ drainIntervalMs: 5, sampling: { rate: 0.05 } });
    const victim = new Victim(metrics);
    await using server = await serveMetrics(metrics, { port: 0, admin: { bearer: TOKEN } });
    const url = `${server.url}/admin/settings`;
    const body = JSON.stringify({ exportEnabled: false, rollout: { from: 0.1, to: 0.9, over: "1s" } });
    const begun = await (await fetch(url, { method: "PATCH", headers: HEADERS, body })).json();
    await victim.strike(fault);
    await untilDown(metrics);
    assertGreaterOrEqual(metrics.samplingRate, 0.1);
    assertEquals(adjustable(metrics).read().exportEnabled, false);
    await untilUp(metrics);
    await untilSo(() => metrics.samplingRate === 0.9);
    // By this thread's own clock.
    await untilSo(() => adjustable(metrics).read().rollout?.isRunning === false);
    const { rollout: { startedAt, rateBefore } } = begun;
    const kept = adjustable(metrics).read();
    assertEquals([new Date(kept.rollout?.startedAtMs ?? 0).toISOString(), rateBefore], [startedAt, 0.05]);
    assertEquals(kept.exportEnabled, false);
    // By the server of the second one.
    await untilSo(async () => {
      const answer = await fetch(url, { method: "PATCH", headers: HEADERS, body: '{ "rollout": null }' }).catch(
        () => {},
      );
      await answer?.body?.cancel();
      return answer?.status === 200;
    });
    assertEquals(metrics.samplingRate, 0.05);
  });
}

Deno.test("PATCH /admin/settings acts on other threads too", async () => {
  await using metrics = createMetrics();
  await using thread = await Thread.start(metrics);
  await using server = await serveMetrics(metrics, { port: 0, admin: { bearer: TOKEN } });
  await thread.run({ do: "define", type: "counter", name: "orders_total", options: { labels: ["id"] } });
  for (const enabled of [false, true]) {
    const init = { method: "PATCH", headers: HEADERS, body: JSON.stringify({ enabled }) };
    assertEquals((await (await fetch(`${server.url}/admin/settings`, init)).json()).enabled, enabled);
    await thread.run({ do: "count", id: "a", amount: enabled ? 1 : 10 });
  }
  await thread.run({ do: "flush" });
  assertStringIncludes(await metrics.scrape(), '\norders_total{id="a"} 1\n');
});

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`PATCH /admin/settings: no span is exported while exporting is disabled, ${aggregation}`, async () => {
    await using collector = new OtlpReceiver();
    const metrics = createMetrics({ aggregation, traces: { endpoint: collector.url } });
    for (const [name, exportEnabled] of [["first", true], ["second", false], ["third", true]] as const) {
      adjustable(metrics).adjust({ exportEnabled });
      metrics.trace.run({ name }, () => {});
      // A trace is given up for export once it is old enough; its spans go when they are read.
      await metrics.flush();
      await metrics.listTraces();
    }
    await metrics.close();
    assertEquals(collector.spans.map(({ name }) => name).toSorted(), ["first", "third"]);
    assertStringIncludes(await metrics.scrape(), "hotpath_spans_exported_total 2\n");
  });
}

Deno.test("PATCH /admin/settings: a rollout does not keep a program alive", async () => {
  const settings = import.meta.resolve("../../src/model/adjustable_settings.ts");
  for (const aggregation of ["worker", "inline"]) {
    const source = `
      import { createMetrics } from "${MOD}";
      import { settingsOf } from "${settings}";
      const metrics = createMetrics({ aggregation: "${aggregation}" });
      await metrics.ready;
      const { rollout } = settingsOf(metrics).adjust({ rollout: { from: 0.1, to: 1, overMs: 3_600_000 } });
      console.log(rollout.isRunning);`;
    assertEquals(await runScript(source, ["--allow-read"]), { code: 0, stdout: "true\n", stderr: "" });
  }
});
