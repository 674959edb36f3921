import { assertAlmostEquals, assertEquals, assertGreater } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { serveMetrics } from "../../src/server.ts";
import { valueOf } from "../_support/cli/program.ts";
import { normalFrom, randomFrom } from "../_support/random.ts";
import { HOSTILE_TEXTS } from "../_support/peers/hostile_texts.ts";
import { parseText, seriesKey } from "../_support/peers/parse_text.ts";
import { Peer, waitFor } from "../_support/peers/peer.ts";
import { exampleConfig } from "../_support/peers/prometheus.ts";

/** What is not the same from scrape to scrape, or comes from the scraper. */
const MOVING = /^(up|scrape_.*|hotpath_.*|.*_window(_.*)?)$/;
const SCRAPES_MIN = 3;
/** It keeps a dozen decimal digits. */
const ERROR_MAX = 1e-12;

/** A line of what it exports. */
interface ExportedSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
}

Deno.test("VictoriaMetrics scrapes by the example's configuration and gives back the same numbers", async () => {
  await using metrics = createMetrics();
  const random = randomFrom(3);
  const normal = normalFrom(random);
  const orders = metrics.counter("orders", { help: "Orders sent", labels: ["path"] });
  HOSTILE_TEXTS.forEach((path, i) => orders.with({ path: path.toWellFormed() }).inc(i + 0.5));
  metrics.gauge("profit", { help: "Profit", unit: "dollars" }).set(-12.25);
  const execution = metrics.timer("order_execution", { help: "Signal to submission", labels: ["pair"] });
  const waits = metrics.summary("wait", { help: "Wait", unit: "seconds", window: "1h" });
  for (let i = 0; i < 10_000; i++) {
    execution.with({ pair: i % 3 }).observe(0.002 * Math.exp(normal()));
    waits.observe(random());
  }
  const expected = new Map(
    parseText(await metrics.scrape()).flatMap(({ samples }) => samples).filter(({ name }) => !MOVING.test(name))
      .map(({ name, labels, value }) => [seriesKey(name, withoutEmpty(labels)), value]),
  );
  await using server = await serveMetrics(metrics, { port: 0 });
  const config = await exampleConfig(new URL(server.url).host);

  await using victoria = await Peer.start("victoria-metrics", "/health", async ({ address, directory }) => {
    const file = `${directory}/prometheus.yml`;
    await Deno.writeTextFile(file, config);
    return [`-promscrape.config=${file}`, `-storageDataPath=${directory}/data`, `-httpListenAddr=${address}`];
  });
  // It remembers for ten seconds that there was nothing to find, so it is asked for series only when there are some.
  await waitFor("enough scrapes", async () => {
    const scrapes = valueOf(await victoria.text("/metrics"), 'vm_promscrape_scrapes_total{status_code="200"}');
    return scrapes >= SCRAPES_MIN || undefined;
  });
  const exported = await waitFor("what was scraped", async () => {
    const query = new URLSearchParams({ "match[]": '{job="hotpath"}' });
    const text = await victoria.text(`/api/v1/export?${query}`);
    return text === "" ? undefined : text.trimEnd().split("\n").map((line): ExportedSeries => JSON.parse(line));
  });

  const ups = exported.filter(({ metric }) => metric.__name__ === "up").flatMap(({ values }) => values);
  assertEquals(new Set(ups), new Set([1]));
  const read = new Map<string, number>();
  for (const { metric: { __name__: name, job: _job, instance: _instance, ...labels }, values } of exported) {
    if (MOVING.test(name)) continue;
    assertEquals(new Set(values).size, 1, name);
    read.set(seriesKey(name, labels), values[0]);
  }
  assertGreater(read.size, HOSTILE_TEXTS.length + 3 * 10);
  assertEquals([...read.keys()].toSorted(), [...expected.keys()].toSorted());
  for (const [key, value] of expected) assertAlmostEquals(read.get(key)!, value, Math.abs(value) * ERROR_MAX, key);
});

/** To Prometheus and its kin, a label without a value is none. */
function withoutEmpty(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}
