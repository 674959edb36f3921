import { assertEquals, assertGreater, assertMatch, assertNotMatch } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { serveMetrics } from "../../src/server.ts";
import { Program, valueOf } from "../_support/cli/program.ts";
import { type CheckingReport, COUNTERS } from "../_support/peers/checking_scraper.ts";
import { runPeer } from "../_support/peers/peer.ts";

const RECORDS_PER_MS = 1_000;
const BATCH = 1_000;
const CONNECTIONS = 64;
const LOAD_SECONDS = 4;
const PERMISSIONS = ["--allow-read=.", "--allow-net=127.0.0.1", "--allow-env"];

/** Records a million values a second until something has ended, well or not; gives how many there were. */
async function recordDuring(observe: (value: number) => void, work: Promise<unknown>): Promise<number> {
  let isDone = false;
  const end = () => isDone = true;
  work.then(end, end);
  const startMs = performance.now();
  let recorded = 0;
  while (!isDone) {
    const due = (performance.now() - startMs) * RECORDS_PER_MS;
    for (; recorded < due; recorded += BATCH) for (let i = 0; i < BATCH; i++) observe(i);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return recorded;
}

// The default, and one that is too small for what comes between two drains.
for (const ringCapacity of [131_072, 1_024]) {
  Deno.test(`64 connections of wrk get good answers, and a ring of ${ringCapacity} takes or counts all`, async () => {
    await using metrics = createMetrics({ ringCapacity });
    const orders = metrics.counter("orders", { help: "Orders sent", labels: ["pair"] });
    for (let i = 0; i < COUNTERS; i++) orders.with({ pair: `SYM-${i}` }).inc(i);
    const size = metrics.histogram("message", { unit: "bytes" });
    size.observe(0);
    await metrics.flush();
    await using server = await serveMetrics(metrics, { port: 0 });
    const url = `${server.url}/metrics`;
    await using checker = new Program("tests/_support/peers/checking_scraper.ts", [url], { permissions: PERMISSIONS });
    assertEquals(await checker.line(), "ready");

    const load = runPeer("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${LOAD_SECONDS}s`, url]);
    const offered = 1 + await recordDuring((value) => size.observe(value), load);
    const { code, said } = await load;
    const { lines: [report], errors } = await checker.stop("SIGTERM");

    assertEquals(code, 0, said);
    assertMatch(said, /[1-9]\d* requests in/);
    assertNotMatch(said, /Non-2xx|Socket errors/);
    const { texts, protobufs, wrong }: CheckingReport = JSON.parse(report);
    assertEquals([wrong, errors], [undefined, ""]);
    assertGreater(texts, 1);
    assertGreater(protobufs, 1);

    const { meta } = await metrics.snapshot();
    assertEquals(meta.recorded + meta.dropped, offered);
    assertGreater(ringCapacity < BATCH * 2 ? meta.dropped : meta.recorded, 0);
    const text = await (await fetch(url)).text();
    assertEquals(valueOf(text, "hotpath_records_total") + valueOf(text, "hotpath_records_dropped_total"), offered);
    assertEquals(valueOf(text, "message_bytes_count"), meta.recorded);
  });
}
