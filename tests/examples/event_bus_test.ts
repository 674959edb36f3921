import { assertEquals } from "@std/assert";
import { noopMetrics } from "@hotpath/metrics";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { EventBus } from "../../examples/trading/event_bus.ts";

interface Topics {
  number: number;
  word: string;
}

function quietBus(): EventBus<Topics> {
  return new EventBus(
    { publish: noopMetrics.timer("publish"), handle: noopMetrics.timer("handle") },
    noopMetrics.trace,
  );
}

Deno.test("EventBus handles events in the order they were published, across topics", async () => {
  const bus = quietBus();
  const seen: unknown[] = [];
  bus.subscribe("number", (number) => seen.push(number));
  bus.subscribe("word", (word) => seen.push(word));
  bus.publish("number", 1);
  bus.publish("word", "two");
  bus.publish("number", 3);
  await bus.idle();
  assertEquals(seen, [1, "two", 3]);
});

Deno.test("EventBus gives an event to its subscribers in the order they subscribed", async () => {
  const bus = quietBus();
  const seen: string[] = [];
  for (const name of ["a", "b", "c"]) bus.subscribe("number", () => seen.push(name));
  bus.publish("number", 1);
  await bus.idle();
  assertEquals(seen, ["a", "b", "c"]);
});

Deno.test("EventBus handles what a handler publishes after what waited already", async () => {
  const bus = quietBus();
  const seen: unknown[] = [];
  bus.subscribe("number", (number) => {
    seen.push(number);
    bus.publish("word", `after ${number}`);
  });
  bus.subscribe("word", (word) => seen.push(word));
  bus.publish("number", 1);
  bus.publish("number", 2);
  await bus.idle();
  assertEquals(seen, [1, 2, "after 1", "after 2"]);
});

Deno.test("EventBus handles nothing before the publisher is done, and says how much waits", async () => {
  const bus = quietBus();
  const backlogs: number[] = [];
  bus.subscribe("number", () => backlogs.push(bus.backlog));
  for (let number = 0; number < 3; number++) bus.publish("number", number);
  assertEquals([bus.backlog, backlogs], [3, []]);
  await bus.idle();
  assertEquals([bus.backlog, backlogs], [0, [2, 1, 0]]);
});

Deno.test("EventBus times each publication and each subscriber's work", async () => {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  const bus = new EventBus<Topics>(
    { publish: metrics.timer("publish"), handle: metrics.timer("handle") },
    metrics.trace,
  );
  bus.subscribe("number", (ms) => clock.advance(ms));
  bus.subscribe("number", () => {});
  bus.publish("number", 5);
  bus.publish("number", 7);
  await bus.idle();
  const counts = (await metrics.snapshot()).metrics.map(({ series: [timings] }) =>
    "count" in timings && [timings.count, timings.max]
  );
  assertEquals(counts, [[2, 0], [4, 0.007]]);
});
