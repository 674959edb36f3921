import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { MOD, runScript } from "../_support/subprocess.ts";

const IMPORT = `import { createMetrics } from ${JSON.stringify(MOD)};`;
/** Without --allow-read the worker cannot load its module. */
const NONE: readonly string[] = [];
const REASON = /^Error: Cannot reach the aggregator: its worker could not start: .*--allow-read/;

/** The folder that the worker's modules lie in. */
const FOLDER = decodeURIComponent(new URL("../..", import.meta.url).pathname).replace(/\/$/, "");

/** One line of warning, and nothing else. */
function assertWarned(stderr: string, grant = `--allow-read=${FOLDER}`): void {
  assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  assertMatch(
    stderr,
    /^@hotpath\/metrics: nothing that is recorded is aggregated, because its worker could not start: /,
  );
  assertStringIncludes(stderr, grant);
}

Deno.test("Metrics.ready rejects with the reason when the worker cannot start, and recording continues", async () => {
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
    for (const ask of ["ready", "snapshot", "flush", "scrape", "close", "flush", "close", "snapshot"]) {
      const answer = ask === "ready" ? metrics.ready : metrics[ask]();
      console.log(ask, await answer.then(() => "resolves", (error) => error.message));
    }
    console.log((await metrics.health()).status);`,
    NONE,
  );
  assertEquals(code, 0);
  assertWarned(stderr);
  const [first, ...rest] = stdout.trimEnd().split("\n");
  assertMatch(first, REASON);
  const reason = first.replace("Error: ", "");
  assertEquals(rest, [
    `ready ${reason}`,
    `snapshot ${reason}`,
    "flush resolves",
    `scrape ${reason}`,
    "close resolves",
    "flush resolves",
    "close resolves",
    `snapshot ${reason}`,
    "CRITICAL",
  ]);
});

const ENDINGS: readonly [what: string, source: string][] = [
  ["closes", "record(); await metrics.close();"],
  ["closes at the end of a block", "await using closed = metrics; record();"],
  ["flushes and closes", "record(); await metrics.flush(); record(); await metrics.close();"],
  ["closes without awaiting it", "record(); metrics.close();"],
  ["closes while flushes are under way", "await Promise.all([metrics.flush(), metrics.close(), metrics.flush()]);"],
  ["waits before it closes", "record(); await metrics.ready.catch(() => {}); await metrics.close();"],
  ["looks at metrics.ready without awaiting it", "metrics.ready; record(); await metrics.close();"],
  [
    "has several metrics",
    "record(); await Promise.all([metrics, createMetrics(), createMetrics()].map((m) => m.close()));",
  ],
  ["has a console that throws", "console.warn = () => { throw 5; }; record(); await metrics.close();"],
];

for (const [what, source] of ENDINGS) {
  Deno.test(`Metrics: a program that ${what} ends by itself with its own output when the worker cannot start`, async () => {
    const { code, stdout, stderr } = await runScript(
      `${IMPORT}
      const metrics = createMetrics();
      const size = metrics.histogram("size");
      const record = () => { for (let i = 0; i < 1_000; i++) size.observe(i); };
      addEventListener("unload", () => console.log("its own"));
      ${source}`,
      NONE,
    );
    assertEquals([code, stdout], [0, "its own\n"], stderr);
    if (source.includes("throw")) assertEquals(stderr, "");
    else assertWarned(stderr);
  });
}

Deno.test("other threads record, flush and close when the worker cannot start", async () => {
  const { code, stdout, stderr } = await runScript(
    `import { attachMetrics, createMetrics } from ${JSON.stringify(MOD)};
    const metrics = createMetrics();
    const port = metrics.connect();
    const early = await attachMetrics(metrics.connect());
    await metrics.ready.catch(() => {});
    const between = await attachMetrics(port);
    const late = await attachMetrics(metrics.connect());
    for (const attached of [early, between, late]) {
      attached.counter("orders_total").inc();
      await attached.flush();
      await attached.close();
    }
    await metrics.close();
    console.log("ends");`,
    NONE,
  );
  assertEquals([code, stdout], [0, "ends\n"], stderr);
  assertWarned(stderr);
});

Deno.test("serveMetrics refuses with the permission to grant when the worker cannot start", async () => {
  const { code, stdout, stderr } = await runScript(
    `${IMPORT}
    import { serveMetrics } from ${JSON.stringify(MOD.replace("mod.ts", "src/server.ts"))};
    const metrics = createMetrics();
    await serveMetrics(metrics, { port: 0 }).catch((error) => console.log(String(error)));
    await metrics.close();`,
    ["--allow-net=127.0.0.1"],
  );
  assertEquals(code, 0, stderr);
  assertMatch(stdout, REASON);
  assertWarned(stderr);
});

Deno.test("metrics.close resolves, after a warning, when a worker that failed may not start again", async () => {
  const { code, stdout, stderr } = await runScript(
    `import { Worker } from "node:worker_threads";
    const { unref } = Worker.prototype;
    let worker;
    Worker.prototype.unref = function () { worker = this; unref.call(this); };
    ${IMPORT.replace("import {", "const {").replace("} from", "} = await import(").replace(";", ");")}
    const metrics = createMetrics();
    await metrics.ready;
    Deno.permissions.revokeSync({ name: "read" });
    await worker.terminate();
    metrics.histogram("size").observe(1);
    await metrics.close();
    console.log("ends");`,
    ["--allow-read"],
  );
  assertEquals([code, stdout], [0, "ends\n"], stderr);
  assertWarned(stderr);
});

Deno.test("metrics.ready rejects, and metrics.close resolves, when no worker lives until it has started", async () => {
  const { code, stdout, stderr } = await runScript(
    `import { Worker } from "node:worker_threads";
    const { on } = Worker.prototype;
    let starts = 0;
    Worker.prototype.on = function (type, listener) {
      on.call(this, type, listener);
      if (type !== "exit") return;
      starts += 1;
      queueMicrotask(() => this.terminate());
    };
    ${IMPORT.replace("import {", "const {").replace("} from", "} = await import(").replace(";", ");")}
    for (const waits of [true, false]) {
      const metrics = createMetrics();
      metrics.histogram("size").observe(1);
      if (waits) await metrics.ready.catch((error) => console.log(error.message));
      await metrics.close();
      await metrics.flush();
      console.log(starts);
    }`,
    ["--allow-read"],
  );
  const reason = "it failed at each of 5 starts, the last time because its worker has ended";
  assertEquals([code, stdout], [0, `Cannot reach the aggregator: ${reason}\n5\n10\n`], stderr);
  assertEquals(stderr, `@hotpath/metrics: nothing that is recorded is aggregated, because ${reason}\n`);
});

Deno.test("createMetrics without SharedArrayBuffer refuses a worker, and aggregates inline", async () => {
  const { code, stdout, stderr } = await runScript(
    `delete globalThis.SharedArrayBuffer;
    const { createMetrics } = await import(${JSON.stringify(MOD)});
    try { createMetrics(); } catch (error) { console.log(error.message); }
    const metrics = createMetrics({ aggregation: "inline" });
    metrics.counter("orders_total").inc();
    console.log((await metrics.scrape()).includes("orders_total 1"));
    await metrics.close();`,
    NONE,
  );
  const refusal = 'aggregation must be "inline", because this runtime has no SharedArrayBuffer, got "worker"';
  assertEquals([code, stdout, stderr], [0, `Cannot create metrics: ${refusal}\ntrue\n`, ""]);
});

Deno.test("Metrics.ready: the folder that the warning names is all that the worker needs to read, also to serve", async () => {
  const { code, stdout, stderr } = await runScript(
    `${IMPORT}
    import { serveMetrics } from ${JSON.stringify(import.meta.resolve("../../src/server.ts"))};
    const metrics = createMetrics();
    metrics.counter("orders_total").inc();
    const server = await serveMetrics(metrics, { port: 0 });
    console.log(await (await fetch(\`\${server.url}/metrics\`)).text());
    await server.close();`,
    [`--allow-read=${FOLDER}`, "--allow-net=127.0.0.1"],
  );
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "orders_total 1\n");
});

Deno.test("Metrics.ready: a program that does not use it runs to its end when the worker cannot start", async () => {
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
  assertEquals({ code, stdout }, { code: 0, stdout: "recorded\nstill recording\n" });
  assertWarned(stderr);
});

Deno.test("Metrics: a program that ends before the worker could fail exits with 0", async () => {
  const { code, stdout, stderr } = await runScript(
    `${IMPORT} createMetrics().histogram("size").observe(1); console.log("recorded");`,
    NONE,
  );
  assertEquals({ code, stdout }, { code: 0, stdout: "recorded\n" });
  assertWarned(stderr);
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
