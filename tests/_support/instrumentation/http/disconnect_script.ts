/**
 * A server whose handlers are slow, and a client that disconnects from the last of them; prints the counts. A script,
 * because what is detected depends on a flag of Deno, and Deno's warning is written once per process.
 */

import { createMetrics } from "../../../../mod.ts";
import { type HandlerOptions, instrumentHandler } from "../../../../src/server.ts";
import { errorsOf, requestsOf } from "./readings.ts";

const options: HandlerOptions = JSON.parse(Deno.args[0]);
await using metrics = createMetrics({ aggregation: "inline" });
const client = new AbortController();
const begun = Promise.withResolvers<void>();
const left = Promise.withResolvers<void>();
const ended = Promise.withResolvers<void>();

async function answer(request: Request): Promise<Response> {
  // Longer than the first tick, after which a request is watched.
  await ticks();
  if (!request.url.endsWith("/last")) return new Response("done");
  begun.resolve();
  await left.promise;
  // The server notices the disconnect after the client has disconnected.
  for (let i = 0; i < 5; i++) await ticks();
  ended.resolve();
  return new Response("too late");
}

const handler = instrumentHandler(metrics, answer, options);
await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
const url = `http://127.0.0.1:${server.addr.port}`;
for (let i = 0; i < 3; i++) await (await fetch(url)).text();
const last = fetch(`${url}/last`, { signal: client.signal }).catch(() => left.resolve());
await begun.promise;
client.abort();
await last;
await ended.promise;
await ticks();
console.log(JSON.stringify({ requests: await requestsOf(metrics), errors: await errorsOf(metrics) }));

/** Waits until timers that are due within some ticks have run. */
function ticks(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 40));
}
