import { assert, assertEquals, assertNotStrictEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createMetrics } from "../../../mod.ts";
import { SharedReads } from "../../../src/threads/main/shared_reads.ts";

/** Answers readings when the test says so. */
class Aggregator {
  readonly sent: { readonly name: string; readonly answer: PromiseWithResolvers<unknown> }[] = [];
  readonly reads: SharedReads = new SharedReads((name) => {
    const answer = Promise.withResolvers<unknown>();
    this.sent.push({ name, answer });
    return answer.promise;
  });
}

Deno.test("SharedReads sends the first reading at once, and one for all that are requested meanwhile", async () => {
  const { reads, sent } = new Aggregator();
  const all = [1, 2, 3].map(() => reads.read("health", undefined));
  assertEquals(sent.length, 1);
  sent[0].answer.resolve("first");
  assertEquals(await all[0], "first");
  assertEquals(sent.length, 2);
  sent[1].answer.resolve("second");
  assertEquals(await Promise.all(all), ["first", "second", "second"]);
});

Deno.test("SharedReads never joins a reading that was sent, which may miss what was recorded since", async () => {
  const { reads, sent } = new Aggregator();
  const all = [reads.read("health", undefined), reads.read("health", undefined)];
  sent[0].answer.resolve("first");
  await all[0];
  all.push(reads.read("health", undefined));
  sent[1].answer.resolve("second");
  await all[1];
  sent[2].answer.resolve("third");
  assertEquals(await Promise.all(all), ["first", "second", "third"]);
  // Nothing is left of them.
  void reads.read("health", undefined);
  assertEquals(sent.length, 4);
});

Deno.test("SharedReads: readings with other arguments do not wait for each other", () => {
  const { reads, sent } = new Aggregator();
  void reads.read("expose", {});
  void reads.read("expose", { names: ["a"] });
  void reads.read("expose", { names: ["b"] });
  void reads.read("snapshot", undefined);
  assertEquals(sent.map(({ name }) => name), ["expose", "expose", "expose", "snapshot"]);
});

Deno.test("SharedReads: each caller may change its answer", async () => {
  const { reads, sent } = new Aggregator();
  const all = [1, 2, 3].map(() => reads.read("snapshot", undefined));
  sent[0].answer.resolve({ metrics: [] });
  await all[0];
  sent[1].answer.resolve({ metrics: [] });
  const answers = await Promise.all(all);
  assertEquals(answers, [1, 2, 3].map(() => ({ metrics: [] })));
  assertNotStrictEquals(answers[1], answers[2]);
});

Deno.test("SharedReads: a failed reading rejects those that share it, and the next one is sent", async () => {
  const { reads, sent } = new Aggregator();
  const all = [1, 2, 3, 4].map(() => reads.read("health", undefined));
  sent[0].answer.reject(new Error("first"));
  await assertRejects(() => all[0], Error, "first");
  sent[1].answer.reject(new Error("second"));
  for (const each of all.slice(1)) await assertRejects(() => each, Error, "second");
  void reads.read("health", undefined);
  assertEquals(sent.length, 3);
});

Deno.test("SharedReads.sendAll sends what waits", async () => {
  const { reads, sent } = new Aggregator();
  const all = [1, 2].map(() => reads.read("health", undefined));
  reads.sendAll();
  assertEquals(sent.length, 2);
  sent[1].answer.resolve("second");
  sent[0].answer.resolve("first");
  assertEquals(await Promise.all(all), ["first", "second"]);
});

Deno.test("Metrics.scrape: any number of equal readings may be requested at once", async () => {
  await using metrics = createMetrics();
  metrics.counter("orders_total").inc(3);
  const texts = await Promise.all(Array.from({ length: 1_500 }, () => metrics.scrape()));
  assert(texts.every((text) => text.includes("\norders_total 3\n")));
  const snapshots = await Promise.all(Array.from({ length: 1_500 }, () => metrics.snapshot()));
  assertEquals(new Set(snapshots).size, 1_500);
  const [first, ...others] = await Promise.all([1, 2, 3].map(() => metrics.scrape({})));
  for (const { body } of others) assertNotStrictEquals(body.buffer, first.body.buffer);
  others[0].body.fill(0);
  assertStringIncludes(new TextDecoder().decode(others[1].body), "\norders_total 3\n");
});

Deno.test("Metrics.scrape sees what was recorded before it, whatever is being read", async () => {
  await using metrics = createMetrics();
  const orders = metrics.counter("orders_total");
  const texts = Array.from({ length: 50 }, (_, i) => {
    orders.inc();
    return metrics.scrape().then((text) => Number(/^orders_total (\d+)$/m.exec(text)![1]) >= i + 1);
  });
  assert((await Promise.all(texts)).every((isFresh) => isFresh));
});

Deno.test("Metrics.close answers readings that were requested before it", async () => {
  const metrics = createMetrics();
  const all = [metrics.health(), metrics.health(), metrics.health()];
  await metrics.close();
  assertEquals((await Promise.all(all)).map(({ status }) => status), ["HEALTHY", "HEALTHY", "HEALTHY"]);
});
