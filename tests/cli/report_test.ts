import { assert, assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { withDirectory } from "../_support/directory.ts";
import { freePort, pollText, Program, type ProgramOptions } from "../_support/cli/program.ts";

const MAIN = "src/cli/main.ts";

interface Answer {
  readonly code: number;
  readonly text: string;
  readonly errors: string;
}

async function report(args: readonly string[], options?: ProgramOptions): Promise<Answer> {
  await using program = new Program(MAIN, ["report", ...args], options);
  const { code, lines, errors } = await program.end();
  return { code, text: lines.join("\n"), errors };
}

/** Runs the report on a server with one answer to everything. */
async function reportOf(body: string, status: number = 200, args: readonly string[] = []): Promise<Answer> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(body, { status }),
  );
  try {
    return await report(["--url", `http://127.0.0.1:${server.addr.port}`, ...args]);
  } finally {
    await server.shutdown();
  }
}

/** Expects one line that says why, nothing that upsets a terminal, and no stack trace. */
function assertFailed({ code, text, errors }: Answer, reason: string): void {
  assertEquals([code, text], [1, ""]);
  assertStringIncludes(errors, reason);
  // deno-lint-ignore no-control-regex
  assertMatch(errors, /^hotpath: [^\x00-\x1f\x7f-\x9f]*\n$/);
  assertNotMatch(errors, /\bat .*:\d+:\d+/);
}

Deno.test("hotpath report prints the metrics of a server", async () => {
  await using server = new Program(MAIN, ["serve", "--port", "0", "--candles-per-second", "2000"]);
  const url = await server.url();
  await pollText(`${url}/metrics`, (text) => text.includes("order_fill_seconds_count"));
  for (const address of [url, `${url}/`]) {
    const { code, text, errors } = await report(["--url", address]);
    assertEquals([code, errors], [0, ""]);
    assertMatch(text, /^Hotpath at \S+, up [\d.]+ \S+: [\d,]+ records, 0 dropped\n/);
    assertMatch(text, /\nTIMERS AND HISTOGRAMS +COUNT +RATE +P50 +P95 +P99 +P99.9 +SLO\n/);
    assertMatch(text, /\ncandle_processing_seconds +[\d,]+ +[\d.,]+\/s( +[\d.]+ (ns|µs|ms|s)){4} {2}\S/);
    assertMatch(text, /\ncandles_total +[\d,]+ {2}counter/);
  }
  await server.stop("SIGINT");
});

Deno.test("hotpath report keeps a path before the route", async () => {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    asked.push(new URL(request.url).pathname);
    return new Response("no", { status: 404 });
  });
  const { code } = await report(["--url", `http://127.0.0.1:${server.addr.port}/internal/`]);
  await server.shutdown();
  assertEquals([code, asked], [1, ["/internal/metrics.json"]]);
});

Deno.test("hotpath report sends credentials, and never shows them", async () => {
  const asked: (string | null)[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    asked.push(request.headers.get("authorization"));
    return new Response("no", { status: 401 });
  });
  const { port } = server.addr;
  await withDirectory(async (directory) => {
    const file = `${directory}/token`;
    const options = { permissions: [`--allow-read=.,${directory}`, "--allow-net=127.0.0.1"] };
    await Deno.writeTextFile(file, "t0ken\n");
    assertFailed(await report(["--url", `http://127.0.0.1:${port}`, "--auth-token-file", file], options), "401");
    const basic = await report(["--url", `http://me:p%40ss%@127.0.0.1:${port}`], options);
    assertFailed(basic, `Cannot read http://127.0.0.1:${port}/metrics.json: the answer is 401`);
    await Deno.writeTextFile(file, "two\nlines");
    assertFailed(await report(["--auth-token-file", file], options), "it must be one line of visible ASCII");
    assertFailed(await report(["--auth-token-file", `${file}s`], options), "there is no such file");
    const unusable = await report(["--url", "ftp://me:secret@127.0.0.1"], options);
    assertEquals([unusable.code, unusable.errors.includes("secret")], [2, false]);
  });
  await server.shutdown();
  assertEquals(asked, ["Bearer t0ken", `Basic ${btoa("me:p%40ss%")}`]);
});

Deno.test("hotpath report reports that no server answers", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const answer = await report(["--url", `http://127.0.0.1:${port}`]);
  const url = `http://127.0.0.1:${port}`;
  const reason = `nothing listens at ${url}: start the program, or give the address of another by --url`;
  assertFailed(answer, `Cannot reach ${url}/metrics.json: ${reason}`);
});

Deno.test("hotpath report names the missing permission", async () => {
  const answer = await report([], { permissions: ["--allow-read=."] });
  assertFailed(answer, "permission is missing, run with --allow-net=127.0.0.1:9464");
});

Deno.test("hotpath report reports that the answer is an error", async () => {
  assertFailed(await reportOf("\x1b[2J", 503), "the answer is 503");
});

Deno.test("hotpath report says what to do about an answer of another server, or of one with credentials", async () => {
  assertFailed(await reportOf("no", 401), "the answer is 401; give --auth-token-file FILE, or user:password@ in --url");
  assertFailed(await reportOf("no", 404), "the answer is 404; --url must be the address below which Hotpath serves");
});

const HEAD = { timestamp: "2026-01-02T03:04:05.678Z", uptimeSeconds: 1, meta: { recorded: 0, dropped: 0 } };

function withSeries(type: string, series: unknown): string {
  return JSON.stringify({ ...HEAD, metrics: [{ name: "a", type, unit: "", series: [series] }] });
}

const NO_SNAPSHOTS: readonly [body: string, reason: string][] = [
  ["\x1b[2J<html>", "answer must be JSON"],
  ["[]", "answer must be an object"],
  ["{}", "answer.timestamp must be a string"],
  [JSON.stringify({ ...HEAD, meta: {} }), "answer.meta.recorded must be a finite number"],
  [JSON.stringify({ ...HEAD, metrics: {} }), "answer.metrics must be an array"],
  [withSeries("\x1b[2J", {}), 'answer.metrics[0].type must be "counter", "gauge", "histogram" or "summary"'],
  [withSeries("gauge", { labels: {}, value: "1" }), "answer.metrics[0].series[0].value must be a finite number"],
  [
    withSeries("gauge", { labels: { "\x1b[2J": 1 }, value: 1 }),
    "each of answer.metrics[0].series[0].labels must be a string",
  ],
  [
    withSeries("histogram", { labels: {}, count: 1, quantiles: {}, windows: { "\x9b2J": { rate: 1 } } }),
    "answer.metrics[0].series[0].windows must have durations as names",
  ],
  [
    withSeries("histogram", { labels: {}, count: 1, quantiles: {}, windows: {}, slo: { target: 1 } }),
    "answer.metrics[0].series[0].slo.thresholdSeconds must be a finite number",
  ],
];

for (const [body, reason] of NO_SNAPSHOTS) {
  Deno.test(`hotpath report refuses an answer where ${reason}`, async () => {
    assertFailed(await reportOf(body), `/metrics.json as a snapshot of Hotpath: ${reason}`);
  });
}

const TIMER_SERIES = { count: 1, sum: 1, min: 1, max: 1, mean: 1, windows: {}, bucketCounts: [] };
const SHOP = {
  ...HEAD,
  uptimeSeconds: 5_400,
  meta: { recorded: 12_345_678, dropped: 0 },
  metrics: [
    {
      ...{ name: "fast_seconds", type: "histogram", unit: "seconds", help: "" },
      series: [{ ...TIMER_SERIES, labels: {}, quantiles: { "0.5": 0.001, "0.99": 0.002 } }],
    },
    {
      ...{ name: "slow_seconds", type: "histogram", unit: "seconds", help: "" },
      series: [{ ...TIMER_SERIES, labels: { queue: "a" }, quantiles: { "0.5": 0.5, "0.99": 90 } }],
    },
    {
      name: "sent_bytes_total",
      type: "counter",
      unit: "bytes",
      help: "",
      series: [{ labels: {}, value: 3 * 2 ** 20 }],
    },
    { name: "orders_total", type: "counter", unit: "", help: "", series: [{ labels: {}, value: 12_345_678 }] },
    { name: "usage_ratio", type: "gauge", unit: "ratio", help: "", series: [{ labels: {}, value: 0.25 }] },
  ],
};

Deno.test("hotpath report shows numbers in the units that people read", async () => {
  const { text } = await reportOf(JSON.stringify(SHOP));
  assertMatch(text, /, up 1.5 h: 12.3 M records, 0 dropped\n/);
  assertMatch(text, /\nslow_seconds\{queue="a"\} +1 +- +500 ms +- +1.5 min +/);
  assertMatch(text, /\nsent_bytes_total +3 MiB +counter\norders_total +12.3 M +counter\nusage_ratio +25 % +gauge$/);
});

Deno.test("hotpath report --filter shows series by name and labels", async () => {
  const namesOf = async (...args: string[]) => {
    const { text } = await reportOf(JSON.stringify(SHOP), 200, args);
    return [...text.matchAll(/^[a-z]+_\S+/gm)].map(([name]) => name);
  };
  assertEquals(await namesOf("--filter", "^orders|queue="), ['slow_seconds{queue="a"}', "orders_total"]);
  assertEquals(await namesOf("--filter=total$"), ["sent_bytes_total", "orders_total"]);
  const { text } = await reportOf(JSON.stringify(SHOP), 200, ["--filter", "none"]);
  assertMatch(text, /\nNo series matches \/none\/$/);
});

Deno.test("hotpath report --sort orders the rows of each table that has the column", async () => {
  const firstOf = async (column: string) => {
    const { text } = await reportOf(JSON.stringify(SHOP), 200, ["--sort", column]);
    return [...text.matchAll(/^(?:TIMERS|COUNTERS).*\n(\w+)/gm)].map(([, name]) => name);
  };
  assertEquals(await firstOf("p99"), ["slow_seconds", "sent_bytes_total"]);
  assertEquals(await firstOf("value"), ["fast_seconds", "orders_total"]);
  assertEquals(await firstOf("name"), ["fast_seconds", "orders_total"]);
});

Deno.test("hotpath report --json prints the snapshot as the server has it, and --filter selects series", async () => {
  const whole = await reportOf(JSON.stringify(SHOP), 200, ["--json"]);
  assertEquals([JSON.parse(whole.text), whole.errors], [SHOP, ""]);
  const { text } = await reportOf(JSON.stringify(SHOP), 200, ["--json", "--filter", "^slow"]);
  assertEquals(JSON.parse(text), { ...SHOP, metrics: [SHOP.metrics[1]] });
});

for (const isJson of [false, true]) {
  Deno.test(`hotpath report --watch${isJson ? " --json" : ""} prints again until SIGINT, and exits with 0`, async () => {
    let asked = 0;
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
      asked++;
      // Once it has answered, a server may fail for a while.
      return asked === 2 ? new Response("no", { status: 503 }) : Response.json({ ...SHOP, uptimeSeconds: asked });
    });
    const args = ["report", "--url", `http://127.0.0.1:${server.addr.port}`, "--watch", "0.1"];
    await using program = new Program(MAIN, isJson ? [...args, "--json"] : args);
    const uptimes: string[] = [];
    while (uptimes.length < 3) {
      const line = await program.line();
      assert(line !== undefined);
      const uptime = isJson ? JSON.parse(line).uptimeSeconds : /, up (\d+) s:/.exec(line)?.[1];
      if (uptime !== undefined) uptimes.push(`${uptime}`);
    }
    const { code, errors } = await program.stop("SIGINT");
    assertEquals([code, uptimes], [0, ["1", "3", "4"]]);
    assertMatch(errors, /^hotpath: Cannot read \S+: the answer is 503; trying again\n$/);
  });
}

Deno.test("hotpath report --watch ends when nothing reads its output any more", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => Response.json(SHOP),
  );
  const args = ["report", "--url", `http://127.0.0.1:${server.addr.port}`, "--watch", "0.1"];
  await using program = new Program(MAIN, args);
  await program.line();
  await program.closeOutput();
  assertEquals(await program.end(), { code: 0, lines: [], errors: "" });
});

Deno.test("hotpath report --watch without a server ends at once", async () => {
  const url = `http://127.0.0.1:${freePort()}`;
  assertFailed(await report(["--watch", "--url", url]), `nothing listens at ${url}: start the program`);
});

Deno.test("hotpath report refuses flags that cannot be meant", async () => {
  const refusals: readonly [args: string[], reason: string][] = [
    [["--filter", "("], '--filter must be a regular expression, got "(": Unterminated group'],
    [["--sort", "cuont"], 'did you mean "count"?'],
    [["--sort", "name", "--json"], "--json and --sort exclude each other"],
    [["--watch", "0"], '--watch must be a number from 0.1 to 86400, got "0"'],
    [["--watch=soon"], '--watch must be a number from 0.1 to 86400, got "soon"'],
  ];
  for (const [args, reason] of refusals) {
    const { code, errors } = await report(args);
    assertEquals(code, 2);
    assertStringIncludes(errors, `${reason} (see hotpath report --help)`);
  }
});

Deno.test("hotpath report shows a hostile snapshot by its codes", async () => {
  const { code, text, errors } = await reportOf(withSeries("gauge", { labels: { path: "\x1b[2J" }, value: 1 }));
  assertEquals([code, errors], [0, ""]);
  assertStringIncludes(text, String.raw`a{path="\u{1b}[2J"}`);
});
