/**
 * Smoke test of a program that serves metrics: starts it, waits until it is ready, requests some addresses, scrapes it,
 * and stops it. Ends with 1 if the program does not start or stop properly, is unwell, or lost anything that it recorded.
 *
 * Run it with
 * `deno run --allow-net=127.0.0.1 --allow-run=deno examples/continuous_integration/smoke.ts METRICS_URL [URL…] -- COMMAND…`.
 *
 * @module
 */

const START_MS = 30_000;
const STOP_MS = 15_000;
const POLL_MS = 50;
/** Counters that must be 0 after so little load, in all of their series. */
const LOSSES = ["records_dropped", "records_rejected", "records_lost", "series_overflowed", "aggregator_restarts"]
  .map((name) => `hotpath_${name}_total`);

const separator = Deno.args.indexOf("--");
const [metricsUrl, ...urls] = Deno.args.slice(0, separator);
const [command, ...args] = Deno.args.slice(separator + 1);
if (separator < 1 || command === undefined) {
  console.error("usage: smoke.ts METRICS_URL [URL…] -- COMMAND…");
  Deno.exit(2);
}

const program = new Deno.Command(command, { args, stdin: "null" }).spawn();
let hasEnded = false;
const ended = program.status.then((status) => {
  hasEnded = true;
  return status;
});
const problems = await check();
if (!hasEnded) problems.push(...await stop());
for (const problem of problems) console.error(`smoke: ${problem}`);
console.log(problems.length === 0 ? "smoke: passed" : `smoke: failed`);
Deno.exit(problems.length === 0 ? 0 : 1);

/** Returns the problems of the running program. */
async function check(): Promise<string[]> {
  if (!await isReady()) return [`the program was not ready after ${START_MS / 1_000} s, or ended`];
  const problems: string[] = [];
  for (const url of urls) {
    const { status, text } = await get(url);
    console.log(`smoke: ${url} answered ${status}, ${text.length} characters`);
    if (status >= 500) problems.push(`${url} answered ${status}`);
  }
  const health = await get(`${metricsUrl}/health`);
  if (health.status !== 200) problems.push(`/health answered ${health.status}: ${health.text}`);
  const { status, text } = await get(`${metricsUrl}/metrics`);
  if (status !== 200) return [...problems, `/metrics answered ${status}`];
  const series = seriesOf(text);
  console.log(`smoke: scraped ${series.length} series`);
  for (const loss of LOSSES) {
    const found = series.filter(({ name }) => name === loss);
    if (found.length === 0) problems.push(`${loss} is not exposed`);
    for (const { line, value } of found) if (value !== 0) problems.push(line);
  }
  return problems;
}

/** Waits until the program is ready; returns `false` if it ends or takes too long. */
async function isReady(): Promise<boolean> {
  for (const endMs = performance.now() + START_MS; !hasEnded && performance.now() < endMs;) {
    try {
      if ((await get(`${metricsUrl}/health/ready`)).status === 200) return !hasEnded;
    } catch {
      // It does not listen yet.
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}

/** Stops the program as Kubernetes does. */
async function stop(): Promise<string[]> {
  program.kill("SIGTERM");
  const timer = setTimeout(() => program.kill("SIGKILL"), STOP_MS);
  const { code, signal } = await ended;
  clearTimeout(timer);
  return code === 0 ? [] : [`the program ended with ${signal ?? code} after SIGTERM`];
}

async function get(url: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(START_MS) });
  return { status: response.status, text: await response.text() };
}

function seriesOf(exposition: string): { name: string; line: string; value: number }[] {
  return exposition.split("\n").filter((line) => line !== "" && !line.startsWith("#")).map((line) => {
    return { name: line.split(/[{ ]/, 1)[0], line, value: Number(line.slice(line.lastIndexOf(" ") + 1)) };
  });
}
