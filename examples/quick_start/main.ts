import { createMetrics } from "@hotpath/metrics";
import { serveMetrics } from "@hotpath/metrics/server";

const metrics = createMetrics();
const greetings = metrics.counter("greetings_total", { help: "Greetings sent" });
const duration = metrics.timer("greeting_duration", { help: "Time to make a greeting" });

Deno.serve({ hostname: "127.0.0.1", port: 8000 }, (request) => {
  const start = duration.start();
  const name = new URL(request.url).pathname.slice(1);
  const response = new Response(`Hello ${name}\n`);
  duration.end(start);
  greetings.inc();
  return response;
});

const { url } = await serveMetrics(metrics, { port: 9464 }); // listens on the aggregator's thread
console.log(`Metrics at ${url}/metrics`);
