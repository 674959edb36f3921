import { assert, assertEquals, assertRejects } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { Hono } from "hono";
import { createMetrics } from "../../mod.ts";
import type { LiveStart } from "../../src/model/live_frames.ts";
import { LIVE, type LiveReader } from "../../src/model/live_request.ts";
import { eventStream } from "../../src/serve/live/event_stream.ts";
import { metricsRoutes } from "../../src/hono.ts";
import { listen } from "../../src/serve/listener.ts";
import { LiveHub, type LiveLimits } from "../../src/serve/live/live_hub.ts";
import type { LiveQuery } from "../../src/serve/live/live_query.ts";
import { HttpProblem } from "../../src/serve/http/problem.ts";
import { serveMetrics } from "../../src/server.ts";
import { handshakeTo } from "../_support/serve/live_sockets.ts";
import { readAll, writeAll } from "../_support/serve/raw.ts";
import { settingsWith, sourceWith } from "../_support/serve/sources.ts";

const START = { type: "start" } as LiveStart;
const MEGABYTE = 2 ** 20;
const LIMITS: LiveLimits = { liveClientsMax: 100, scrapeTimeoutMs: 600_000 };

/** A source of which each frame has so many bytes and takes so long. */
function reading(frameBytes: number, costMs: number = 0): LiveReader {
  return {
    [LIVE]: ({ isTick, needsBeginning }) => {
      const text = () => "x".repeat(frameBytes);
      return Promise.resolve({
        isNew: false,
        costMs,
        ...(isTick && { frame: text() }),
        ...(needsBeginning && { beginning: { start: START, frame: text() } }),
      });
    },
  };
}

function queryOf(name: string): LiveQuery {
  return { intervalMs: 100, window: undefined, names: [name] };
}

async function readForEver(stream: ReadableStream<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}

async function readSome(connection: Deno.Conn): Promise<string> {
  const bytes = new Uint8Array(65_536);
  return new TextDecoder().decode(bytes.subarray(0, await connection.read(bytes) ?? 0));
}

/** As a connection that takes something at first and then nothing more. */
async function stall(stream: ReadableStream<Uint8Array>): Promise<void> {
  const reader = stream.getReader();
  await reader.read();
  void reader.read().catch(() => {});
}

Deno.test("LiveHub admits a maximum of different queries, and any number of clients with one of them", async () => {
  const hub = new LiveHub(reading(10), LIMITS);
  const places = [];
  for (let i = 0; i < 16; i++) places.push(await hub.admit(queryOf(`x${i}`)));
  const refusal = await assertRejects(() => hub.admit(queryOf("one_more")), HttpProblem);
  assertEquals([refusal.toResponse().status, refusal.message], [503, "the limit of 16 different queries is reached"]);
  assertEquals(refusal.toResponse().headers.get("retry-after"), "5");
  places.push(await hub.admit(queryOf("x3")), await hub.admit(queryOf("x3")));
  assertEquals(hub.clients, 18);
  places[0].leave();
  places.push(await hub.admit(queryOf("one_more")));
  for (const place of places) place.leave();
  assertEquals(hub.clients, 0);
});

Deno.test("LiveHub admits no further query while its feeds are far behind, but clients of existing ones", async () => {
  const hub = new LiveHub(reading(10, 600), LIMITS);
  const place = await hub.admit(queryOf("a"));
  const refusal = await assertRejects(() => hub.admit(queryOf("b")), HttpProblem);
  assertEquals([refusal.toResponse().status, refusal.message], [
    503,
    "the live feed is too busy for another query",
  ]);
  const other = await hub.admit(queryOf("a"));
  place.leave();
  other.leave();
});

Deno.test("LiveHub limits the bytes of clients that do not read, and ends those behind for longest", async () => {
  const bytesMax = 4 * MEGABYTE;
  const hub = new LiveHub(reading(MEGABYTE), { ...LIMITS, liveBytesMax: bytesMax });
  let isRead = true;
  const reader = readForEver(eventStream(await hub.admit(queryOf("read")))).finally(() => isRead = false);
  for (let i = 0; i < 10; i++) await stall(eventStream(await hub.admit(queryOf(`unread${i}`))));
  assertEquals(hub.clients, 11);
  // The one that reads is left, and room for some that do not.
  while (hub.clients === 11 || hub.bytes > bytesMax) await setImmediate();
  assert(hub.clients > 1);
  assertEquals(isRead, true);
  hub.close();
  await reader;
  assertEquals([hub.clients, hub.bytes], [0, 0]);
});

Deno.test("LiveHub counts a message that all clients of a feed wait for once", async () => {
  const hub = new LiveHub(reading(MEGABYTE), { ...LIMITS, liveBytesMax: 4 * MEGABYTE });
  for (let i = 0; i < 50; i++) await stall(eventStream(await hub.admit(queryOf("a"))));
  while (hub.bytes < MEGABYTE) await setImmediate();
  assert(hub.bytes < 4 * MEGABYTE, `${hub.bytes}`);
  assertEquals(hub.clients, 50);
  hub.close();
  assertEquals([hub.clients, hub.bytes], [0, 0]);
});

Deno.test("LiveHub ends a client that takes nothing, however little waits for it", async () => {
  const hub = new LiveHub(reading(10), { ...LIMITS, scrapeTimeoutMs: 50 });
  const reader = readForEver(eventStream(await hub.admit(queryOf("a"))));
  await stall(eventStream(await hub.admit(queryOf("a"))));
  while (hub.clients > 1) await setImmediate();
  hub.close();
  await reader;
});

/** A frame from a client, masked with zeros. */
function frame(opcode: number, byteLength: number): Uint8Array<ArrayBuffer> {
  const head = byteLength < 126 ? [byteLength | 128] : [126 | 128, byteLength >> 8, byteLength & 255];
  const bytes = new Uint8Array(1 + head.length + 4 + byteLength).fill(97);
  bytes.set([128 | opcode, ...head, 0, 0, 0, 0]);
  return bytes;
}

async function readToEnd(connection: Deno.Conn): Promise<Uint8Array> {
  const all: number[] = [];
  const bytes = new Uint8Array(65_536);
  for (let got; (got = await connection.read(bytes).catch(() => null)) !== null;) all.push(...bytes.subarray(0, got));
  return Uint8Array.from(all);
}

Deno.test("/live/sse frees the place of a client that has closed its sending side", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  await using server = await serveMetrics(metrics, { port: 0, liveClientsMax: 1 });
  // No frame shows that it has gone.
  const request = "GET /live/sse?intervalMs=10000 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  for (const isFollowing of [false, true, true]) {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    await writeAll(connection, request);
    if (isFollowing) { while (!(await readSome(connection)).includes("event: start")); }
    await connection.closeWrite();
    await readAll(connection);
    while (!(await metrics.scrape()).includes("hotpath_live_clients 0")) await setImmediate();
  }
});

Deno.test("/live ends a WebSocket that floods it with pings", async () => {
  const listener = await listen(Object.assign(sourceWith({}), reading(10)), settingsWith({}));
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: listener.address.port });
  await writeAll(connection, handshakeTo("/live?intervalMs=10000"));
  const flood = async () => {
    const pings = frame(9, 125);
    for (let i = 0; i < 10_000; i++) await connection.write(pings);
  };
  const flooding = flood().catch(() => {});
  await readToEnd(connection);
  await flooding;
  await listener.close();
});

Deno.test("metricsRoutes on a server of Deno's closes a WebSocket that sends too much, with the code for that", async () => {
  await using metrics = createMetrics({ aggregation: "inline" });
  const app = new Hono().route("/internal", metricsRoutes(metrics));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  const closedAfter = async (...messages: (string | Uint8Array<ArrayBuffer>)[]) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/internal/live?intervalMs=10000`);
    const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
    socket.onopen = () => messages.forEach((message) => socket.send(message));
    return (await closed).code;
  };
  assertEquals(await closedAfter("x".repeat(1_025)), 1009);
  assertEquals(await closedAfter(new Uint8Array(1_025)), 1009);
  assertEquals(await closedAfter(...new Array(17).fill("hello")), 1008);
  while (!(await metrics.scrape()).includes("\nhotpath_live_clients 0\n"));
});
