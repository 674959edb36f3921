import { assert, assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { createMetrics, type Metrics } from "../../../mod.ts";
import type { LiveFrame, LiveStart } from "../../../src/model/live_frames.ts";
import { LIVE, type LiveReader, type LiveRequest } from "../../../src/model/live_request.ts";
import { listen } from "../../../src/serve/listener.ts";
import { LiveHub } from "../../../src/serve/live/live_hub.ts";
import { type MetricsServer, serveMetrics, type ServeOptions } from "../../../src/server.ts";
import { followEvents, followSocket, handshakeTo } from "../../_support/serve/live_sockets.ts";
import { assertProblem } from "../../_support/serve/problems.ts";
import { responseOf, sendRaw, writeAll } from "../../_support/serve/raw.ts";
import { settingsWith, sourceWith } from "../../_support/serve/sources.ts";

const FAST = "?intervalMs=100";

async function serving(
  use: (server: MetricsServer, metrics: Metrics) => Promise<void>,
  options: ServeOptions = {},
  aggregation: "worker" | "inline" = "worker",
): Promise<void> {
  await using metrics = createMetrics({ aggregation });
  await using server = await serveMetrics(metrics, { port: 0, ...options });
  await use(server, metrics);
}

function scalarOf({ series }: LiveStart, { scalars }: LiveFrame, metric: string): number | undefined {
  const id = series.find((each) => each.metric === metric)?.id;
  return scalars.find((each) => each[0] === id)?.[1];
}

/** What a URL answers, unread. */
async function statusOf(url: string, init?: RequestInit): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

for (const aggregation of ["worker", "inline"] as const) {
  Deno.test(`/live and /live/sse send the definitions, every value, and then changes, ${aggregation}`, async () => {
    await serving(
      async (server, metrics) => {
        const orders = metrics.counter("orders_total", { help: "Orders sent" });
        const timer = metrics.timer("order_execution", { slo: { threshold: "5ms", target: 0.99 } });
        orders.inc(3);
        timer.observe(0.5);
        await metrics.flush();
        const follow = async () => {
          const events = await fetch(`${server.url}/live/sse${FAST}`);
          assertEquals(events.headers.get("content-type"), "text/event-stream");
          assertEquals(events.headers.get("content-encoding"), null);
          return followEvents(events);
        };
        for (const begin of [() => followSocket(server.url, FAST), follow]) {
          const client = await begin();
          const start = await client.start();
          assertEquals([start.intervalMs, start.window, start.framesLost, start.kpis], [100, "1m", 0, []]);
          assertEquals(start.metrics.map(({ name, type, help, schema }) => [name, type, help, schema]), [
            ["orders_total", "counter", "Orders sent", undefined],
            ["order_execution_seconds", "histogram", "", 6],
          ]);
          const first = await client.frame();
          const value = scalarOf(start, first, "orders_total")!;
          assert(value >= 3);
          assertEquals([first.elapsedMs, first.distributions[0].gained], [0, undefined]);
          orders.inc();
          timer.observe(0.001);
          let [seen, gained]: [number, readonly number[]] = [value, []];
          while (seen === value || gained.length === 0) {
            const next = await client.frame();
            assert(next.elapsedMs > 0);
            seen = scalarOf(start, next, "orders_total") ?? seen;
            gained = [...gained, ...next.distributions.flatMap((each) => each.gained?.positive ?? [])];
          }
          assertEquals([seen, gained.length], [value + 1, 2]);
          await client.close();
        }
      },
      {},
      aggregation,
    );
  });
}

Deno.test("/live and /live/sse exclude what was not requested", async () => {
  await serving(async (server, metrics) => {
    for (const name of ["a_total", "b_total", "c_total"]) metrics.counter(name);
    metrics.timer("order_execution").observe(1);
    const query = "?name[]=b_total&name%5B%5D=order_execution_window_seconds&window=5s&intervalMs=200";
    const socket = await followSocket(server.url, query);
    const events = followEvents(await fetch(`${server.url}/live/sse${query}`));
    for (const client of [socket, events]) {
      const { metrics, window, intervalMs } = await client.start();
      assertEquals(metrics.map(({ name }) => name), ["b_total", "order_execution_seconds"]);
      assertEquals([window, intervalMs], ["5s", 200]);
      await client.close();
    }
  });
});

Deno.test("/live and /live/sse refuse invalid queries, before anything is upgraded", async () => {
  await serving(async (server) => {
    const wrong: [query: string, detail: string][] = [
      ["?intervalMs=99", "intervalMs must be a whole number from 100 to 10000"],
      ["?intervalMs=10001", "intervalMs must be"],
      ["?intervalMs=1e3", "intervalMs must be"],
      ["?intervalMs=100&intervalMs=100", "intervalMs must be given once, got 2"],
      ["?window=7m", "window must be one of 1s, 5s, 1m, 5m"],
      ["?window=1m&window=1s", "window must be given once, got 2"],
    ];
    for (const [query, detail] of wrong) {
      await assertProblem(await fetch(`${server.url}/live/sse${query}`), 400, detail);
      await assertProblem(responseOf(await sendRaw(server.port, handshakeTo(`/live${query}`))), 400, detail);
    }
    const plain = await fetch(`${server.url}/live`);
    assertEquals(plain.headers.get("upgrade"), "websocket");
    await assertProblem(plain, 426, "server-sent events are at /live/sse");
    const handshakes: [headers: Record<string, string>, status: number, detail: string][] = [
      [{ "sec-websocket-version": "8" }, 426, "the version of the WebSocket must be 13"],
      [{ "sec-websocket-key": "short" }, 400, "Sec-WebSocket-Key must be 16 bytes"],
      [{ "origin": "http://evil.example" }, 403, "pages of other sites"],
      [{ "host": "" }, 400, "the Host must be a name or an address"],
      [{ "sec-websocket-protocol": "a,,b" }, 400, "Sec-WebSocket-Protocol must be a list"],
      [{ "sec-websocket-protocol": "a, a" }, 400, "Sec-WebSocket-Protocol must be a list"],
      [{ "content-length": "5" }, 400, "must have no body"],
      [{ "transfer-encoding": "chunked" }, 400, "must have no body"],
      [{ "connection": "close" }, 426, "server-sent events are at /live/sse"],
    ];
    for (const [headers, status, detail] of handshakes) {
      await assertProblem(responseOf(await sendRaw(server.port, handshakeTo("/live", headers))), status, detail);
    }
    const absolute = handshakeTo("http://localhost/live?window=7m");
    await assertProblem(responseOf(await sendRaw(server.port, absolute)), 400, "window must be one of");
    const elsewhere = responseOf(await sendRaw(server.port, handshakeTo("/nothing", { connection: "close, upgrade" })));
    await assertProblem(elsewhere, 404, "there is no route at /nothing");
    assertEquals(await statusOf(`${server.url}/live/sse`, { headers: { accept: "text/html" } }), 406);
    assertEquals(await statusOf(`${server.url}/live/sse`, { method: "HEAD" }), 200);
    assertEquals(await statusOf(`${server.url}/live`, { method: "POST" }), 405);
    // All clients have left.
    assertStringIncludes(await (await fetch(`${server.url}/metrics`)).text(), "hotpath_series 0");
  });
});

Deno.test("/live refuses pages of other sites, and not those of the same site", async () => {
  await serving(async (server) => {
    const host = `127.0.0.1:${server.port}`;
    const answerTo = async (origin: string) => {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      await writeAll(connection, handshakeTo("/live", { host, origin }));
      const bytes = new Uint8Array(1_000);
      return new TextDecoder().decode(bytes.subarray(0, await connection.read(bytes) ?? 0)).slice(9, 12);
    };
    for (const origin of ["http://evil.example", `http://127.0.0.1:${server.port + 1}`, "null", "https://127.0.0.1"]) {
      assertEquals([origin, await answerTo(origin)], [origin, "403"]);
    }
    assertEquals(await answerTo(`http://${host}`), "101");
  });
});

Deno.test("/live and /live/sse require the common credentials", async () => {
  const auth = { bearer: "s3cret-s3cret-s3cret" };
  const authorization = `Bearer ${auth.bearer}`;
  await serving(async (server) => {
    await assertProblem(await fetch(`${server.url}/live/sse`), 401, "credentials");
    await assertProblem(responseOf(await sendRaw(server.port, handshakeTo("/live"))), 401, "credentials");
    const events = followEvents(await fetch(`${server.url}/live/sse`, { headers: { authorization } }));
    await events.start();
    await events.close();
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    await writeAll(connection, handshakeTo("/live", { authorization }));
    const bytes = new Uint8Array(1_000);
    const text = new TextDecoder().decode(bytes.subarray(0, await connection.read(bytes) ?? 0));
    assertMatch(text, /^HTTP\/1\.1 101 /);
  }, { auth });
});

Deno.test("/live and /live/sse admit a maximum of clients, and reuse free places", async () => {
  await serving(async (server, metrics) => {
    const socket = await followSocket(server.url, FAST);
    const events = followEvents(await fetch(`${server.url}/live/sse${FAST}`));
    await Promise.all([socket.start(), events.start()]);
    const refused = await fetch(`${server.url}/live/sse`);
    assertEquals(refused.headers.get("retry-after"), "5");
    await assertProblem(refused, 503, "the limit of 2 clients of the live feed is reached");
    await assertProblem(
      responseOf(await sendRaw(server.port, handshakeTo("/live"))),
      503,
      "2 clients of the live feed",
    );
    assertStringIncludes(await metrics.scrape(), "\nhotpath_live_clients 2\n");
    for (const client of [socket, events]) {
      await client.close();
      while (await statusOf(`${server.url}/live/sse`) === 503);
    }
    while (!(await metrics.scrape()).includes("\nhotpath_live_clients 0\n"));
  }, { liveClientsMax: 2 });
});

Deno.test("serveMetrics closes live clients with a code when it is closed", async () => {
  await using metrics = createMetrics();
  const server = await serveMetrics(metrics, { port: 0 });
  const socket = await followSocket(server.url);
  const events = followEvents(await fetch(`${server.url}/live/sse`));
  await Promise.all([socket.start(), events.start()]);
  await server.close();
  assertEquals(await socket.closed, 1001);
  await events.ended;
});

Deno.test("serveMetrics ends live clients that take nothing, and continues for others", async () => {
  await serving(async (server, metrics) => {
    // Each frame is large, so that what a connection takes by itself is soon full.
    const rooms = metrics.gauge("rooms", { labels: ["room"] });
    const handles = Array.from({ length: 5_000 }, (_, i) => rooms.with({ room: `${i}`.padEnd(200, "x") }));
    let turn = 0;
    const change = () => {
      turn += 1;
      for (const handle of handles) handle.set(turn + Math.random());
    };
    change();
    const slow = await Promise.all(["/live", "/live/sse"].map(async (path) => {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      const head = `GET ${path}/sse${FAST} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
      await writeAll(connection, path === "/live" ? handshakeTo(`${path}${FAST}`) : head.replace("/sse/sse", "/sse"));
      return connection;
    }));
    const others = await followSocket(server.url, FAST);
    await others.start();
    const clients = async () => Number(/hotpath_live_clients (\d+)/.exec(await metrics.scrape())?.[1]);
    while (await clients() < 3) await others.frame();
    while (await clients() > 1) {
      change();
      await others.frame();
    }
    assertEquals((await metrics.snapshot()).meta.dropped, 0);
    for (const connection of slow) connection.close();
    await others.close();
  }, { scrapeTimeout: "500ms" });
});

Deno.test("a WebSocket client that does not answer heartbeats is ended", async () => {
  const requests: LiveRequest[] = [];
  const reader: LiveReader = {
    [LIVE]: (request) => {
      requests.push(request);
      const start = { type: "start" } as LiveStart;
      return Promise.resolve({ isNew: false, costMs: 0, frame: "{}", beginning: { start, frame: "{}" } });
    },
  };
  const source = Object.assign(sourceWith({}), reader);
  const listener = await listen(source, settingsWith({ heartbeatIntervalMs: 20 } as object));
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: listener.address.port });
  await writeAll(connection, handshakeTo("/live"));
  // It reads, and answers no ping: the server ends the connection.
  const bytes = new Uint8Array(1_000);
  while (await connection.read(bytes).catch(() => null) !== null);
  assertEquals(requests.at(-1)?.clients, 0);
  await listener.close();
});

Deno.test("LiveHub shares one reading among clients with the same query", async () => {
  const asked: string[] = [];
  const reader: LiveReader = {
    [LIVE]: ({ feed }) => {
      asked.push(feed);
      return Promise.resolve({ isNew: false, costMs: 0 });
    },
  };
  const hub = new LiveHub(reader, { liveClientsMax: 5, scrapeTimeoutMs: 1_000 });
  const query = { intervalMs: 1_000, window: undefined, names: ["a", "b"] };
  const places = [await hub.admit(query), await hub.admit({ ...query }), await hub.admit({ ...query, window: "1s" })];
  assertEquals(new Set(asked).size, 2);
  assertEquals(hub.clients, 3);
  for (const place of places) {
    place.leave();
    place.leave();
  }
  assertEquals(hub.clients, 0);
});

Deno.test("LiveHub frees a place that is not taken in time", async () => {
  const hub = new LiveHub({ [LIVE]: () => Promise.resolve({ isNew: false, costMs: 0 }) }, {
    liveClientsMax: 1,
    scrapeTimeoutMs: 10,
  });
  await hub.admit({ intervalMs: 1_000, window: undefined, names: undefined });
  assertEquals(hub.clients, 1);
  while (hub.clients > 0) await setImmediate();
});

Deno.test("LiveHub refuses clients when its metrics cannot be reached, and frees their places", async () => {
  const limits = { liveClientsMax: 1, scrapeTimeoutMs: 1_000 };
  const query = { intervalMs: 1_000, window: undefined, names: undefined };
  const failing = new LiveHub({ [LIVE]: () => Promise.reject(new Error("it is being restarted")) }, limits);
  const ended = new LiveHub({ [LIVE]: () => Promise.resolve(undefined) }, limits);
  const without = new LiveHub(undefined, limits);
  const closed = new LiveHub({ [LIVE]: () => Promise.resolve({ isNew: true, costMs: 0 }) }, limits);
  closed.close();
  for (
    const [hub, says] of [
      [failing, "it is being restarted"],
      [ended, "they are closed"],
      [without, "these metrics have no live feed"],
      [closed, "the server is closed"],
    ] as const
  ) {
    await assertRejects(() => hub.admit(query), Error, says);
    assertEquals(hub.clients, 0);
  }
});
