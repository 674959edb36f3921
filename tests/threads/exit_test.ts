import { assertEquals } from "@std/assert";
import { MOD, runScript } from "../_support/subprocess.ts";

const LAYOUT = import.meta.resolve("../../src/ring/layout.ts");

/** Observes the rings of a program, and prints at its end how far each was written and read. */
const SPY = `
  import { HEAD, HEADER_BYTES, RECORD_BYTES, ringViews, TAIL } from ${JSON.stringify(LAYOUT)};
  const rings = [];
  globalThis.SharedArrayBuffer = class extends SharedArrayBuffer {
    constructor(bytes) {
      super(bytes);
      // Cells are shared memory too.
      if (bytes === HEADER_BYTES + 131_072 * RECORD_BYTES) rings.push(this);
    }
  };
  globalThis.addEventListener("unload", () => {
    for (const { cursors, counts } of rings.map(ringViews)) {
      console.log("written", cursors[HEAD], "read", cursors[TAIL], "dropped", counts[0]);
    }
  });
  const { createMetrics } = await import(${JSON.stringify(MOD)});
`;

async function outcomeOf(program: string) {
  const { code, stdout, stderr } = await runScript(SPY + program, ["--allow-read"]);
  return { code, stdout, stderr };
}

function delivered(records: number) {
  return { code: 0, stdout: `written ${records} read ${records} dropped 0\n`, stderr: "" };
}

Deno.test("Metrics: a program that records a little and ends exits by itself, with everything delivered", async () => {
  assertEquals(
    await outcomeOf(`
      const metrics = createMetrics();
      metrics.histogram("size").observe(1);
      metrics.counter("orders_total").inc();
      const job = metrics.timer("job");
      job.end(job.start());
    `),
    delivered(2),
  );
});

Deno.test("Metrics: a program that records a lot and ends exits by itself, with everything delivered", async () => {
  assertEquals(
    await outcomeOf(`
      const size = createMetrics().histogram("size");
      for (let i = 0; i < 100_001; i++) size.observe(i);
    `),
    delivered(100_001),
  );
});

Deno.test("Metrics: a program that records at its very end exits by itself, with everything delivered", async () => {
  assertEquals(
    await outcomeOf(`
      const metrics = createMetrics({ drainIntervalMs: 60_000 });
      const size = metrics.histogram("size", { labels: ["id"] });
      size.with({ id: "first" }).observe(1);
      globalThis.addEventListener("beforeunload", () => {
        if (!size.hasEnded) for (let id = 0; id < 99; id++) size.with({ id }).observe(id);
        size.hasEnded = true;
      });
    `),
    delivered(100),
  );
});

Deno.test("Metrics: a program that does other work after recording exits by itself, with everything delivered", async () => {
  assertEquals(
    await outcomeOf(`
      const size = createMetrics().histogram("size");
      for (let i = 0; i < 10; i++) {
        size.observe(i);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    `),
    delivered(10),
  );
});

Deno.test("Metrics: a program that records nothing, or never drains, exits by itself", async () => {
  assertEquals(await outcomeOf("createMetrics();"), delivered(0));
  assertEquals(await outcomeOf("createMetrics(); createMetrics();"), {
    ...delivered(0),
    stdout: delivered(0).stdout.repeat(2),
  });
});

Deno.test("Metrics.close: a program that awaits it has everything delivered, even if it exits immediately afterwards", async () => {
  assertEquals(
    await outcomeOf(`
      const metrics = createMetrics();
      for (let i = 0; i < 1_000; i++) metrics.histogram("size").observe(i);
      await metrics.close();
      Deno.exit();
    `),
    delivered(1_000),
  );
});

Deno.test("Metrics.snapshot: a program that awaits it stays alive until it resolves", async () => {
  const { code, stdout, stderr } = await runScript(
    `import { createMetrics } from ${JSON.stringify(MOD)};
    const metrics = createMetrics();
    metrics.histogram("size").observe(5);
    metrics.snapshot().then(({ metrics: [{ series: [{ sum }] }] }) => console.log("sum", sum));`,
    ["--allow-read"],
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "sum 5\n", stderr: "" });
});

Deno.test("Metrics: a program that first records while it is unloaded delivers that too, also through Deno.exit", async () => {
  for (const end of ["", "Deno.exit(0);"]) {
    const outcome = await outcomeOf(`
      const metrics = createMetrics({ drainIntervalMs: 60_000 });
      await metrics.ready;
      const size = metrics.histogram("size");
      globalThis.addEventListener("beforeunload", () => size.observe(1));
      globalThis.addEventListener("unload", () => {
        for (const { cursors } of rings.map(ringViews)) console.log("at last", cursors[HEAD] - cursors[TAIL]);
      });
      if (${JSON.stringify(end)} !== "") for (let i = 0; i < 100; i++) size.observe(i);
      ${end}
    `);
    assertEquals([outcome.code, outcome.stderr], [0, ""]);
    assertEquals(outcome.stdout.trim().split("\n").at(-1), "at last 0");
  }
});
