import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers/promises";
import { Hono } from "hono";
import { upgradeWebSocket } from "hono/deno";
import { defineWebSocketHelper, WSContext, type WSEvents } from "hono/ws";
import { type Metrics, noopMetrics } from "@hotpath/metrics";
import { instrumentUpgradeWebSocket, type UpgradeWebSocketOptions } from "@hotpath/metrics/hono";
import { inlineMetrics } from "@hotpath/metrics/testing";
import { distributionOf, valueOf } from "../../_support/snapshots.ts";
import { countsOf } from "../../_support/instrumentation/websocket/numbers.ts";
import { closePair, next } from "../../_support/instrumentation/websocket/socket_pair.ts";

const LABELS = { name: "echo", role: "server" };

function numbersOf(metrics: Metrics) {
  return countsOf(metrics, LABELS);
}

/** A server with one route, and a client that is connected to it. */
async function connect(app: Hono) {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
  const client = new WebSocket(`ws://127.0.0.1:${server.addr.port}/echo`);
  const messages: unknown[] = [];
  client.onmessage = ({ data }) => messages.push(data);
  await next(client, "open");
  const received = async (count: number) => {
    while (messages.length < count) await setImmediate();
    return messages;
  };
  return { client, received, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("instrumentUpgradeWebSocket measures the sockets that Hono's Deno adapter accepts", async () => {
  await using test = inlineMetrics();
  const { metrics, clock } = test;
  const upgrade = instrumentUpgradeWebSocket(metrics, upgradeWebSocket, { name: "echo" });
  const work = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<number>();
  const app = new Hono().get(
    "/echo",
    upgrade((context) => ({
      onOpen: (_, socket) => socket.send(`hi ${context.req.path}`),
      async onMessage({ data }, socket) {
        await work.promise;
        socket.send(data as string);
      },
      onClose: ({ code }) => closed.resolve(code),
    })),
  );
  await using connection = await connect(app);
  const { client, received } = connection;
  assertEquals(await received(1), ["hi /echo"]);
  client.send("grüezi");
  while ((await numbersOf(metrics)).messages[0] === 0) await setImmediate();
  clock.advance(20);
  work.resolve();
  assertEquals(await received(2), ["hi /echo", "grüezi"]);

  const open = { active: 1, opened: 1, closed: 0, errors: 0, messages: [1, 2], bytes: [7, 15] };
  assertEquals(await numbersOf(metrics), open);
  client.close(4001);
  assertEquals([(await next(client, "close")).code, await closed.promise], [4001, 4001]);
  assertEquals(await numbersOf(metrics), { ...open, active: 0, closed: 1 });
  const snapshot = await metrics.snapshot();
  assertEquals(valueOf(snapshot, "websocket_closes_total", { ...LABELS, code: "4xxx" }), 1);
  const { count, max } = distributionOf(snapshot, "websocket_message_duration_seconds", LABELS);
  assertEquals([count, max], [1, 0.02]);
});

Deno.test("instrumentUpgradeWebSocket also upgrades inside a handler", async () => {
  await using test = inlineMetrics();
  const upgrade = instrumentUpgradeWebSocket(test.metrics, upgradeWebSocket, { name: "echo" });
  const app = new Hono().get("/echo", (context) =>
    upgrade(context, {
      onMessage: ({ data }, socket) => socket.send(data as string),
    }));
  await using connection = await connect(app);
  const { client, received } = connection;
  client.send("x");
  assertEquals(await received(1), ["x"]);
  await closePair(client, client);
  while ((await numbersOf(test.metrics)).closed === 0) await setImmediate();
  assertEquals((await numbersOf(test.metrics)).messages, [1, 1]);
});

Deno.test("instrumentUpgradeWebSocket passes other requests on and counts none of them", async () => {
  await using test = inlineMetrics();
  const upgrade = instrumentUpgradeWebSocket(test.metrics, upgradeWebSocket, { name: "echo" });
  const app = new Hono().get("/echo", upgrade(() => ({})), (context) => context.text("plain"));
  assertEquals(await (await app.request("/echo")).text(), "plain");
  assertEquals((await numbersOf(test.metrics)).opened, 0);
});

Deno.test("instrumentUpgradeWebSocket calls events on their object, and passes on results, errors and arguments", async () => {
  await using test = inlineMetrics();
  const error = new RangeError("refused");
  const behaviourOf = async (isMeasured: boolean) => {
    let wrapped: WSEvents = {};
    const adapter = defineWebSocketHelper((_, events) => {
      wrapped = events;
      return new Response();
    });
    const log: unknown[] = [];
    const context = new WSContext({ send: (...values) => log.push(values), close() {}, readyState: 1 });
    const returned = Promise.resolve("returned");
    const events = {
      onMessage(this: unknown, event: MessageEvent, socket: WSContext) {
        log.push(this === events, event.data, socket === context, Object.keys(socket));
        (socket.send as (...values: unknown[]) => void)(event.data, { compress: true });
        if (event.data === "throw") throw error;
        return returned;
      },
    };
    const upgrade = isMeasured ? instrumentUpgradeWebSocket(test.metrics, adapter) : adapter;
    await new Hono().get("/", upgrade(() => events as unknown as WSEvents)).request("/");
    for (const data of ["a", "b", "throw"]) {
      try {
        log.push(wrapped.onMessage?.(new MessageEvent("message", { data }), context) as unknown === returned);
      } catch (thrown) {
        log.push(thrown === error);
      }
    }
    return log;
  };
  assertEquals(await behaviourOf(true), await behaviourOf(false));
});

Deno.test("instrumentUpgradeWebSocket counts each message once where an adapter creates a context per event", async () => {
  await using test = inlineMetrics();
  let wrapped: WSEvents | undefined;
  let readyState: 1 | 2 = 1;
  const sent: unknown[] = [];
  const context = () =>
    new WSContext({
      send: (data) => void sent.push(data),
      close() {},
      get readyState() {
        return readyState;
      },
    });
  const adapter = defineWebSocketHelper((_, events) => {
    wrapped = events;
    return new Response();
  });
  const upgrade = instrumentUpgradeWebSocket(test.metrics, adapter, { name: "echo" });
  const errors: Event[] = [];
  const events: WSEvents = {
    onMessage: (_, socket) => (socket.send("a"), socket.send(new Uint8Array(2))),
    onError: (event) => void errors.push(event),
  };
  await new Hono().get("/echo", upgrade(() => events)).request("/echo");
  wrapped?.onOpen?.(new Event("open"), context());
  const once = context();
  wrapped?.onMessage?.(new MessageEvent("message", { data: "x" }), once);
  wrapped?.onMessage?.(new MessageEvent("message", { data: "y" }), once);
  wrapped?.onMessage?.(new MessageEvent("message", { data: "z" }), context());
  readyState = 2;
  once.send("thrown away");
  const error = new Event("error");
  wrapped?.onError?.(error, context());
  wrapped?.onClose?.(new CloseEvent("close", { code: 1000 }), context());
  assertEquals(sent.length, 7);
  assertStrictEquals(errors[0], error);
  assertEquals(await numbersOf(test.metrics), {
    ...{ active: 0, opened: 1, closed: 1, errors: 1 },
    ...{ messages: [3, 6], bytes: [3, 9] },
  });
});

Deno.test("instrumentUpgradeWebSocket refuses invalid arguments", () => {
  const refuse = (upgrade: unknown, options: unknown, error: new () => Error, says: string) =>
    assertThrows(
      () =>
        instrumentUpgradeWebSocket(noopMetrics, upgrade as typeof upgradeWebSocket, options as UpgradeWebSocketOptions),
      error,
      says,
    );
  refuse(undefined, {}, TypeError, "Cannot instrument upgradeWebSocket: upgradeWebSocket must be a function");
  refuse(upgradeWebSocket, { role: "server" }, TypeError, "options must be among name");
  refuse(upgradeWebSocket, { name: "" }, RangeError, "name must not be empty");
});
