import { assertAlmostEquals, assertEquals, assertLess } from "@std/assert";
import { runWithMovedClock } from "../_support/threads/moved_clock.ts";

const HOUR_MS = 3_600_000;

// deno-lint-ignore no-explicit-any -- what the programs print
async function resultOf(program: string): Promise<any> {
  const { code, stdout, stderr } = await runWithMovedClock(program);
  assertEquals([stderr, code], ["", 0]);
  return JSON.parse(stdout);
}

for (const [way, offsetMs] of [["forward", HOUR_MS], ["back", -HOUR_MS]] as const) {
  Deno.test(`Trace: a thread that starts to trace after the wall clock jumped ${way} is on the time line of the others`, async () => {
    const { trace, nowMs } = await resultOf(`
      await using metrics = createMetrics();
      metrics.trace.run({ name: "warm up" }, () => {});
      await metrics.flush();
      jump(${offsetMs});
      const handover = metrics.timer("handover");
      const order = await metrics.trace.run({ name: "order" }, async (order) => {
        handover.startInTrace();
        await thread(metrics, \`metrics.trace.run(data, () => metrics.timer("handover").endInTrace())\`, {
          name: "part",
          traceId: order.traceId,
          parentId: order.spanId,
        });
        return order;
      });
      await metrics.flush();
      console.log(JSON.stringify({ trace: await metrics.findTrace(order.traceId), nowMs: Date.now() }));`);
    const stageOf = (wanted: string) => trace.stages.find(({ name }: { name: string }) => name === wanted);
    const [order, part, handover] = ["order", "part", "handover"].map(stageOf);
    assertAlmostEquals(trace.endToEndSeconds, order.durationSeconds, 1e-3);
    for (const inner of [part, handover]) {
      assertEquals(inner.startOffsetSeconds >= 0, true);
      assertLess(inner.startOffsetSeconds + inner.durationSeconds, order.durationSeconds);
    }
    assertAlmostEquals(Date.parse(trace.startedAt), nowMs, HOUR_MS / 2);
  });

  Deno.test(`everything that shows a time of day agrees after the wall clock jumped ${way}`, async () => {
    const { before, after, uptimeSeconds } = await resultOf(`
      const received = [];
      const collector = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
        received.push(await request.json());
        return Response.json({});
      });
      const metrics = createMetrics({ traces: { endpoint: "http://127.0.0.1:" + collector.addr.port } });
      const orders = metrics.counter("orders_total", { labels: ["id"] });
      const step = async (id) => {
        const nowMs = Date.now();
        orders.with({ id }).incWithExemplar(1, { trace_id: "abc" });
        const traceId = metrics.trace.run({ name: id }, (context) => context.traceId);
        const { timestamp } = await metrics.snapshot();
        const { startedAt } = await metrics.findTrace(traceId);
        const { body } = await metrics.scrape({ accept: "application/openmetrics-text; version=1.0.0" });
        const lines = new TextDecoder().decode(body).split("\\n");
        const last = (isWanted) => Number(lines.find(isWanted).split(" ").at(-1)) * 1000;
        const starting = (start) => last((line) => line.startsWith(start));
        return {
          nowMs,
          times: {
            snapshot: Date.parse(timestamp),
            trace: Date.parse(startedAt),
            created: starting('orders_created{id="' + id + '"}'),
            exemplar: starting('orders_total{id="' + id + '"}'),
            spanExemplar: last((line) => line.startsWith("trace_duration") && line.includes('"' + id + '"') && line.includes("# {")),
          },
        };
      };
      const before = await step("before");
      jump(${offsetMs});
      const after = await step("after");
      const { uptimeSeconds } = await metrics.snapshot();
      await metrics.close();
      await collector.shutdown();
      for (const { resourceSpans: [{ scopeSpans: [{ spans }] }] } of received) {
        for (const span of spans) {
          const step = span.name === "before" ? before : after;
          step.times.exported = Number(BigInt(span.startTimeUnixNano) / 1000000n);
        }
      }
      console.log(JSON.stringify({ before, after, uptimeSeconds }));`);
    for (const { nowMs, times } of [before, after]) {
      assertEquals(Object.keys(times), ["snapshot", "trace", "created", "exemplar", "spanExemplar", "exported"]);
      for (const timeMs of Object.values(times) as number[]) assertAlmostEquals(timeMs, nowMs, HOUR_MS / 2);
    }
    assertLess(uptimeSeconds, 1_800);
  });
}

Deno.test("uptime and a rollout go on although the wall clock jumped while the aggregator started", async () => {
  const { uptimeSeconds, samplingRate } = await resultOf(`
    const { settingsOf } = await import("${import.meta.resolve("../../src/model/adjustable_settings.ts")}");
    await using metrics = createMetrics();
    jump(${HOUR_MS});
    await metrics.ready;
    settingsOf(metrics).adjust({ rollout: { from: 0.5, to: 1, overMs: ${HOUR_MS / 2} } });
    await metrics.flush();
    const { uptimeSeconds } = await metrics.snapshot();
    console.log(JSON.stringify({ uptimeSeconds, samplingRate: metrics.samplingRate }));`);
  assertLess(uptimeSeconds, 1_800);
  assertEquals(samplingRate, 0.5);
});
