import { assertEquals, assertLessOrEqual } from "@std/assert";
import { createMetrics } from "../../mod.ts";
import { HEAD, ringViews, TAIL } from "../../src/ring/layout.ts";
import { MOD, runScript } from "../_support/subprocess.ts";

/** As many records as are published at once. */
const BATCH = 64;
const ROUNDS = 20;

/** Runs a function and returns the shared memory that it allocated, largest first. */
function sharedBuffersOf<Result>(make: () => Result): [Result, SharedArrayBuffer[]] {
  const original = globalThis.SharedArrayBuffer;
  const buffers: SharedArrayBuffer[] = [];
  globalThis.SharedArrayBuffer = class extends original {
    constructor(bytes: number) {
      super(bytes);
      buffers.push(this);
    }
  } as SharedArrayBufferConstructor;
  try {
    return [make(), buffers.toSorted((a, b) => b.byteLength - a.byteLength)];
  } finally {
    globalThis.SharedArrayBuffer = original;
  }
}

Deno.test("breaches reach a thread that was busy, added up by series: at most one message was under way", async () => {
  const [metrics, [ring]] = sharedBuffersOf(() => createMetrics({ drainIntervalMs: 1 }));
  await using _ = metrics;
  const { cursors } = ringViews(ring);
  const events: number[] = [];
  metrics.addEventListener("slobreach", ({ violations }) => events.push(violations));
  const job = metrics.timer("job", { slo: { threshold: "5ms", target: 0.999 } });
  await metrics.flush();
  // From here on this thread does not yield to its event loop; the worker drains between the rounds.
  for (let round = 0; round < ROUNDS; round++) {
    for (let i = 0; i < BATCH; i++) job.observe(1);
    while (Atomics.load(cursors, TAIL) !== Atomics.load(cursors, HEAD));
  }
  assertEquals(events, []);
  const violated = () => events.reduce((sum, violations) => sum + violations, 0);
  while (violated() < ROUNDS * BATCH) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(violated(), ROUNDS * BATCH);
  assertLessOrEqual(events.length, 2);
});

Deno.test("a program that listens to breaches exits by itself, and is notified of them if it waited", async () => {
  const { code, stdout, stderr } = await runScript(
    `import { createMetrics } from ${JSON.stringify(MOD)};
    const metrics = createMetrics();
    metrics.addEventListener("slobreach", ({ violations }) => console.log("violations", violations));
    const job = metrics.timer("job", { slo: { threshold: "5ms", target: 0.999 } });
    job.observe(1);
    await metrics.flush();
    job.observe(0.001);`,
    ["--allow-read"],
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "violations 1\n", stderr: "" });
});
