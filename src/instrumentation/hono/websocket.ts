/**
 * Measures the WebSockets of Hono apps, independent of the adapter that accepts them.
 *
 * @module
 */

import type { Context } from "hono";
import type { UpgradeWebSocket, WSContext, WSEvents } from "hono/ws";
import { checkFunction } from "../../check/checks.ts";
import { checkOptionNames } from "../../check/options.ts";
import { MessageTiming } from "../websocket/message_timing.ts";
import { SocketRecorder, type WebSocketMetrics } from "../websocket/socket_recorder.ts";

/** Options of {@linkcode instrumentUpgradeWebSocket}. */
export interface UpgradeWebSocketOptions {
  /**
   * Value of the label `name`: the purpose of the connections, one of a few values.
   *
   * @default {"default"}
   */
  readonly name?: string;
}

const ACTION = "instrument upgradeWebSocket";
const OPEN = 1;

/**
 * Measures the sockets that Hono's `upgradeWebSocket` accepts, as `instrumentWebSocket` measures a socket. Wraps the
 * events and `send` of their context; messages sent through `raw` are not counted.
 *
 * @param metrics Metrics that record the connections
 * @param upgradeWebSocket Function of an adapter, such as the one of `hono/deno`
 * @param options Label of its connections
 * @returns An `upgradeWebSocket` that replaces it
 * @throws {TypeError} If it is not a function, or an option has the wrong type or is unknown
 * @throws {RangeError} If the name is empty
 *
 * @example An echo
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { Hono } from "hono";
 * import { upgradeWebSocket } from "hono/deno";
 * import { createMetrics } from "@hotpath/metrics";
 * import { instrumentUpgradeWebSocket } from "@hotpath/metrics/hono";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * const upgrade = instrumentUpgradeWebSocket(metrics, upgradeWebSocket, { name: "echo" });
 * const app = new Hono();
 * app.get("/echo", upgrade(() => ({ onMessage: ({ data }, socket) => socket.send(String(data)) })));
 *
 * await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app.fetch);
 * const client = new WebSocket(`ws://127.0.0.1:${server.addr.port}/echo`);
 * client.onopen = () => client.send("hello");
 * await new Promise((resolve) => client.onmessage = resolve);
 * client.close();
 * await new Promise((resolve) => client.onclose = resolve);
 * const text = await metrics.scrape();
 * assertStringIncludes(text, 'websocket_messages_total{name="echo",role="server",direction="receive"} 1');
 * ```
 */
export function instrumentUpgradeWebSocket<Raw, Options>(
  metrics: WebSocketMetrics,
  upgradeWebSocket: UpgradeWebSocket<Raw, Options>,
  options: UpgradeWebSocketOptions = {},
): UpgradeWebSocket<Raw, Options> {
  checkOptionNames(ACTION, options, ["name"]);
  checkFunction({ action: ACTION, path: "upgradeWebSocket" }, upgradeWebSocket);
  const { name } = options;
  const measure = (events: WSEvents<Raw>) => measuredEvents(events, new SocketRecorder(metrics, "server", name));
  // Called once for its checks, so that a wrong name is reported here and not at the first connection.
  measure({});

  function upgrade(first: Context | CreateEvents<Raw>, second?: unknown, third?: Options): unknown {
    if (typeof first !== "function") return upgradeWebSocket(first, measure(second as WSEvents<Raw>), third);
    return upgradeWebSocket(async (context) => measure(await first(context)), second as Options);
  }
  return upgrade as UpgradeWebSocket<Raw, Options>;
}

type CreateEvents<Raw> = (context: Context) => WSEvents<Raw> | Promise<WSEvents<Raw>>;

/** Wraps the events of one connection to record them. */
function measuredEvents<Raw>(events: WSEvents<Raw>, recorder: SocketRecorder): WSEvents<Raw> {
  const seen = new WeakSet<WSContext<Raw>>();
  // Some adapters create one context per connection, others one per event.
  const watchSend = (context: WSContext<Raw>) => {
    if (seen.has(context)) return;
    seen.add(context);
    countSent(context, recorder);
  };
  return {
    onOpen(event, context) {
      recorder.opened();
      watchSend(context);
      return events.onOpen?.(event, context);
    },
    onMessage(event, context) {
      recorder.received(event.data);
      watchSend(context);
      const { onMessage } = events;
      const timing = new MessageTiming(recorder.messageDuration);
      try {
        const result = onMessage === undefined ? undefined : Reflect.apply(onMessage, events, [event, context]);
        return timing.follow(result, onMessage) as void;
      } finally {
        timing.leave();
      }
    },
    onClose(event, context) {
      recorder.closed(event.code);
      return events.onClose?.(event, context);
    },
    onError(event, context) {
      recorder.failed();
      watchSend(context);
      return events.onError?.(event, context);
    },
  };
}

/** Counts sent messages. A closing socket accepts messages and discards them. */
function countSent<Raw>(context: WSContext<Raw>, recorder: SocketRecorder): void {
  const value = new Proxy(context.send, {
    apply(send, self, values: Parameters<WSContext<Raw>["send"]>) {
      const isOpen = context.readyState === OPEN;
      const result = Reflect.apply(send, self, values);
      if (isOpen) recorder.sent(values[0]);
      return result;
    },
  });
  Reflect.defineProperty(context, "send", { value, writable: true, configurable: true });
}
