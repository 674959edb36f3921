import { assert, assertEquals, assertThrows } from "@std/assert";
import { Feeds } from "../../../src/aggregate/live/feeds.ts";
import { selfValues } from "../../_support/model/self_values.ts";
import { FakeSource } from "../../_support/aggregate/live/fake_source.ts";
import { TICK } from "../../_support/aggregate/live/tick.ts";

Deno.test("Feeds begins a new feed, and continues a known one", () => {
  const source = new FakeSource();
  source.addScalar();
  const feeds = new Feeds(source);
  assertEquals([selfValues(feeds), source.looks], [{}, 0]);
  const first = feeds.answer(TICK)!;
  assertEquals([first.isNew, first.frame, first.beginning?.start.window], [true, undefined, "1m"]);
  assertEquals(JSON.parse(first.beginning!.frame).scalars, [[0, 0]]);
  const second = feeds.answer(TICK)!;
  assertEquals([second.isNew, second.beginning], [false, undefined]);
  assertEquals(JSON.parse(second.frame!).scalars, []);
  assertEquals(selfValues(feeds), { hotpath_live_clients: 1, hotpath_live_frames_lost_total: 0 });
});

Deno.test("Feeds reads once for all clients of a feed, and not at all for one that only starts", () => {
  const source = new FakeSource();
  const feeds = new Feeds(source);
  feeds.answer(TICK);
  for (let i = 0; i < 5; i++) feeds.answer({ ...TICK, isTick: false, needsBeginning: true });
  assertEquals(source.looks, 1);
  feeds.answer({ ...TICK, clients: 100, needsBeginning: true });
  assertEquals([source.looks, feeds.clients], [2, 100]);
  feeds.answer({ ...TICK, feed: "b" });
  assertEquals([source.looks, feeds.clients], [3, 101]);
});

Deno.test("Feeds ends a feed without clients, and one without requests for long", () => {
  const source = new FakeSource();
  const feeds = new Feeds(source);
  feeds.answer(TICK);
  feeds.answer({ ...TICK, feed: "slow", intervalMs: 10_000 });
  feeds.answer({ ...TICK, clients: 0 });
  assertEquals(feeds.clients, 1);
  assert(feeds.answer(TICK)?.isNew);
  source.ms += 30_001;
  assertEquals(feeds.clients, 1);
  source.ms += 20_000;
  assertEquals(feeds.clients, 0);
});

Deno.test("Feeds adds up the frames that were lost, also those of feeds that end", () => {
  const feeds = new Feeds(new FakeSource());
  feeds.answer({ ...TICK, framesLost: 3 });
  feeds.answer({ ...TICK, clients: 0, framesLost: 4 });
  assertEquals(feeds.framesLost, 7);
});

Deno.test("Feeds refuses an unknown window, and starts nothing", () => {
  const source = new FakeSource();
  const feeds = new Feeds(source);
  const { message } = assertThrows(() => feeds.answer({ ...TICK, window: "7m" }), RangeError);
  assertEquals(message, 'Cannot follow metrics live: window must be one of 1s, 1m, 5m, got "7m"');
  assertEquals([feeds.clients, selfValues(feeds), source.looks], [0, {}, 0]);
});

Deno.test("Feeds uses the widest window without 1m, and accepts any without windows", () => {
  const source = new FakeSource();
  const windowOf = (window?: string) => new Feeds(source).answer({ ...TICK, window })?.beginning?.start.window;
  source.windows = ["1s", "5s"];
  assertEquals([windowOf(), windowOf("1s")], ["5s", "1s"]);
  source.windows = [];
  assertEquals([windowOf(), windowOf("1s")], ["", "1s"]);
});

Deno.test("Feeds refuses a further feed once all remember too much, and ends one that comes to, but never the first", () => {
  const source = new FakeSource();
  const feeds = new Feeds(source);
  for (let i = 0; i < 40_000; i++) source.addScalar();
  feeds.answer(TICK);
  feeds.answer({ ...TICK, feed: "b" });
  assertEquals(feeds.bytes, 2 * 40_000 * 200);
  const { message } = assertThrows(() => feeds.answer({ ...TICK, feed: "c" }), Error);
  assertEquals(message, "Cannot follow metrics live: other clients already follow too many series");
  for (let i = 0; i < 5_000; i++) source.addScalar();
  assert(feeds.answer(TICK) !== undefined);
  assertEquals(feeds.answer({ ...TICK, feed: "b" }), undefined);
  assertEquals(feeds.clients, 1);
  assert(feeds.answer(TICK) !== undefined);
});

Deno.test("Feeds counts the buckets of a distribution as they are remembered, without the room around them", () => {
  const source = new FakeSource();
  const feeds = new Feeds(source);
  for (let i = 0; i < 100; i++) source.addDistribution().record(0.5);
  feeds.answer(TICK);
  assertEquals(feeds.bytes, 100 * (700 + 540 + 8));
});

Deno.test("Feeds reports the time that an answer has taken, by its clock", () => {
  const source = new FakeSource();
  const feeds = new Feeds(source);
  source.lookMs = 7;
  assertEquals([feeds.answer(TICK)?.costMs, feeds.answer({ ...TICK, isTick: false })?.costMs], [7, 0]);
});
