import { assertEquals, assertStrictEquals } from "@std/assert";
import type { Counter } from "../mod.ts";
import { NO_RUNTIME } from "../src/model/runtime_choice.ts";
import type { Announcement } from "../src/model/model.ts";
import { createThreadMemory } from "../src/record/thread_memory.ts";
import { RecordingThread } from "../src/recording_thread.ts";
import { Control } from "../src/ring/control.ts";
import { createRing } from "../src/ring/layout.ts";

function setUp() {
  const memory = createThreadMemory(false);
  new Control(memory.control).set(true, 1);
  const announcements: Announcement[] = [];
  const thread = new RecordingThread<string>({
    clock: performance,
    memory,
    seed: 1,
    ring: createRing(64, false),
    overflow: "drop-newest",
    seriesMax: 100,
    labelValueMax: 256,
    defaults: {},
    tracer: { rate: 1 } as never,
    announce: (announcement) => announcements.push(announcement),
    runtime: NO_RUNTIME,
    thread: "main",
  });
  return { thread, announcements };
}

Deno.test("RecordingThread ends once, with the result of the first close", async () => {
  const { thread } = setUp();
  assertEquals([thread.isClosing, thread.closing], [false, undefined]);
  let finishes = 0;
  const finish = () => {
    finishes += 1;
    thread.stop();
    return Promise.resolve("end");
  };
  const closing = thread.close(finish);
  assertEquals(thread.isClosing, true);
  assertStrictEquals(thread.close(finish), closing);
  assertStrictEquals(thread.closing, closing);
  assertEquals([await closing, finishes], ["end", 1]);
});

Deno.test("RecordingThread calls gauges' callbacks once more before it ends, and never after", async () => {
  const { thread } = setUp();
  let calls = 0;
  thread.registry.getOrCreate("gauge", "depth", { collect: () => ++calls });
  await thread.close(() => {
    assertEquals(calls, 1);
    thread.stop();
    return Promise.resolve("end");
  });
  thread.tick();
  assertEquals([calls, thread.collect()], [1, undefined]);
});

Deno.test("RecordingThread lets a gauge's callback close it, and not wait for itself", async () => {
  const { thread } = setUp();
  const finish = () => {
    thread.stop();
    return Promise.resolve("end");
  };
  const inside: unknown[] = [];
  thread.registry.getOrCreate("gauge", "depth", { collect: () => void inside.push(thread.close(finish)) });
  assertEquals(await thread.close(finish), "end");
  assertEquals(inside, [undefined]);
});

Deno.test("RecordingThread announces what its registry creates, and records nothing after its stop", () => {
  const { thread, announcements } = setUp();
  const orders = thread.registry.getOrCreate("counter", "orders_total", {}) as Counter;
  assertEquals(announcements.map(({ kind }) => kind), ["instrument", "chunk", "series"]);
  const size = thread.registry.getOrCreate("histogram", "size", {}) as { observe(value: number): void };
  orders.inc();
  size.observe(1);
  thread.stop();
  orders.inc();
  size.observe(2);
  assertEquals(thread.recorder.producer.pending, 1);
});
