/**
 * The requests of a bare `Deno.serve`, with routes by patterns; and work that comes from elsewhere, measured as a
 * request by hand.
 *
 * Run it with
 * `deno run --unstable-no-legacy-abort --allow-read=. --allow-net=127.0.0.1 examples/http/deno_serve.ts [PORT]`.
 * The first flag is for Deno 2, which otherwise warns once that it aborts the signals of answered requests too.
 *
 * @module
 */

import { createMetrics } from "@hotpath/metrics";
import { instrumentHandler, measureRequest, serveMetrics } from "@hotpath/metrics/server";

await using metrics = createMetrics();
await using scrapes = await serveMetrics(metrics, { port: 0 });

function answer(request: Request): Response {
  const { pathname } = new URL(request.url);
  const [, user] = pathname.match(/^\/users\/(\w+)$/) ?? [];
  return user === undefined ? new Response("not found", { status: 404 }) : new Response(`hello ${user}`);
}

// Paths that no pattern matches share the route "unmatched", so clients cannot create series by requesting them.
const handler = instrumentHandler(metrics, answer, { route: ["/users/:name"] });

const server = Deno.serve({
  hostname: "127.0.0.1",
  port: Number(Deno.args[0] ?? 0),
  onListen: ({ hostname, port }) => console.log(`Listening on http://${hostname}:${port}, metrics on ${scrapes.url}`),
}, handler);

{
  using request = measureRequest(metrics, { method: "POST", route: "/jobs/:id" });
  request.end(202); // without it, the scope ends as status 500
}

for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => void server.shutdown());
await server.finished;
