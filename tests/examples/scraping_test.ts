import { assert, assertEquals, assertGreater, assertMatch } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { createMetrics } from "../../mod.ts";
import { REJECTED_REASONS } from "../../src/instrument/rejected.ts";
import { serveMetrics } from "../../src/server.ts";
import { pollText, Program } from "../_support/cli/program.ts";
import { decodeFamilies } from "../_support/encode/metrics_proto.ts";
import { parseExposition } from "../_support/encode/parse_exposition.ts";
import { optionsInGuide, outputInGuide } from "../_support/examples/guide.ts";
import { sendRaw } from "../_support/serve/raw.ts";

const MAIN = "examples/scraping/main.ts";
const TEXT = "text/plain;version=0.0.4";
const OPENMETRICS = "application/openmetrics-text;version=1.0.0";
const PROTOBUF = "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited";

function readExample(name: string): Promise<string> {
  return Deno.readTextFile(new URL(`../../examples/scraping/${name}`, import.meta.url));
}

Deno.test("scraping main is scraped in each format that its guide describes", async (t) => {
  await using program = new Program(MAIN, ["0"], { permissions: await optionsInGuide(MAIN) });
  const url = await program.url();
  await pollText(`${url}/metrics`, (text) => text.includes("checkout_seconds_count 3"));
  const scrape = (accept: string, query = "") => fetch(`${url}/metrics${query}`, { headers: { accept } });
  const linesOf = async (accept: string, query = "") => (await (await scrape(accept, query)).text()).match(/^[^#].*/gm);

  await t.step("text is the default, and has neither exemplars nor creation times", async () => {
    for (const accept of ["*/*", "application/openmetrics-text;version=2.0.0"]) {
      const response = await scrape(accept);
      assert(response.headers.get("content-type")?.startsWith("text/plain; version=0.0.4"), accept);
      const text = await response.text();
      parseExposition(new TextEncoder().encode(text), "text");
      assert(!text.includes("_created") && !text.includes("trace_id"));
    }
  });

  await t.step("OpenMetrics is as in the guide, but for the times", async () => {
    const text = await (await scrape(OPENMETRICS, "?name[]=checkout_seconds")).text();
    const withoutTimes = (text: string) => text.replaceAll(/\d{10}\.\d+/g, "TIME");
    const [, shown] = /^curl -g .*?```text\n(.*?)```/ms.exec(await readExample("README.md")) ?? [];
    assertEquals(withoutTimes(text), withoutTimes(shown));
  });

  await t.step("protobuf has native buckets", async () => {
    const bytes = new Uint8Array(await (await scrape(PROTOBUF)).arrayBuffer());
    const checkout = decodeFamilies(bytes).find(({ name }) => name === "checkout_seconds");
    const histogram = checkout?.metric?.[0].histogram;
    assertEquals([histogram?.sample_count, histogram?.schema], ["3", 6]);
    assertGreater(histogram?.positive_span?.length ?? 0, 0);
  });

  await t.step("JSON has the window by name", async () => {
    const snapshot = await (await fetch(`${url}/metrics.json?name[]=checkout_seconds&window=1m`)).json();
    assertEquals(snapshot.metrics.length, 1);
    assertEquals(snapshot.metrics[0].series[0].windows["1m"].count, 3);
  });

  await t.step("names are escaped as the guide's table shows", async () => {
    const rows = (await readExample("README.md")).matchAll(
      /^\| `(allow-utf-8|underscores|dots|values)` +\| `(.*)` +\|$/gm,
    );
    let count = 0;
    for (const [, escaping, series] of rows) {
      assertEquals(await linesOf(`${TEXT};escaping=${escaping}`, "?name[]=http_requests_total"), [`${series} 3`]);
      count++;
    }
    assertEquals(count, 4);
  });

  await t.step("gzip is sent on request", async () => {
    const lines = ["GET /metrics HTTP/1.1", "Host: localhost", "Accept-Encoding: gzip", "Connection: close", "", ""];
    const [head] = (await sendRaw(Number(new URL(url).port), lines.join("\r\n"))).split("\r\n\r\n");
    assertMatch(head, /^content-encoding: gzip$/m);
  });

  assertEquals(await program.stop("SIGINT"), { code: 0, lines: [], errors: "" });
});

Deno.test("scraping prometheus.yml scrapes the address that serveMetrics listens on by default", async () => {
  const config = parse(await readExample("prometheus.yml")) as {
    readonly scrape_configs: readonly { readonly static_configs: unknown }[];
  };
  const [, address] = /http:\/\/([\d.:]+)/.exec((await outputInGuide(MAIN))[0]) ?? [];
  assertEquals(config.scrape_configs.map((each) => each.static_configs), [[{ targets: [address] }]]);
});

Deno.test("scraping guide lists Hotpath's own metrics: every one, with its type, and no other", async () => {
  const endpoint = "http://127.0.0.1:9";
  await using metrics = createMetrics({
    traces: { endpoint, zipkinEndpoint: endpoint },
    sampling: { budget: 0.5 },
  });
  await using server = await serveMetrics(metrics, { port: 0 });
  metrics.trace.run({ name: "checkout" }, () => {});
  const live = await fetch(`${server.url}/live/sse`);
  const text = await pollText(`${server.url}/metrics`, (text) => text.includes("hotpath_live_clients"));
  await live.body?.cancel();

  const exposed = [...text.matchAll(/^# TYPE (hotpath_\w+) (\w+)$/gm)].map(([, name, type]) => `${name} ${type}`);
  const list = await readExample("OWN_METRICS.md");
  const listed = [...list.matchAll(/^\| `(hotpath_\w+)` +\| (\w+) /gm)].map(([, name, type]) => `${name} ${type}`);
  assertEquals(listed.toSorted(), exposed.toSorted());
});

Deno.test("scraping guide explains every reason of a rejection", async () => {
  const [, section] = (await readExample("OWN_METRICS.md")).split("## Reasons of rejection");
  const [paragraph] = section.split("\nNext: ");
  const reasons = [...paragraph.matchAll(/`([a-z_]+)`/g)].map(([, reason]) => reason);
  assertEquals(reasons.toSorted(), Object.keys(REJECTED_REASONS).toSorted());
});
