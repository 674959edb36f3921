import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { Program } from "../_support/cli/program.ts";
import type { FloodOutcome } from "../_support/memory/flood_script.ts";

const OFFERED = 10_000_000;
const SLOW_SCRAPERS = 1_000;
/** Limit in the guide of security. */
const RSS_BYTES_MAX = 512 * 1024 ** 2;
/** Far more often than a Prometheus. */
const SCRAPE_INTERVAL_MS = 250;
const REQUEST = new TextEncoder().encode("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");

/** Asks for a scrape and never reads it. */
async function slowScraper(port: number): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(REQUEST);
  return connection;
}

/** Scrapes as long as the program runs and returns the number of answers by status. */
async function honestScraper(url: string, signal: AbortSignal): Promise<Map<number, number>> {
  const answers = new Map<number, number>();
  while (!signal.aborted) {
    const response = await fetch(`${url}/metrics`);
    const text = await response.text();
    if (response.status === 200) assertStringIncludes(text, "honest_total ");
    answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
    await new Promise((resolve) => setTimeout(resolve, SCRAPE_INTERVAL_MS));
  }
  return answers;
}

Deno.test("ten million label sets and a thousand slow scrapers take no more memory than the guide of security states", async () => {
  await using program = new Program("tests/_support/memory/flood_script.ts", [String(OFFERED)], { stdin: "piped" });
  const url = await program.url();
  const connections = await Promise.all(
    Array.from({ length: SLOW_SCRAPERS }, () => slowScraper(Number(new URL(url).port))),
  );
  const over = new AbortController();
  const scraping = honestScraper(url, over.signal);
  await program.say("go\n");
  const outcome: FloodOutcome = JSON.parse(await program.line() ?? "null");
  over.abort();
  const answers = await scraping;
  for (const connection of connections) connection.close();
  await program.closeInput();
  assertEquals((await program.end()).code, 0);

  assertLess(outcome.rssBytesMax, RSS_BYTES_MAX);
  const { honest, recorded, dropped } = outcome;
  assertEquals([honest.counted, outcome.floodCounted], [honest.offered, OFFERED]);
  // On a machine that is busy otherwise a ring may overflow; what is lost then is counted.
  assert(honest.timed <= honest.offered && honest.timed + dropped >= honest.offered, `${honest.timed}, ${dropped}`);
  assertEquals(recorded + dropped, honest.offered + OFFERED / 4);
  assert(outcome.overflowed > 0 && outcome.series <= 10_000 + 4, `there are ${outcome.series} series`);
  const statuses = [...answers.keys()];
  assert(statuses.every((status) => status === 200 || status === 503), `${statuses}`);
  assert((answers.get(200) ?? 0) > 0);
});
