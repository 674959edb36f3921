/**
 * Order service that uses each instrument once, and prints what was recorded.
 *
 * Run it with `deno run --allow-read=src examples/instruments/main.ts`.
 *
 * @module
 */

import { createMetrics, exponentialBuckets } from "@hotpath/metrics";

await using metrics = createMetrics();

const responses = metrics.counter("http_responses_total", { help: "Responses sent", labels: ["status"] });
const duration = metrics.timer("http_request_duration", {
  help: "Request to response",
  slo: { threshold: "100ms", target: 0.99 },
});
const bodySize = metrics.histogram("http_request_body", {
  help: "Size of request bodies",
  unit: "bytes",
  buckets: exponentialBuckets(16, 4, 4),
});
const items = metrics.summary("order_items", { help: "Items of an order", window: "1m", quantiles: [0.5, 0.95] });
const waiting: string[] = [];
metrics.gauge("orders_waiting", { help: "Orders not yet shipped", collect: () => waiting.length });
metrics.info("build", { version: "1.2.3", commit: "9fceb02" }, { help: "Build of the program" });

metrics.addEventListener("slobreach", ({ metric, violations }) => {
  console.log(`${metric}: ${violations} above the threshold`);
});

/** Accepts an order, such as `["tea", "cup"]`. */
async function handle(request: Request): Promise<Response> {
  using _span = duration.span(); // ends with the function, whatever it returns or throws
  const body = await request.text();
  bodySize.observe(body.length);
  const response = await order(body);
  responses.with({ status: response.status }).inc();
  return response;
}

async function order(body: string): Promise<Response> {
  try {
    const names = JSON.parse(body) as string[];
    items.observe(names.length);
    // A big order takes longer than the objective permits.
    if (names.length > 3) await new Promise((resolve) => setTimeout(resolve, 150));
    waiting.push(...names);
    return new Response("accepted", { status: 202 });
  } catch {
    return new Response("not JSON", { status: 400 });
  }
}

const bodies = ['["tea"]', '["tea","cup"]', '["tea","cup","jug","tin","spoon"]', "tea"];
for (const body of bodies) await handle(new Request("http://localhost/orders", { method: "POST", body }));
items.observe(NaN); // rejected and counted, never thrown

await metrics.flush();
console.log(await metrics.report());
const text = await metrics.scrape();
const shown = /^(http_request_body_bytes|hotpath_records_rejected_total\{reason="nan")/;
console.log(text.split("\n").filter((line) => shown.test(line)).join("\n"));
