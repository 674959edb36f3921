import { assertEquals, assertMatch } from "@std/assert";
import { MOD, runScript } from "../subprocess.ts";

const IMPORT = `import { createMetrics } from ${JSON.stringify(MOD)};`;
/** Without --allow-read the worker cannot load its module. */
const NONE: readonly string[] = [];
const REASON = /^Error: Cannot reach the aggregator: its worker could not start: .*--allow-read/;

Deno.test("metrics.ready rejects with the reason when the worker cannot start, and recording goes on", async () => {
  const { code, stdout, stderr } = await runScript(
    `${IMPORT}
    const metrics = createMetrics({ ringCapacity: 64 });
    const orders = metrics.counter("orders_total", { labels: ["id"] });
    const job = metrics.timer("job");
    const record = () => {
      for (let id = 0; id < 100; id++) orders.with({ id }).inc();
      for (let i = 0; i < 1_000; i++) job.end(job.start());
    };
    record();
    await metrics.ready.catch((error) => console.log(String(error)));
    record();
    orders.remove({ id: 1 });
    job.reset();
    metrics.gauge("late").set(1);
    for (const ask of ["ready", "snapshot", "flush", "scrape", "close"]) {
      const answer = ask === "ready" ? metrics.ready : metrics[ask]();
      console.log(ask, await answer.then(() => "resolves", (error) => error.message));
    }
    console.log((await metrics.health()).status);`,
    NONE,
  );
  assertEquals([code, stderr], [0, ""]);
  const [first, ...rest] = stdout.trimEnd().split("\n");
  assertMatch(first, REASON);
  const reason = first.replace("Error: ", "");
  assertEquals(
    rest,
    ["ready", "snapshot", "flush", "scrape", "close"].map((ask) => `${ask} ${reason}`).concat("CRITICAL"),
  );
});

Deno.test("a program that does not look at metrics.ready runs to its end when the worker cannot start", async () => {
  const { code, stdout, stderr } = await runScript(
    `${IMPORT}
    const metrics = createMetrics();
    const size = metrics.histogram("size");
    for (let i = 0; i < 1_000; i++) size.observe(i);
    console.log("recorded");
    await new Promise((resolve) => setTimeout(resolve, 300));
    size.observe(1);
    console.log("still recording");`,
    NONE,
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "recorded\nstill recording\n", stderr: "" });
});

Deno.test("a program that ends before the worker could fail exits with 0", async () => {
  const { code, stdout, stderr } = await runScript(
    `${IMPORT} createMetrics().histogram("size").observe(1); console.log("recorded");`,
    NONE,
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "recorded\n", stderr: "" });
});

Deno.test("metrics.ready that is awaited without a catch fails the program like any other error", async () => {
  const { code, stderr } = await runScript(`${IMPORT} await createMetrics().ready;`, NONE);
  assertEquals(code, 1);
  assertMatch(stderr, /Cannot reach the aggregator: its worker could not start/);
});

Deno.test("metrics.ready resolves when the worker runs", async () => {
  const { code, stdout, stderr } = await runScript(
    `${IMPORT} const metrics = createMetrics(); await metrics.ready; console.log("ready");`,
    ["--allow-read"],
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "ready\n", stderr: "" });
});
