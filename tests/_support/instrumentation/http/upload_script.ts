/**
 * Clients that disconnect during an upload to servers that read it in different ways; prints the counts.
 * A script, because whether a request's signal is aborted depends on a flag of Deno.
 */

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Hono } from "hono";
import { createMetrics, type Metrics } from "../../../../mod.ts";
import { httpMetrics } from "../../../../src/hono.ts";
import { instrumentFetch, instrumentHandler, measureRequest } from "../../../../src/server.ts";
import { errorsOf, readingsOf, requestsOf } from "./readings.ts";

/** Called when a handler has started to read. */
let begun = Promise.withResolvers<void>();

/** Ways to read a body. */
const READERS: Readonly<Record<string, (request: Request, upstream: string) => Promise<unknown>>> = {
  text: (request) => request.text(),
  json: (request) => request.json(),
  reader: async (request) => {
    for await (const _ of request.body!) { /* to its end */ }
  },
  pipe: (request) => request.body!.pipeTo(new WritableStream()),
  copy: (request) => new Request("http://shop.example/", { method: "POST", body: request.body }).text(),
  proxy: (request, upstream) => fetch(upstream, request),
  wrapped: async (request) => {
    try {
      return await request.bytes();
    } catch (cause) {
      throw new Error("upload failed", { cause });
    }
  },
};

async function answer(request: Request, upstream: string): Promise<Response> {
  const { pathname } = new URL(request.url);
  begun.resolve();
  await READERS[pathname.slice(1)](request, upstream);
  return new Response();
}

/** Sends a part of an upload and disconnects. */
async function goInUpload(port: number, path: string, head: string): Promise<void> {
  begun = Promise.withResolvers();
  using client = await Deno.connect({ hostname: "127.0.0.1", port });
  await client.write(new TextEncoder().encode(`POST ${path} HTTP/1.1\r\nHost: x\r\n${head}`));
  await begun.promise;
}

async function goInUploads(metrics: Metrics, port: number, paths: readonly string[]): Promise<void> {
  let expected = 0;
  for (const path of paths) {
    for (const head of ["Content-Length: 1000\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"]) {
      await goInUpload(port, path, head);
      expected += 1;
      for (let count = 0; count < expected;) {
        count = Object.values(await requestsOf(metrics)).reduce((sum, each) => sum + each, 0);
        await new Promise((resolve) => setTimeout(resolve));
      }
    }
  }
}

const local = { hostname: "127.0.0.1", port: 0, onListen() {}, onError: () => new Response(null, { status: 500 }) };
const upstream = Deno.serve(local, async (request) => {
  await request.text().catch(() => {});
  return new Response();
});
const upstreamUrl = `http://127.0.0.1:${upstream.addr.port}/`;
const handle = (request: Request) => answer(request, upstreamUrl);
const paths = Object.keys(READERS).map((name) => `/${name}`);

async function measure(serve: (metrics: Metrics) => Promise<void>): Promise<unknown> {
  await using metrics = createMetrics({ aggregation: "inline" });
  await serve(metrics);
  const calls = await readingsOf(metrics, "http_client_errors_total");
  return { requests: await requestsOf(metrics), errors: await errorsOf(metrics), calls };
}

const handler = await measure(async (metrics) => {
  await using server = Deno.serve(local, instrumentHandler(metrics, handle));
  await goInUploads(metrics, server.addr.port, paths);
});

const hono = await measure(async (metrics) => {
  const app = new Hono().use(httpMetrics(metrics));
  app.post("*", ({ req }) => handle(req.raw));
  app.onError((_, context) => context.text("sorry", 500));
  await using server = Deno.serve(local, app.fetch);
  await goInUploads(metrics, server.addr.port, paths);
});

const node = await measure(async (metrics) => {
  const server = createServer(async (incoming, response) => {
    const request = measureRequest(metrics, { method: "POST", route: "/node" });
    try {
      begun.resolve();
      for await (const _ of incoming) { /* to its end */ }
      request.end(200);
    } catch (exception) {
      request.end(incoming.aborted ? 499 : 500, { exception, isAborted: incoming.aborted });
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await goInUploads(metrics, (server.address() as AddressInfo).port, ["/node"]);
  await new Promise((resolve) => server.close(resolve));
});

/** A call that forwards the upload fails with it. */
const forward = await measure(async (metrics) => {
  const call = instrumentFetch(metrics, fetch);
  await using server = Deno.serve(
    local,
    instrumentHandler(metrics, async (request: Request) => {
      begun.resolve();
      return await call(upstreamUrl, request);
    }),
  );
  await goInUploads(metrics, server.addr.port, ["/forward"]);
});

await upstream.shutdown();
console.log(JSON.stringify({ handler, hono, node, forward }));
