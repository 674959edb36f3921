import { assertEquals } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";

const NASTY = [
  '"',
  "\\",
  "\n",
  '\\n "quoted" \\\\\n',
  "",
  " ",
  "🚀 Zürich 東京",
  "\t\r\u0000",
  '{a="b"} 1',
  "#",
  "\ud800",
];

/** Asserts that promtool has nothing to say of an exposition. */
async function assertSilent(exposition: string): Promise<void> {
  let promtool: Deno.ChildProcess;
  try {
    promtool = new Deno.Command("promtool", {
      args: ["check", "metrics"],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error("Cannot run promtool: it is not installed, run apt-get install -y prometheus");
  }
  const writer = promtool.stdin.getWriter();
  await writer.write(new TextEncoder().encode(exposition));
  await writer.close();
  const { code, stdout, stderr } = await promtool.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assertEquals({ said, code }, { said: "", code: 0 });
}

Deno.test("promtool says nothing of every instrument, nasty texts and all self-metrics", async () => {
  await using test = inlineMetrics({ seriesMax: 100, ringCapacity: 64 });
  const { metrics, clock } = test;
  const help = NASTY.join(" and ");
  const orders = metrics.counter("orders_total", { help, labels: ["path", "side"] });
  const depth = metrics.gauge("queue_depth", { help: "Queued events", labels: ["path"] });
  const size = metrics.histogram("message_size", { help, unit: "bytes", labels: ["path"] });
  const slo = { threshold: "2ms", target: 0.999 } as const;
  const execution = metrics.timer("order_execution", { help, labels: ["path"], slo });
  for (const path of NASTY) {
    orders.with({ path, side: "buy" }).inc(0.5);
    depth.with({ path }).set(-1e-7);
    for (let i = 0; i < 10; i++) size.with({ path }).observe(10 ** i);
    const start = execution.with({ path }).start();
    clock.advance(3);
    execution.with({ path }).end(start);
  }
  metrics.counter("sent", { help: "Sent", unit: "bytes" }).inc(1e21);
  metrics.gauge("portfolio_value", { help: "Value", unit: "dollars", collect: () => -5.25 });
  metrics.gauge("broken", { help: "Never set", collect: () => NaN });
  metrics.histogram("load", { help: "No buckets of its own", buckets: [] }).observe(-3);
  metrics.counter("unused_total", { help: "Without series", labels: ["side"] });
  metrics.timer("unused", { help: "Without series", labels: ["side"] });
  for (let id = 0; id < 200; id++) orders.with({ path: id, side: "sell" }).inc();
  await metrics.flush();
  await metrics.scrape();
  const text = await metrics.scrape();
  for (
    const name of [
      "dropped_total",
      "overflowed_total",
      "rejected_total",
      "scrape_duration_seconds_count",
      "slo_burn_rate",
    ]
  ) {
    if (!text.includes(name)) throw new Error(`the scrape is without ${name}`);
  }
  await assertSilent(text);
});

Deno.test("promtool says nothing of a scrape from a worker, and of one after the close", async () => {
  const metrics = createMetrics();
  metrics.counter("orders_total", { help: "Orders sent" }).inc();
  metrics.timer("order_execution", { help: "Signal to submission" }).wrap(() => {})();
  await assertSilent(await metrics.scrape());
  await metrics.close();
  await assertSilent(await metrics.scrape());
});
