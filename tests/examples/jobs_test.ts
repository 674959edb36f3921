import { assertEquals, assertGreater, assertStringIncludes } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { writeTextfile } from "../../examples/jobs/write_textfile.ts";
import { inlineMetrics } from "../../src/testing/mod.ts";
import { type Ending, Program, valueOf } from "../_support/cli/program.ts";
import { withDirectory } from "../_support/directory.ts";
import { parseExposition } from "../_support/encode/parse_exposition.ts";

const EXAMPLE = new URL("../../examples/jobs/", import.meta.url);
const GAUGES = ["last_run_timestamp_seconds", "last_success_timestamp_seconds", "last_run_duration_seconds"];

/** Runs the job with the permissions that the guide names. */
async function run(directory: string, ...args: string[]): Promise<Ending> {
  const permissions = [`--allow-read=.,${directory}`, `--allow-write=${directory}`];
  await using program = new Program("examples/jobs/nightly_job.ts", [directory, ...args], { permissions });
  return await program.end();
}

const job = (text: string, name: string) => valueOf(text, `job_${name}{task="settlement"}`);

Deno.test("nightly_job writes one file that a collector can parse, and ends with 0", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/settlement.prom`;
    assertEquals(await run(directory, "10"), { code: 0, lines: [`wrote ${path}`], errors: "" });
    assertEquals([...Deno.readDirSync(directory)].map(({ name }) => name), ["settlement.prom"]);
    const text = await Deno.readTextFile(path);
    const names = parseExposition(new TextEncoder().encode(text), "text").map(({ name }) => name);
    // Names of other jobs or of node_exporter itself would be refused as duplicates.
    assertEquals(names.filter((name) => !/^(job|settlement)_/.test(name)), []);
    for (const name of GAUGES) assertGreater(job(text, name), 0, name);
    assertEquals(job(text, "last_run_succeeded"), 1);
    assertEquals(valueOf(text, "settlement_orders"), 10);
    assertEquals(valueOf(text, "settlement_order_seconds_count"), 10);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o644);
  });
});

Deno.test("nightly_job that fails writes so, keeps the time of the last success, and ends with 1", async () => {
  await withDirectory(async (directory) => {
    const read = () => Deno.readTextFile(`${directory}/settlement.prom`);
    await run(directory, "10");
    const success = job(await read(), "last_success_timestamp_seconds");
    for (let failure = 1; failure <= 2; failure++) {
      const { code, errors } = await run(directory, "many");
      assertEquals(code, 1);
      assertStringIncludes(errors, "settlement failed: the number of orders must be whole, got many");
      const text = await read();
      assertEquals([job(text, "last_run_succeeded"), valueOf(text, "settlement_orders")], [0, 0]);
      assertEquals(job(text, "last_success_timestamp_seconds"), success);
      assertGreater(job(text, "last_run_timestamp_seconds"), success);
    }
    await run(directory, "10");
    assertGreater(job(await read(), "last_success_timestamp_seconds"), success);
  });
});

Deno.test("nightly_job that has never succeeded writes a success at 0, which is stale", async () => {
  await withDirectory(async (directory) => {
    await run(directory, "many");
    assertEquals(job(await Deno.readTextFile(`${directory}/settlement.prom`), "last_success_timestamp_seconds"), 0);
  });
});

Deno.test("writeTextfile never shows a reader a part of the file", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const orders = metrics.counter("orders_total", { labels: ["id"] });
  await withDirectory(async (directory) => {
    const path = `${directory}/orders.prom`;
    await writeTextfile(metrics, path);
    let isWriting = true;
    const written = (async () => {
      for (let run = 0; run < 20; run++) {
        for (let i = 0; i < 100; i++) orders.with({ id: `${run}-${i}` }).inc();
        await writeTextfile(metrics, path);
      }
      isWriting = false;
    })();
    const sizes = new Set<number>();
    while (isWriting) {
      const bytes = await Deno.readFile(path);
      const family = parseExposition(bytes, "text").find(({ name }) => name === "orders_total");
      sizes.add(family?.samples.length ?? 0);
    }
    await written;
    assertEquals([...sizes].filter((size) => size % 100 !== 0), []);
    assertGreater(sizes.size, 1);
  });
});

Deno.test("the rules of jobs name metrics that the job or node_exporter has", async () => {
  const { groups } = parse(await Deno.readTextFile(new URL("rules.yml", EXAMPLE))) as {
    groups: { rules: { expr: string }[] }[];
  };
  await withDirectory(async (directory) => {
    await run(directory, "1");
    const text = await Deno.readTextFile(`${directory}/settlement.prom`);
    for (const { expr } of groups.flatMap(({ rules }) => rules)) {
      const [name] = /\b(?:job|node)_\w+/.exec(expr)!;
      if (name !== "node_textfile_scrape_error") assertStringIncludes(text, `# TYPE ${name} `);
    }
  });
});

Deno.test("settlement.service runs the job with the permissions that it needs, and its timer starts it", async () => {
  const unit = await Deno.readTextFile(new URL("settlement.service", EXAMPLE));
  const command = /^ExecStart=((?:.*\\\n)*.*)$/m.exec(unit)![1].replaceAll("\\\n", " ").split(/\s+/);
  const folder = command.at(-1)!;
  for (const flag of [`--allow-read=${folder}`, `--allow-write=${folder}`]) assertEquals(command.includes(flag), true);
  await Deno.stat(new URL(command.at(-2)!, EXAMPLE));
  const timer = await Deno.readTextFile(new URL("settlement.timer", EXAMPLE));
  assertStringIncludes(timer, "OnCalendar=*-*-* 02:30:00");
  assertStringIncludes(unit, "Type=oneshot");
});
