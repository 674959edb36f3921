import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { instrumentWebSocket, type Metrics, noopMetrics, type WebSocketOptions } from "@hotpath/metrics";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { distributionOf, hasSeries, valueOf } from "../../_support/snapshots.ts";
import { countsOf } from "../../_support/instrumentation/websocket/numbers.ts";
import { closePair, next, openPair } from "../../_support/instrumentation/websocket/socket_pair.ts";

const SERVER = { name: "default", role: "server" };
const CLIENT = { name: "default", role: "client" };

/** The numbers of one kind of socket. */
async function numbersOf(metrics: Metrics, labels: typeof SERVER) {
  const handled = distributionOf(await metrics.snapshot(), "websocket_message_duration_seconds", labels).count;
  return { ...await countsOf(metrics, labels), handled };
}

async function closesOf(metrics: Metrics, labels: typeof SERVER, code: string): Promise<number> {
  return valueOf(await metrics.snapshot(), "websocket_closes_total", { ...labels, code });
}

Deno.test("instrumentWebSocket counts connections, messages and bytes on both ends", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const hook = (socket: WebSocket) => void instrumentWebSocket(metrics, socket);
  await using pair = await openPair(hook, hook);
  const { server, client } = pair;
  server.onmessage = ({ data }) => server.send(data);
  const sent = ["hello", "grüezi 😀", new Uint8Array(7), new Blob(["blob"])];
  for (const message of sent) {
    client.send(message);
    await next(client, "message");
  }
  const bytes = 5 + 12 + 7 + 4;
  const open = { active: 1, opened: 1, closed: 0, errors: 0, messages: [4, 4], bytes: [bytes, bytes], handled: 4 };
  assertEquals(await numbersOf(metrics, SERVER), open);
  assertEquals(await numbersOf(metrics, CLIENT), open);
  await closePair(client, server, 3008);
  const closed = { ...open, active: 0, closed: 1 };
  assertEquals(await numbersOf(metrics, SERVER), closed);
  assertEquals(await numbersOf(metrics, CLIENT), closed);
  assertEquals([await closesOf(metrics, SERVER, "3008"), await closesOf(metrics, CLIENT, "3008")], [1, 1]);
});

Deno.test("instrumentWebSocket adds up the sockets of one name and keeps names apart", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const hook = (options: WebSocketOptions) => (socket: WebSocket) => void instrumentWebSocket(metrics, socket, options);
  await using _one = await openPair(hook({ name: "quotes" }));
  await using two = await openPair(hook({ name: "quotes" }));
  await using _three = await openPair(hook({ name: "orders", role: "client" }));
  const quotes = { name: "quotes", role: "server" };
  assertEquals((await numbersOf(metrics, quotes)).active, 2);
  assertEquals((await numbersOf(metrics, { name: "orders", role: "client" })).active, 1);
  await closePair(two.server, two.client, 4321);
  const { active, opened, closed } = await numbersOf(metrics, quotes);
  assertEquals([active, opened, closed], [1, 2, 1]);
  assertEquals(await closesOf(metrics, quotes, "4xxx"), 1);
});

Deno.test("instrumentWebSocket counts a connection that is already open", async () => {
  await using test = inlineMetrics();
  await using pair = await openPair();
  instrumentWebSocket(test.metrics, pair.server);
  const { active, opened } = await numbersOf(test.metrics, SERVER);
  assertEquals([active, opened], [1, 1]);
});

Deno.test("instrumentWebSocket has the correct number of open connections after recording was disabled", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const hook = (socket: WebSocket) => void instrumentWebSocket(metrics, socket);
  await using one = await openPair(hook);
  metrics.enabled = false;
  await using two = await openPair(hook);
  metrics.enabled = true;
  await closePair(one.client, one.server);
  assertEquals((await numbersOf(metrics, SERVER)).active, 1);
  metrics.enabled = false;
  await closePair(two.client, two.server);
  metrics.enabled = true;
  assertEquals((await numbersOf(metrics, SERVER)).active, 0);
});

Deno.test("instrumentWebSocket counts a failed attempt as error and close, not as connection", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const port = freePort();
  const socket = instrumentWebSocket(metrics, new WebSocket(`ws://127.0.0.1:${port}`));
  assertThrows(() => socket.send("too early"), DOMException);
  await next(socket, "close");
  assertEquals(await numbersOf(metrics, CLIENT), {
    ...{ active: 0, opened: 0, closed: 0, errors: 1 },
    ...{ messages: [0, 0], bytes: [0, 0], handled: 0 },
  });
  assertEquals(await closesOf(metrics, CLIENT, "1006"), 1);
});

Deno.test("instrumentWebSocket counts a connection that breaks off", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  const accepted = Promise.withResolvers<WebSocket>();
  await using listener = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    accepted.resolve(instrumentWebSocket(metrics, socket));
    return response;
  });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  const lines = [
    ...["GET / HTTP/1.1", "Host: x", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"],
    ...["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""],
  ];
  await connection.write(new TextEncoder().encode(lines.join("\r\n")));
  const socket = await accepted.promise;
  await next(socket, "open");
  const closed = next(socket, "close");
  connection.close();
  await closed;
  const { active, opened, closed: closes, errors } = await numbersOf(metrics, SERVER);
  assertEquals([active, opened, closes, errors], [0, 1, 1, 1]);
  assertEquals(await closesOf(metrics, SERVER, "1006"), 1);
});

Deno.test("instrumentWebSocket does not count messages that a closing socket discards", async () => {
  await using test = inlineMetrics();
  const hook = (socket: WebSocket) => void instrumentWebSocket(test.metrics, socket);
  await using pair = await openPair(hook);
  const closed = closePair(pair.server, pair.client);
  pair.server.send("lost");
  await closed;
  assertEquals((await numbersOf(test.metrics, SERVER)).messages, [0, 0]);
});

Deno.test("instrumentWebSocket times all listeners of a message together, until their promises settle", async () => {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  await using pair = await openPair((socket) => void instrumentWebSocket(metrics, socket));
  const { server, client } = pair;
  const work = Promise.withResolvers<void>();
  server.onmessage = () => clock.advance(3);
  server.addEventListener("message", { handleEvent: () => clock.advance(4) });
  server.addEventListener("message", async () => {
    clock.advance(5);
    await work.promise;
  });
  client.send("work");
  await next(server, "message");
  await setImmediate();
  const durations = async () => distributionOf(await metrics.snapshot(), "websocket_message_duration_seconds", SERVER);
  assertEquals((await durations()).count, 0);
  clock.advance(100);
  work.resolve();
  await setImmediate();
  const { count, max } = await durations();
  assertEquals([count, max], [1, 0.112]);
});

Deno.test("instrumentWebSocket times messages that are handled concurrently, each separately", async () => {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  await using pair = await openPair((socket) => void instrumentWebSocket(metrics, socket));
  const { server, client } = pair;
  const works = new Map<string, PromiseWithResolvers<void>>();
  server.onmessage = async ({ data }) => {
    const work = Promise.withResolvers<void>();
    works.set(data, work);
    await work.promise;
  };
  for (const name of ["slow", "fast"]) {
    client.send(name);
    await next(server, "message");
  }
  clock.advance(2);
  works.get("fast")?.resolve();
  await setImmediate();
  clock.advance(8);
  works.get("slow")?.resolve();
  await setImmediate();
  const { min, max } = distributionOf(await metrics.snapshot(), "websocket_message_duration_seconds", SERVER);
  assertEquals([min, max], [0.002, 0.01]);
});

Deno.test("instrumentWebSocket ends the timing of a handler that rejects, and the rejection is reported", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  await using pair = await openPair((socket) => void instrumentWebSocket(metrics, socket));
  const error = new Error("no such pair");
  const reported = Promise.withResolvers<unknown>();
  const listen = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    reported.resolve(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", listen);
  try {
    // deno-lint-ignore require-await -- it must be an async function
    pair.server.onmessage = async () => {
      throw error;
    };
    pair.client.send("x");
    assertStrictEquals(await reported.promise, error);
  } finally {
    globalThis.removeEventListener("unhandledrejection", listen);
  }
  assertEquals((await numbersOf(metrics, SERVER)).handled, 1);
});

Deno.test("instrumentWebSocket does not change listeners: order, once, signal, capture, removal, this", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  await using plain = await openPair();
  await using measured = await openPair((socket) => void instrumentWebSocket(metrics, socket));

  const behaviour = async ({ server, client }: { server: WebSocket; client: WebSocket }) => {
    const calls: string[] = [];
    const note = (name: string) =>
      function (this: unknown, event: MessageEvent) {
        calls.push(`${name} ${event.data} ${this === server}`);
      };
    const [twice, removed, capturing, other] = ["twice", "removed", "capturing", "other"].map(note);
    const aborting = new AbortController();
    const object = { handleEvent: (event: Event) => void calls.push(`object ${event.type}`) };
    server.addEventListener("message", twice);
    server.onmessage = note("handler");
    server.addEventListener("message", twice);
    server.addEventListener("message", note("once"), { once: true });
    server.addEventListener("message", note("signal"), { signal: aborting.signal });
    server.addEventListener("message", note("never"), { signal: AbortSignal.abort() });
    server.addEventListener("message", removed);
    server.addEventListener("message", capturing, true);
    server.addEventListener("message", capturing);
    server.addEventListener("message", object);
    server.addEventListener("message", null as unknown as () => void);
    server.removeEventListener("message", removed);
    server.removeEventListener("message", other);
    server.removeEventListener("message", capturing);
    for (const message of ["a", "b"]) {
      client.send(message);
      await next(server, "message");
    }
    aborting.abort();
    server.onmessage = note("handler 2");
    server.removeEventListener("message", object);
    client.send("c");
    await next(server, "message");
    server.onmessage = null;
    server.removeEventListener("message", capturing, { capture: true });
    client.send("d");
    await next(server, "message");
    return calls;
  };
  const expected = await behaviour(plain);
  assertEquals(await behaviour(measured), expected);
  assertEquals(expected.at(-1), "twice d true");
});

Deno.test("instrumentWebSocket calls an earlier listener once that is added again", async () => {
  await using test = inlineMetrics();
  await using pair = await openPair();
  const { server, client } = pair;
  const messages: string[] = [];
  const listen = ({ data }: MessageEvent) => void messages.push(data);
  server.addEventListener("message", listen);
  instrumentWebSocket(test.metrics, server);
  server.addEventListener("message", listen);
  client.send("a");
  await next(server, "message");
  server.removeEventListener("message", listen);
  client.send("b");
  await next(server, "message");
  assertEquals(messages, ["a"]);
});

Deno.test("instrumentWebSocket wraps the current handler, and restores it", async () => {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  await using pair = await openPair();
  const { server, client } = pair;
  const handler = () => clock.advance(3);
  server.onmessage = handler;
  const measured = instrumentWebSocket(metrics, server);
  assertStrictEquals(measured.onmessage, handler);
  client.send("x");
  await next(server, "message");
  await setImmediate();
  const { max } = distributionOf(await metrics.snapshot(), "websocket_message_duration_seconds", SERVER);
  assertEquals(max, 0.003);
  measured.unhook();
  assertStrictEquals(server.onmessage, handler);
});

Deno.test("InstrumentedWebSocket.unhook restores the socket, with the listeners that were added", async () => {
  await using test = inlineMetrics();
  const { metrics } = test;
  await using pair = await openPair();
  const { server, client } = pair;
  const measured: WebSocket & { unhook(): void } = instrumentWebSocket(metrics, server);
  assertStrictEquals(measured, server);
  const calls: string[] = [];
  const note = (name: string) => () => void calls.push(name);
  const [first, third] = [note("first"), note("third")];
  server.onmessage = note("handler");
  server.addEventListener("message", first);
  server.addEventListener("message", note("once"), { once: true });
  server.addEventListener("message", third);
  measured.unhook();
  measured.unhook?.();
  assertEquals(Object.getOwnPropertyNames(server), []);
  assertStrictEquals(server.send, WebSocket.prototype.send);

  for (const message of ["a", "b"]) {
    client.send(message);
    await next(server, "message");
  }
  assertEquals(calls, ["handler", "first", "once", "third", "handler", "first", "third"]);
  server.removeEventListener("message", third);
  server.removeEventListener("message", first);
  server.onmessage = null;
  server.send("c");
  await next(client, "message");
  await closePair(client, server);
  assertEquals(await numbersOf(metrics, SERVER), {
    ...{ active: 0, opened: 1, closed: 0, errors: 0 },
    ...{ messages: [0, 0], bytes: [0, 0], handled: 0 },
  });
  assert(!hasSeries(await metrics.snapshot(), "websocket_closes_total", { ...SERVER, code: "1005" }));
});

Deno.test("instrumentWebSocket can hook again after unhook", async () => {
  await using test = inlineMetrics();
  await using pair = await openPair();
  instrumentWebSocket(test.metrics, pair.server).unhook();
  instrumentWebSocket(test.metrics, pair.server);
  const { active, opened } = await numbersOf(test.metrics, SERVER);
  assertEquals([active, opened], [1, 2]);
});

Deno.test("instrumentWebSocket refuses invalid arguments", async () => {
  await using pair = await openPair((socket) => void instrumentWebSocket(noopMetrics, socket));
  const { server, client } = pair;
  const refuse = (socket: unknown, options: unknown, error: new () => Error, says: string) =>
    assertThrows(
      () => instrumentWebSocket(noopMetrics, socket as WebSocket, options as WebSocketOptions),
      error,
      `Cannot instrument a WebSocket: ${says}`,
    );
  refuse(server, {}, TypeError, "socket must not already be instrumented");
  refuse({}, {}, TypeError, "socket must be a WebSocket, got {}");
  refuse(null, {}, TypeError, "socket must be a WebSocket, got null");
  refuse(client, { name: 7 }, TypeError, "name must be a string, got 7");
  refuse(client, { name: "" }, RangeError, "name must not be empty");
  refuse(client, { role: "peer" }, RangeError, 'role must be "server" or "client", got "peer"');
  refuse(client, { label: "x" }, TypeError, "options must be among name, role");
  assertEquals(Object.getOwnPropertyNames(client), []);
});

/** A port without a listener. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
