/**
 * A bare `Deno.serve` whose requests are measured by path patterns, and a job from a queue that is measured as a request
 * explicitly. A second server, on the aggregator's thread, serves the metrics.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { instrumentHandler, measureRequest, serveMetrics } from "@hotpath/metrics/server";

await using metrics = createMetrics();
await using scrapes = await serveMetrics(metrics, { port: Number(Deno.args[1] ?? 9464) });

function answer(request: Request): Response {
  const { pathname } = new URL(request.url);
  const [, user] = pathname.match(/^\/users\/(\w+)$/) ?? [];
  return user === undefined ? new Response("not found", { status: 404 }) : new Response(`hello ${user}`);
}

// All paths that no pattern matches share the route "unmatched".
const handler = instrumentHandler(metrics, answer, { route: ["/users/:name"] });

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.args[0] ?? 8000),
  onListen: ({ hostname, port }) => console.log(`Listening on http://${hostname}:${port}, metrics on ${scrapes.url}`),
}, handler);

{
  using request = measureRequest(metrics, { method: "POST", route: "/jobs/:id" });
  request.end(202); // otherwise the end of the scope counts as status 500
}

for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => void server.shutdown());
await server.finished;
