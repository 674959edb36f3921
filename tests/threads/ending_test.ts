import { assertEquals, assertMatch } from "@std/assert";
import { HEAD, HEADER_BYTES, RECORD_BYTES, TAIL } from "../../src/ring/layout.ts";
import { MOD, type Outcome, runScript } from "../_support/subprocess.ts";

const RING_BYTES = HEADER_BYTES + 131_072 * RECORD_BYTES;

/** Keeps hold of the ring, and prints at the very end how many records were written and taken. */
const WITNESS = `
  let cursors;
  const Shared = globalThis.SharedArrayBuffer;
  globalThis.SharedArrayBuffer = class extends Shared {
    constructor(bytes, options) {
      super(bytes, options);
      if (bytes === ${RING_BYTES}) cursors = new Int32Array(this);
    }
  };
  globalThis.addEventListener("unload", () => {
    const head = Atomics.load(cursors, ${HEAD});
    console.log(head + " written, " + Atomics.load(cursors, ${TAIL}) + " taken");
  });
  const { createMetrics } = await import("${MOD}");
  const metrics = createMetrics();
  const orders = metrics.counter("orders_total");
  const execution = metrics.timer("order_execution");
  const size = metrics.histogram("message_bytes", { labels: ["id"], unit: "bytes" });
  const record = (times) => {
    for (let i = 0; i < times; i++) { orders.inc(); execution.end(execution.start()); }
  };`;

function assertDelivered({ code, stdout, stderr }: Outcome, records: number): void {
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: `${records} written, ${records} taken\n`, stderr: "" });
}

const ENDINGS: readonly [what: string, source: string, records: number][] = [
  ["half a ring of records", "record(65536);", 65_536],
  ["a record in its last microtask", "record(2); queueMicrotask(() => record(3));", 5],
  ["a record in a promise that is not awaited", "(async () => { await null; await null; record(3); })();", 3],
  ["a record in its last timer", "record(2); setTimeout(() => record(3), 20);", 5],
  ["a record in a timer after the worker started", "await metrics.ready; setTimeout(() => record(3), 20);", 3],
  [
    "2,000 new series in its last turn",
    "setTimeout(() => { for (let id = 0; id < 2000; id++) size.with({ id }).observe(id); });",
    2_000,
  ],
  ["a flush that is not awaited", "record(7); metrics.flush();", 7],
  ["a close that is not awaited", "record(7); metrics.close();", 7],
  ["records after a snapshot", "record(7); await metrics.snapshot(); record(5);", 12],
];

for (const [what, source, records] of ENDINGS) {
  Deno.test(`Metrics: a program that ends with ${what} exits by itself, with everything delivered`, async () => {
    assertDelivered(await runScript(`${WITNESS}\n${source}`, ["--allow-read"]), records);
  });
}

Deno.test("Metrics: a program that throws fails with its own error, and its aggregator does not keep it alive", async () => {
  const { code, stderr } = await runScript(`${WITNESS} record(5); throw new Error("of its own");`, ["--allow-read"]);
  assertEquals(code, 1);
  assertMatch(stderr, /Error: of its own/);
});

Deno.test("Metrics: a program that aggregates inline exits by itself, with no permission", async () => {
  const source = `import { createMetrics } from "${MOD}";
    const metrics = createMetrics({ aggregation: "inline" });
    metrics.counter("orders_total").inc();
    metrics.histogram("message_bytes").observe(1);
    addEventListener("unload", () => console.log("ends"));`;
  const { code, stdout, stderr } = await runScript(source, []);
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "ends\n", stderr: "" });
});
