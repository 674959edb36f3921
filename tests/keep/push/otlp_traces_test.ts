import { assertEquals } from "@std/assert";
import { OtlpTraceExporter, type OtlpTraceOptions } from "../../../src/keep/push/otlp_traces.ts";
import { runScript } from "../../_support/subprocess.ts";
import { encodeTraceAnswer } from "../../_support/keep/push/otlp_decoder.ts";
import { type Answer, ManualTimers, OtlpReceiver, until } from "../../_support/keep/push/otlp_receiver.ts";
import { spanOf, spansOf } from "../../_support/keep/push/spans.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5);
const NONE = { queue_full: 0, rejected: 0, failed: 0 };

/** An exporter whose time the test lets pass, and whose delays are three quarters of what they may be. */
function exporterTo(endpoint: string, options: Partial<OtlpTraceOptions> = {}) {
  const timers = new ManualTimers();
  const exporter = new OtlpTraceExporter(
    { endpoint, resource: { "service.name": "trader" }, ...options },
    { timers, nowMs: () => NOW_MS, random: () => 0.5 },
  );
  return { exporter, timers };
}

function namesIn({ spans }: OtlpReceiver): (string | undefined)[] {
  return spans.map(({ name }) => name);
}

function namesOf(count: number): string[] {
  return spansOf(count).map(({ name }) => name);
}

function status(status: number, headers: Record<string, string> = {}): Answer {
  return () => new Response("why", { status, headers });
}

/** An answer that the test releases. */
function heldAnswer(): { readonly answer: Answer; readonly give: () => void } {
  const { promise, resolve } = Promise.withResolvers<Response>();
  return { answer: () => promise, give: () => resolve(Response.json({})) };
}

/** An address without a listener. */
async function deadUrl(): Promise<string> {
  const receiver = new OtlpReceiver();
  await receiver[Symbol.asyncDispose]();
  return receiver.url;
}

Deno.test("OtlpTraceExporter sends what was added within an interval in one request", async () => {
  await using receiver = new OtlpReceiver();
  const { exporter, timers } = exporterTo(receiver.url);
  for (const span of spansOf(3)) exporter.add(span);
  timers.advance(4_999);
  assertEquals([receiver.requests.length, timers.delaysMs], [0, [1]]);
  timers.advance(1);
  await until(() => exporter.counts.exported === 3);
  assertEquals([receiver.requests.length, namesIn(receiver)], [1, namesOf(3)]);
  assertEquals(exporter.counts, { exported: 3, dropped: NONE, retries: 0 });
  // Nothing waits, so nothing is timed.
  assertEquals(timers.delaysMs, []);
  exporter.add(spanOf(3));
  timers.advance(5_000);
  await until(() => exporter.counts.exported === 4);
  await exporter.close();
});

Deno.test("OtlpTraceExporter sends a full batch at once, and lets the rest wait", async () => {
  await using receiver = new OtlpReceiver();
  const { exporter, timers } = exporterTo(receiver.url, { batchMax: 2 });
  for (const span of spansOf(5)) exporter.add(span);
  await until(() => exporter.counts.exported === 4);
  assertEquals(receiver.requests.length, 2);
  timers.advance(5_000);
  await until(() => exporter.counts.exported === 5);
  assertEquals(namesIn(receiver), namesOf(5));
  await exporter.close();
});

Deno.test("OtlpTraceExporter sends one request at a time, however many are requested", async () => {
  const held = heldAnswer();
  await using receiver = new OtlpReceiver(held.answer);
  const { exporter, timers } = exporterTo(receiver.url, { batchMax: 2 });
  for (const span of spansOf(6)) exporter.add(span);
  await until(() => receiver.requests.length === 1);
  timers.advance(5_000);
  const flushes = [exporter.flush(), exporter.flush()];
  held.give();
  await Promise.all([...flushes, exporter.close()]);
  assertEquals([receiver.openMax, receiver.requests.length, namesIn(receiver)], [1, 3, namesOf(6)]);
});

Deno.test("OtlpTraceExporter posts JSON with its headers to the path of traces, or to the one that is given", async () => {
  await using receiver = new OtlpReceiver();
  const headers = { "api-key": "s3cret", "content-type": "text/plain" };
  for (const path of ["", "/", "/v1/traces", "/otlp/traces?tenant=1"]) {
    const { exporter } = exporterTo(receiver.url + path, { headers });
    exporter.add(spanOf(0));
    await exporter.close();
    assertEquals(exporter.counts.exported, 1);
  }
  const outlines = receiver.requests.map(({ method, path, headers }) => [
    method,
    path,
    headers.get("content-type"),
    headers.get("api-key"),
  ]);
  const outline = (path: string) => ["POST", path, "application/json", "s3cret"];
  assertEquals(outlines, ["/v1/traces", "/v1/traces", "/v1/traces", "/otlp/traces"].map(outline));
  assertEquals(receiver.requests[0].message.resourceSpans[0].resource.attributes, [
    { key: "service.name", value: { stringValue: "trader" } },
  ]);
});

Deno.test("OtlpTraceExporter drops and counts what does not fit into the queue, what is under way in it", async () => {
  const held = heldAnswer();
  await using receiver = new OtlpReceiver(held.answer);
  const { exporter } = exporterTo(receiver.url, { queueMax: 4, batchMax: 2 });
  for (const span of spansOf(10)) exporter.add(span);
  assertEquals(exporter.counts.dropped, { ...NONE, queue_full: 6 });
  held.give();
  await exporter.flush();
  exporter.add(spanOf(4));
  await exporter.close();
  assertEquals(namesIn(receiver), namesOf(5));
  assertEquals(exporter.counts, { exported: 5, dropped: { ...NONE, queue_full: 6 }, retries: 0 });
});

Deno.test("OtlpTraceExporter sends the same batch again, later each time, until it is taken", async () => {
  const statuses = [429, 502, 503, 504].map((each) => status(each));
  await using receiver = new OtlpReceiver(...statuses);
  const { exporter, timers } = exporterTo(receiver.url, { retryLongestMs: 3_000 });
  exporter.add(spanOf(0));
  const flushed = exporter.flush();
  for (const [attempts, delayMs] of [750, 1_500, 2_250, 2_250].entries()) {
    await until(() => timers.delaysMs.includes(delayMs));
    assertEquals([receiver.requests.length, exporter.counts.retries], [attempts + 1, attempts]);
    assertEquals(exporter.lastFailure, `status ${[429, 502, 503, 504][attempts]}`);
    // What comes meanwhile waits behind it.
    if (attempts === 0) exporter.add(spanOf(1));
    timers.advance(delayMs);
  }
  await flushed;
  assertEquals([exporter.counts.exported, exporter.counts.retries, exporter.lastFailure], [1, 4, undefined]);
  await exporter.close();
  assertEquals(namesIn(receiver), ["span 0", "span 0", "span 0", "span 0", "span 0", "span 1"]);
  assertEquals(exporter.counts, { exported: 2, dropped: NONE, retries: 4 });
});

Deno.test("OtlpTraceExporter retries where nothing listens, and gives up after a while", async () => {
  const { exporter, timers } = exporterTo(await deadUrl(), { retriesMax: 2 });
  exporter.add(spanOf(0));
  const flushed = exporter.flush();
  for (const delayMs of [750, 1_500]) {
    await until(() => timers.delaysMs.includes(delayMs));
    timers.advance(delayMs);
  }
  await flushed;
  assertEquals(exporter.counts, { exported: 0, dropped: { ...NONE, failed: 1 }, retries: 2 });
  assertEquals(typeof exporter.lastFailure, "string");
  assertEquals(timers.delaysMs, [3_500 - 750]);
  await exporter.close();
  assertEquals(timers.delaysMs, []);
});

Deno.test("OtlpTraceExporter waits as long as it is asked to", async () => {
  const answers = [
    status(503, { "retry-after": "7" }),
    status(429, { "retry-after": "Fri, 02 Jan 2026 03:04:14 GMT" }),
    status(503, { "retry-after": "3600" }),
    status(503, { "retry-after": "whenever" }),
  ];
  await using receiver = new OtlpReceiver(...answers);
  const { exporter, timers } = exporterTo(receiver.url);
  exporter.add(spanOf(0));
  const flushed = exporter.flush();
  for (const delayMs of [7_000, 9_000, 300_000, 6_000]) {
    await until(() => timers.delaysMs.includes(delayMs));
    timers.advance(delayMs);
  }
  await flushed;
  assertEquals(exporter.counts, { exported: 1, dropped: NONE, retries: 4 });
  await exporter.close();
});

Deno.test("OtlpTraceExporter sends nothing again that was refused, and continues with the next batch", async () => {
  const statuses = [400, 401, 404, 413, 500, 501, 304];
  await using receiver = new OtlpReceiver(...statuses.map((each) => () => new Response(null, { status: each })));
  const { exporter } = exporterTo(receiver.url, { batchMax: 1 });
  for (const span of spansOf(statuses.length)) exporter.add(span);
  await exporter.flush();
  assertEquals(exporter.counts, { exported: 0, dropped: { ...NONE, failed: statuses.length }, retries: 0 });
  assertEquals(exporter.lastFailure, "status 304");
  exporter.add(spanOf(7));
  await exporter.close();
  assertEquals([exporter.counts.exported, exporter.lastFailure], [1, undefined]);
});

Deno.test("OtlpTraceExporter follows no redirect, because its headers are for one receiver", async () => {
  await using other = new OtlpReceiver();
  await using receiver = new OtlpReceiver(status(307, { location: `${other.url}/v1/traces` }));
  const { exporter } = exporterTo(receiver.url, { headers: { "api-key": "s3cret" } });
  exporter.add(spanOf(0));
  await exporter.close();
  assertEquals([other.requests.length, exporter.counts.dropped.failed], [0, 1]);
});

Deno.test("OtlpTraceExporter counts the spans that a receiver has rejected", async () => {
  const partial = (answer: Record<string, unknown>): Answer => () => new Response(encodeTraceAnswer(answer));
  const answers: [answer: Answer, rejected: number][] = [
    [partial({ partialSuccess: { rejectedSpans: "2", errorMessage: "too old" } }), 2],
    [partial({ partialSuccess: { rejectedSpans: "0", errorMessage: "deprecated" } }), 0],
    [partial({ partialSuccess: {} }), 0],
    [partial({}), 0],
    [() => Response.json({ partialSuccess: { rejectedSpans: 1 } }), 1],
    [() => Response.json({ partialSuccess: { rejectedSpans: 99 } }), 3],
    [() => Response.json({ partialSuccess: { rejectedSpans: -1, errorMessage: 5 } }), 0],
    [() => Response.json({ partialSuccess: { rejectedSpans: "many" } }), 0],
    [() => Response.json({ partialSuccess: 5 }), 0],
    [() => Response.json(null), 0],
    [() => Response.json("fine"), 0],
    [() => new Response("no JSON"), 0],
    [() => new Response(null, { status: 204 }), 0],
  ];
  await using receiver = new OtlpReceiver(...answers.map(([answer]) => answer));
  const { exporter } = exporterTo(receiver.url, { batchMax: 3 });
  let [exported, rejected] = [0, 0];
  const failures: (string | undefined)[] = [];
  for (const [i, [, expected]] of answers.entries()) {
    for (const span of spansOf(3)) exporter.add(span);
    await exporter.flush();
    [exported, rejected] = [exported + 3 - expected, rejected + expected];
    assertEquals(exporter.counts, { exported, dropped: { ...NONE, rejected }, retries: 0 }, `answer ${i}`);
    failures.push(exporter.lastFailure);
  }
  assertEquals(failures.slice(0, 3), ["too old", "deprecated", undefined]);
  await exporter.close();
});

Deno.test("OtlpTraceExporter sends nothing twice that was taken, whatever becomes of the answer's body", async () => {
  let isCancelled = false;
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    cancel: () => void (isCancelled = true),
  });
  const broken = new ReadableStream({ pull: () => Promise.reject(new Error("broken")) });
  const bodies = [endless, broken];
  const timers = new ManualTimers();
  const exporter = new OtlpTraceExporter(
    { endpoint: "http://collector", resource: {}, batchMax: 1 },
    { timers, fetch: () => Promise.resolve(new Response(bodies.shift())) },
  );
  for (const span of spansOf(2)) exporter.add(span);
  await exporter.close();
  assertEquals(exporter.counts, { exported: 2, dropped: NONE, retries: 0 });
  assertEquals([isCancelled, bodies.length], [true, 0]);
});

Deno.test("OtlpTraceExporter waits for no answer longer than its time-out", async () => {
  const [silent, late] = [heldAnswer(), heldAnswer()];
  await using receiver = new OtlpReceiver(silent.answer, late.answer);
  const { exporter, timers } = exporterTo(receiver.url);
  exporter.add(spanOf(0));
  const flushed = exporter.flush();
  await until(() => receiver.requests.length === 1);
  timers.advance(10_000);
  await until(() => timers.delaysMs.includes(750));
  assertEquals(exporter.lastFailure, "no response within 10000 ms");
  timers.advance(750);
  await until(() => receiver.requests.length === 2);
  late.give();
  await flushed;
  assertEquals(exporter.counts, { exported: 1, dropped: NONE, retries: 1 });
  await exporter.close();
  silent.give();
});

Deno.test("OtlpTraceExporter sends what waits when it is closed, and takes no more", async () => {
  await using receiver = new OtlpReceiver();
  const { exporter, timers } = exporterTo(receiver.url, { batchMax: 2 });
  exporter.add(spanOf(0));
  const closed = [exporter.close(), exporter.close()];
  exporter.add(spanOf(1));
  await Promise.all(closed);
  await exporter.flush();
  assertEquals([namesIn(receiver), timers.delaysMs], [["span 0"], []]);
  assertEquals(exporter.counts, { exported: 1, dropped: { ...NONE, failed: 1 }, retries: 0 });
});

Deno.test("OtlpTraceExporter tries once more what waits for its next attempt when it is closed", async () => {
  await using receiver = new OtlpReceiver(status(503), status(503), status(503));
  const { exporter, timers } = exporterTo(receiver.url, { batchMax: 1 });
  for (const span of spansOf(3)) exporter.add(span);
  await until(() => timers.delaysMs.includes(750));
  await exporter.close();
  assertEquals(namesIn(receiver), ["span 0", "span 0", "span 1", "span 2"]);
  assertEquals(exporter.counts, { exported: 1, dropped: { ...NONE, failed: 2 }, retries: 1 });
});

Deno.test("OtlpTraceExporter closes in time without any response", async () => {
  const silent = heldAnswer();
  await using receiver = new OtlpReceiver(silent.answer);
  const { exporter, timers } = exporterTo(receiver.url, { batchMax: 1, timeoutMs: 1_000 });
  exporter.add(spanOf(0));
  exporter.add(spanOf(1));
  await until(() => receiver.requests.length === 1);
  const closed = exporter.close();
  timers.advance(1_000);
  await closed;
  assertEquals([receiver.requests.length, timers.delaysMs], [1, []]);
  assertEquals(exporter.counts, { exported: 0, dropped: { ...NONE, failed: 2 }, retries: 0 });
  silent.give();
});

Deno.test("OtlpTraceExporter sends huge batches", async () => {
  await using receiver = new OtlpReceiver();
  const { exporter } = exporterTo(receiver.url, { queueMax: 6_000, batchMax: 4_000 });
  const labels = { pair: "BTC-USD", note: "x".repeat(1_000) };
  for (let number = 0; number < 6_000; number++) exporter.add(spanOf(number, { labels }));
  await exporter.close();
  assertEquals(receiver.requests.length, 2);
  assertEquals(exporter.counts, { exported: 6_000, dropped: NONE, retries: 0 });
  assertEquals(new Set(receiver.spans.map(({ spanId }) => spanId)).size, 6_000);
});

Deno.test("OtlpTraceExporter drops and counts a span without sensible times, which would cost all its batch", async () => {
  await using receiver = new OtlpReceiver();
  const { exporter } = exporterTo(receiver.url);
  exporter.add(spanOf(0));
  exporter.add(spanOf(1, { startMs: NaN }));
  exporter.add(spanOf(2, { durationSeconds: -1 }));
  await exporter.close();
  assertEquals([namesIn(receiver), exporter.counts.dropped], [["span 0"], { ...NONE, failed: 2 }]);
});

const IMPORTS = `
  import { OtlpTraceExporter } from ${JSON.stringify(import.meta.resolve("../../../src/keep/push/otlp_traces.ts"))};
  import { spanOf } from ${JSON.stringify(import.meta.resolve("../../_support/keep/push/spans.ts"))};`;

Deno.test("OtlpTraceExporter keeps no program alive for spans that wait, for a batch or for the next attempt", async () => {
  const script = (endpoint: string) =>
    `${IMPORTS}
    const exporter = new OtlpTraceExporter({ endpoint: ${JSON.stringify(endpoint)}, resource: {}, batchMax: 2 });
    for (const number of [0, 1, 2]) exporter.add(spanOf(number));`;
  const url = await deadUrl();
  assertEquals(await runScript(script(url), ["--allow-read", "--allow-net=127.0.0.1"]), {
    code: 0,
    stdout: "",
    stderr: "",
  });
});

Deno.test("OtlpTraceExporter gives up without a prompt where it lacks the permission", async () => {
  const script = `${IMPORTS}
    for (const endpoint of ["http://127.0.0.1:4318", "https://[::1]"]) {
      const exporter = new OtlpTraceExporter({ endpoint, resource: {} });
      exporter.add(spanOf(0));
      await exporter.flush();
      console.log(JSON.stringify([exporter.counts.dropped.failed, exporter.counts.retries, exporter.lastFailure]));
    }`;
  const { code, stdout, stderr } = await runScript(script, ["--allow-read", "--allow-net=127.0.0.1:80"]);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(stdout.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    [1, 0, "permission is missing, run with --allow-net=127.0.0.1:4318"],
    [1, 0, "permission is missing, run with --allow-net=[::1]:443"],
  ]);
});

Deno.test("OtlpTraceExporter keeps its headers where printing does not find them", () => {
  const { exporter } = exporterTo("http://collector", { headers: { "api-key": "s3cret" } });
  assertEquals(Deno.inspect(exporter, { depth: 10, showHidden: true }).includes("s3cret"), false);
});
