import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";
import { noopMetrics } from "../mod.ts";
import { inlineMetrics } from "../src/testing/mod.ts";

/** The names of methods and accessors, inherited ones included. */
function surfaceOf(thing: object): string[] {
  const names = new Set<string>();
  for (let each = thing; each !== null && each !== Object.prototype; each = Object.getPrototypeOf(each)) {
    for (const [name, { value, get }] of Object.entries(Object.getOwnPropertyDescriptors(each))) {
      if (typeof value === "function" || get !== undefined) names.add(name);
    }
  }
  names.delete("constructor");
  return [...names].toSorted();
}

Deno.test("noopMetrics has all that metrics have", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const missing = (real: object, noop: object) => surfaceOf(real).filter((name) => !(name in noop));
  assertEquals(missing(metrics, noopMetrics), []);
  // Beyond the public surface, handles have what their family and their subclasses call.
  const bound = ["announcement", "detach", "freeze"];
  const ofCell = [...bound, "countRemoved", "counts", "offerExemplar", "refuse"].toSorted();
  assertEquals(missing(metrics.counter("a"), noopMetrics.counter("a")), ofCell);
  assertEquals(missing(metrics.gauge("b"), noopMetrics.gauge("b")), ofCell);
  const deciding = [
    "decide",
    "isEnabled",
    "isSampledOut",
    "sampleOut",
    "offer",
    "offerCritical",
    "offerExemplar",
    "recordByValue",
    "recordCritical",
    "recordSampled",
    "writeSampledOut",
  ];
  const sampled = [...bound, ...deciding].toSorted();
  assertEquals(missing(metrics.histogram("c"), noopMetrics.histogram("c")), sampled);
  const timing = ["begins", "countOutsideTrace", "finish", "samplesOut", "recordOtherwise", "recordTiming"];
  const timed = [...sampled, ...timing, "reject", "rejectTiming"].toSorted();
  assertEquals(missing(metrics.timer("d"), noopMetrics.timer("d")), timed);
  assertEquals(missing(metrics.summary("s"), noopMetrics.summary("s")), sampled);
  assertEquals(missing(metrics.timer("e").span(), noopMetrics.timer("e").span()), []);
  const families = [metrics, noopMetrics].map((each) => each.counter("f", { labels: ["a"] }));
  assertEquals(missing(families[0], families[1]), ["entries"]);
});

Deno.test("noopMetrics records nothing, whatever is done with it", async () => {
  await noopMetrics.ready;
  const counter = noopMetrics.counter("orders_total", { labels: ["side"] });
  counter.with({ side: "buy" }).inc(NaN);
  counter.with({ side: "buy" }).incWithExemplar(1, {});
  noopMetrics.gauge("depth").set(5);
  noopMetrics.gauge("depth", { collect: () => 5 });
  noopMetrics.histogram("").observe(5);
  noopMetrics.summary("latency", { window: "1m" }).observe(5);
  const timer = noopMetrics.timer("job");
  timer.end(timer.start());
  timer.endCritical(timer.startCritical());
  timer.observeCritical(1);
  timer.observe(-1);
  timer.observeWithExemplar(1, {});
  timer.endWithExemplar(timer.start(), {});
  {
    using span = timer.span();
    span.end();
  }
  const submit = (order: string) => Promise.resolve(order);
  assertStrictEquals(timer.wrap(submit), submit);
  assertEquals(counter.remove({ side: "buy" }), false);
  counter.reset();
  const listener = () => {
    throw new Error("there are no events");
  };
  noopMetrics.addEventListener("slobreach", listener);
  noopMetrics.addEventListener("healthchange", listener);
  noopMetrics.removeEventListener("slobreach", listener);
  await noopMetrics.flush();
  const { metrics, meta } = await noopMetrics.snapshot();
  assertEquals(metrics, []);
  assertEquals(meta, { recorded: 0, dropped: 0, sampledOut: 0, series: 0, overflowed: 0 });
  assertEquals(await noopMetrics.scrape(), "");
  assertEquals((await noopMetrics.scrape({ accept: "*/*" })).body.length, 0);
  assertMatch(await noopMetrics.report(), /There are no metrics\n$/);
  assertEquals((await noopMetrics.expose({})).body.length, 0);
  noopMetrics.health.add("disk", listener)();
  noopMetrics.health.add("disk", listener);
  const { status, checks } = await noopMetrics.health();
  assertEquals([status, checks], ["HEALTHY", []]);
  assertEquals(await noopMetrics.instruments(), []);
  noopMetrics.declareKpis([]);
  assertEquals((await noopMetrics.definitions()).instruments, []);
  assertEquals((await noopMetrics.performance()).clock, "none");
  assertEquals((await noopMetrics.listTraces()).recent, []);
  assertEquals(await noopMetrics.findTrace("4bf92f3577b34da6a3ce929d0e0e4736"), undefined);
  await noopMetrics.close();
  await noopMetrics[Symbol.asyncDispose]();
});
