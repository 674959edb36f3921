import { assert, assertEquals, assertGreaterOrEqual, assertMatch, assertStringIncludes } from "@std/assert";
import { type Setting, variablesOf } from "../../src/config/settings/setting.ts";
import { SETTINGS } from "../../src/config/settings/table.ts";
import { freePort, pollText, Program, valueOf } from "../_support/cli/program.ts";
import { withDirectory } from "../_support/directory.ts";

const MAIN = "src/cli/main.ts";
const CA = new URL("../serve/tls/ca.pem", import.meta.url);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`hotpath serve runs the demo until ${signal}, then drains and exits with 0`, async () => {
    await using program = new Program(MAIN, ["serve", "--port", "0", "--candles-per-second", "2000"]);
    const url = await program.url();
    const text = await pollText(`${url}/metrics`, (text) => valueOf(text, "order_fill_seconds_count") >= 5);
    const recorded = valueOf(text, "hotpath_records_total");

    const { code, lines, errors } = await program.stop(signal);
    assertEquals([code, errors], [0, ""]);
    const [last = ""] = lines.slice(-1);
    assertMatch(last, /^Stopped after [\d.]+ s: [\d,]+ records, 0 dropped$/);
    const [total = ""] = /[\d,]+(?= records)/.exec(last) ?? [];
    assertGreaterOrEqual(Number(total.replaceAll(",", "")), recorded);
  });
}

Deno.test("hotpath serve prints where to look", async () => {
  await using program = new Program(MAIN, ["serve", "--port", "0"]);
  const url = await program.url();
  const lines = [await program.line(), await program.line(), await program.line()].join("\n");
  assertStringIncludes(lines, `${url}/metrics\n`);
  assertStringIncludes(lines, `${url}/metrics.json\n`);
  assertStringIncludes(lines, "500 per second");
  await program.stop("SIGINT");
});

Deno.test("hotpath serve answers every route", async () => {
  await using program = new Program(MAIN, ["serve", "--port", "0"]);
  const url = await program.url();
  const paths = ["/", "/metrics", "/metrics.json", "/health", "/health/live", "/health/ready", "/health/extended"];
  for (const path of [...paths, "/diagnostics/metrics", "/diagnostics/performance"]) {
    const response = await fetch(url + path);
    await response.body?.cancel();
    assertEquals([path, response.status], [path, 200]);
  }
  await program.stop("SIGINT");
});

Deno.test("hotpath serve --no-demo serves without trading", async () => {
  await using program = new Program(MAIN, ["serve", "--port", "0", "--no-demo"]);
  const text = await (await fetch(`${await program.url()}/metrics`)).text();
  assertStringIncludes(text, "process_resident_memory_bytes ");
  assertEquals(valueOf(text, "candles_total"), NaN);
  assertEquals((await program.stop("SIGINT")).code, 0);
});

Deno.test("hotpath serve collects runtime metrics, unless a file disables them", async () => {
  await withDirectory(async (directory) => {
    const path = `${directory}/hotpath.yaml`;
    await Deno.writeTextFile(path, "metrics:\n  runtime: { event_loop: true }\n");
    const permissions = ["--allow-read", "--allow-net=127.0.0.1"];
    for (const [args, hasProcess] of [[[], true], [["--config", path], false]] as const) {
      await using program = new Program(MAIN, ["serve", "--port", "0", "--no-demo", ...args], { permissions });
      const url = await program.url();
      const text = await pollText(`${url}/metrics`, (text) => text.includes("\ndeno_eventloop_lag_seconds_count"));
      assertEquals(text.includes("\nprocess_start_time_seconds "), hasProcess);
      assertEquals(text.includes("\ndeno_heap_used_bytes{"), hasProcess);
      const { missing = [] } = await (await fetch(`${url}/diagnostics/metrics`)).json();
      assertEquals(missing.some(({ metric }: { metric: string }) => metric === "process_open_fds"), hasProcess);
      assertEquals((await program.stop("SIGINT")).code, 0);
    }
  });
});

Deno.test("hotpath serve --quiet prints nothing", async () => {
  const port = freePort();
  await using program = new Program(MAIN, ["serve", "--quiet", "--port", `${port}`]);
  await untilServed(`http://127.0.0.1:${port}/health/live`);
  assertEquals(await program.stop("SIGINT"), { code: 0, lines: [], errors: "" });
});

Deno.test("hotpath serve --export-dir writes snapshots, the last one with all that was recorded", async () => {
  await withDirectory(async (directory) => {
    const permissions = ["--allow-read", `--allow-write=${directory}`, "--allow-net=127.0.0.1"];
    const args = ["serve", "--port", "0", "--export-dir", directory, "--export-interval-s", "1"];
    await using program = new Program(MAIN, args, { permissions });
    const url = await program.url();
    await pollText(`${url}/metrics`, (text) => valueOf(text, "hotpath_records_total") > 0);
    const { code, lines, errors } = await program.stop("SIGINT");
    assertEquals([code, errors], [0, ""]);
    assert(lines.includes(`Snapshots are written to ${directory} every 1 s`));
    const names = (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name).toSorted();
    assertGreaterOrEqual(names.length, 2);
    const last = JSON.parse(await Deno.readTextFile(`${directory}/${names.at(-1)}`));
    assertStringIncludes(lines.at(-1) ?? "", `${last.meta.recorded.toLocaleString("en")} records`);
  });
});

Deno.test("hotpath serve writes no more snapshots once the administrator has switched that off", async () => {
  await withDirectory(async (directory) => {
    const permissions = [
      "--allow-read",
      `--allow-write=${directory}`,
      "--allow-net=127.0.0.1",
      "--allow-env=METRICS_ADMIN_TOKEN",
    ];
    const args = ["serve", "--port", "0", "--no-demo", "--export-dir", directory, "--export-interval-s", "86400"];
    await using program = new Program(MAIN, args, { permissions, env: { METRICS_ADMIN_TOKEN: "t0ken" } });
    const url = await program.url();
    const names = async () => (await Array.fromAsync(Deno.readDir(directory))).map(({ name }) => name);
    // The one at the start.
    while (!(await names()).some((name) => name.endsWith("Z.json"))) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const response = await fetch(`${url}/admin/settings`, {
      method: "PATCH",
      headers: { authorization: "Bearer t0ken", "content-type": "application/json" },
      body: '{ "exportEnabled": false }',
    });
    assertEquals([response.status, (await response.json()).exportEnabled], [200, false]);
    assertEquals((await program.stop("SIGINT")).code, 0);
    assertEquals((await names()).length, 1);
  });
});

Deno.test("hotpath serve takes objectives and whether and how often to export from the file", async () => {
  await withDirectory(async (directory) => {
    const file = `${directory}/hotpath.yaml`;
    const settings = "export_enabled: true, export_interval_s: 3, sla_thresholds: { order_fill: 2ms }";
    await Deno.writeTextFile(file, `metrics: { ${settings} }`);
    const permissions = ["--allow-read", `--allow-write=${directory}`, "--allow-net=127.0.0.1"];
    const args = ["serve", "--port", "0", "--config", file, "--export-dir", `${directory}/out`];
    await using program = new Program(MAIN, args, { permissions });
    const text = await pollText(`${await program.url()}/metrics`, (text) => text.includes("order_fill_slo"));
    assertMatch(text, /^order_fill_slo_violations_total \d+$/m);
    assertMatch(text, /^order_execution_slo_violations_total\{.*strategy="crossover-rsi"\} \d+$/m);
    const { code, lines } = await program.stop("SIGINT");
    assertEquals(code, 0);
    assert(lines.includes(`Snapshots are written to ${directory}/out every 3 s`));
  });
});

Deno.test("hotpath serve continues where snapshots cannot be written, and reports it", async () => {
  const directory = await Deno.makeTempFile();
  try {
    const permissions = ["--allow-read", "--allow-write", "--allow-net=127.0.0.1"];
    const args = ["serve", "--port", "0", "--no-demo", "--export-dir", directory];
    await using program = new Program(MAIN, args, { permissions });
    await pollText(`${await program.url()}/metrics`, (text) => text !== "");
    const { code, errors } = await program.stop("SIGINT");
    assertEquals(code, 0);
    // At the start and at the end.
    const reports = errors.trimEnd().split("\n");
    assertEquals(reports.length, 2);
    for (const report of reports) assertStringIncludes(report, `hotpath: Cannot write a snapshot to ${directory}: `);
  } finally {
    await Deno.remove(directory);
  }
});

Deno.test("hotpath serve takes the port of the environment, and flags before it", async () => {
  const env = { OTEL_EXPORTER_PROMETHEUS_HOST: "127.0.0.1", OTEL_EXPORTER_PROMETHEUS_PORT: "0" };
  await using byEnvironment = new Program(MAIN, ["serve", "--no-demo"], { env });
  assertMatch(await byEnvironment.url(), /^http:\/\/127\.0\.0\.1:(?!9464$)\d+$/);
  assertEquals((await byEnvironment.stop("SIGINT")).code, 0);

  const bad = { OTEL_EXPORTER_PROMETHEUS_HOST: "192.0.2.1", OTEL_EXPORTER_PROMETHEUS_PORT: "http" };
  await using byFlags = new Program(MAIN, ["serve", "--no-demo", "--host", "127.0.0.1", "--port=0"], { env: bad });
  assertMatch(await byFlags.url(), /^http:\/\/127\.0\.0\.1:\d+$/);
  assertEquals((await byFlags.stop("SIGINT")).code, 0);
});

Deno.test("hotpath serve --auth-token-file --cert --key serves HTTPS to who has the token, and shows it nowhere", async () => {
  await withDirectory(async (directory) => {
    const token = `${directory}/token`;
    await Deno.writeTextFile(token, "s3cret\n");
    const tls = ["--cert", "tests/serve/tls/cert.pem", "--key", "tests/serve/tls/key.pem"];
    const permissions = ["--allow-read", "--allow-net=127.0.0.1"];
    const args = ["serve", "--no-demo", "--port", "0", "--auth-token-file", token, ...tls];
    await using program = new Program(MAIN, args, { permissions });
    const url = await program.url();
    assertMatch(url, /^https:\/\/127\.0\.0\.1:\d+$/);
    using client = Deno.createHttpClient({ caCerts: [await Deno.readTextFile(CA)] });
    for (const [headers, status] of [[{}, 401], [{ authorization: "Bearer s3cret" }, 200]] as const) {
      const response = await fetch(`${url}/metrics`, { client, headers });
      await response.body?.cancel();
      assertEquals(response.status, status);
    }
    const { code, lines, errors } = await program.stop("SIGINT");
    assertEquals([code, errors, lines.join().includes("s3cret")], [0, "", false]);
  });
});

Deno.test("hotpath serve reports in one line a wrong file for TLS or the token", async () => {
  const permissions = ["--allow-read", "--allow-net=127.0.0.1"];
  const endings: [args: string[], code: number, says: string][] = [
    [["--cert", "cert.pem"], 2, "--cert and --key must be given together (see hotpath serve --help)"],
    [
      ["--auth-token-file", "missing"],
      1,
      "Cannot serve metrics: cannot read the token file missing: there is no such file",
    ],
    [
      ["--cert", "tests/serve/tls/cert.pem", "--key", "tests/serve/tls/other_key.pem"],
      1,
      "Cannot serve metrics: the key tests/serve/tls/other_key.pem does not belong to the certificate " +
      "tests/serve/tls/cert.pem",
    ],
  ];
  for (const [args, code, says] of endings) {
    await using program = new Program(MAIN, ["serve", "--no-demo", "--port", "0", ...args], { permissions });
    assertEquals(await program.end(), { code, lines: [], errors: `hotpath: ${says}\n` });
  }
});

Deno.test("hotpath serve reads no variable but those it names, so that no terminal asks for more", async () => {
  const log = await Deno.makeTempFile();
  try {
    const env = { DENO_AUDIT_PERMISSIONS: log };
    await using program = new Program(MAIN, ["serve", "--port", "0"], { env });
    await program.url();
    await program.stop("SIGINT");
    const entries = (await Deno.readTextFile(log)).trimEnd().split("\n").map((line) => JSON.parse(line));
    const variables = entries.filter(({ permission }) => permission === "env").map(({ value }) => value);
    const known = Object.values(SETTINGS as Record<string, Setting<unknown>>).flatMap(variablesOf);
    // The port is a flag, and where traces go is of no interest without traces.
    const unread =
      /^OTEL_(EXPORTER_PROMETHEUS_PORT|EXPORTER_OTLP_.*|EXPORTER_ZIPKIN_ENDPOINT|TRACES_EXPORTER|SERVICE_NAME)$/;
    assertEquals(variables.toSorted(), known.toSorted().filter((name) => !unread.test(name)));
  } finally {
    await Deno.remove(log);
  }
});

async function untilServed(url: string): Promise<void> {
  for (let attempts = 1_000; attempts > 0; attempts--) {
    try {
      return await (await fetch(url)).body?.cancel();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error(`Cannot reach ${url}`);
}

Deno.test(
  "hotpath serve stops while it still waits for its settings",
  { ignore: Deno.build.os === "windows" },
  async () => {
    await withDirectory(async (directory) => {
      const pipe = `${directory}/settings.yaml`;
      await new Deno.Command("mkfifo", { args: [pipe] }).output();
      await using program = new Program(MAIN, ["serve", "--config", pipe], { permissions: ["--allow-read"] });
      // Opens once the program reads.
      using _writer = await Deno.open(pipe, { write: true });
      assertEquals(await program.stop("SIGTERM"), { code: 0, lines: [], errors: "" });
    });
  },
);
