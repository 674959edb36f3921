/**
 * Measures a WebSocket that the program accepted or opened.
 *
 * @module
 */

import { typeError } from "../../check/errors.ts";
import { checkOptionNames } from "../../check/options.ts";
import { type HandlerAccess, MessageListeners } from "./message_listeners.ts";
import { MessageTiming } from "./message_timing.ts";
import { SocketRecorder, type WebSocketMetrics, type WebSocketRole } from "./socket_recorder.ts";

/** Options of {@linkcode instrumentWebSocket}. */
export interface WebSocketOptions {
  /**
   * Value of the label `name`: the purpose of the connection, one of a few values.
   *
   * @default {"default"}
   */
  readonly name?: string;
  /** Value of the label `role`. Defaults to `"client"` if the socket has a URL, otherwise to `"server"`. */
  readonly role?: WebSocketRole;
}

/** An instrumented WebSocket. */
export interface InstrumentedWebSocket {
  /** Stops measuring and restores the socket. Listeners that were added since remain. */
  unhook(): void;
}

// deno-lint-ignore no-explicit-any -- methods of any socket, with any parameters
type AnyMethod = (...values: any[]) => unknown;

const ACTION = "instrument a WebSocket";
const OPEN = 1;
const hooked: WeakSet<WebSocket> = new WeakSet();

/**
 * Measures a WebSocket: open connections, close codes, messages and bytes in both directions, errors, and the time that
 * listeners take for a message (`async` functions until their promises settle, others until they return). Call it
 * before listeners are added: of earlier listeners, only that of `onmessage` is timed.
 *
 * @param metrics Metrics that record the socket
 * @param socket Socket of `Deno.upgradeWebSocket` or `new WebSocket`
 * @param options Its labels
 * @returns The same socket
 * @throws {TypeError} If `socket` is not a WebSocket or is already measured, or an option has the wrong type or is
 * unknown
 * @throws {RangeError} If the name is empty or the role unknown
 *
 * @example An echo
 * ```ts
 * import { assertStringIncludes } from "@std/assert";
 * import { createMetrics, instrumentWebSocket } from "@hotpath/metrics";
 *
 * await using metrics = createMetrics({ aggregation: "inline" });
 * await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
 *   const { socket, response } = Deno.upgradeWebSocket(request);
 *   instrumentWebSocket(metrics, socket, { name: "echo" });
 *   socket.onmessage = ({ data }) => socket.send(data);
 *   return response;
 * });
 *
 * const client = new WebSocket(`ws://127.0.0.1:${server.addr.port}`);
 * client.onopen = () => client.send("hello");
 * await new Promise((resolve) => client.onmessage = resolve);
 * client.close();
 * await new Promise((resolve) => client.onclose = resolve);
 * const text = await metrics.scrape();
 * assertStringIncludes(text, 'websocket_bytes_total{name="echo",role="server",direction="transmit"} 5');
 * ```
 */
export function instrumentWebSocket<Socket extends WebSocket>(
  metrics: WebSocketMetrics,
  socket: Socket,
  options: WebSocketOptions = {},
): Socket & InstrumentedWebSocket {
  checkOptionNames(ACTION, options, ["name", "role"]);
  const handler = handlerAccessOf(socket);
  if (handler === undefined) throw typeError(ACTION, "socket", "be a WebSocket", socket);
  if (hooked.has(socket)) throw typeError(ACTION, "socket", "not already be instrumented", socket.url || "a server's");
  const { role = socket.url === "" ? "server" : "client", name } = options;
  const recorder = new SocketRecorder(metrics, role, name);
  hooked.add(socket);
  return hook(socket, recorder, handler) as Socket & InstrumentedWebSocket;
}

/** Returns the accessor of the socket's `onmessage`; `undefined` if this is not a socket. */
function handlerAccessOf(socket: unknown): HandlerAccess | undefined {
  if (typeof socket !== "object" || socket === null) return undefined;
  const { send, addEventListener } = socket as Partial<WebSocket>;
  if (typeof send !== "function" || typeof addEventListener !== "function") return undefined;
  let owner: object | null = socket;
  while (owner !== null && !Object.hasOwn(owner, "onmessage")) owner = Object.getPrototypeOf(owner);
  const { get, set } = owner === null ? {} : Object.getOwnPropertyDescriptor(owner, "onmessage") ?? {};
  if (get === undefined || set === undefined) return undefined;
  return { get: get.bind(socket), set: set.bind(socket) };
}

function hook(
  socket: WebSocket,
  recorder: SocketRecorder,
  handler: HandlerAccess,
): WebSocket {
  const watching = new AbortController();
  const { signal } = watching;
  const messages = new MessageWatch(recorder);
  const { send } = socket;
  socket.addEventListener("open", () => recorder.opened(), { signal });
  socket.addEventListener("close", ({ code }) => recorder.closed(code), { signal });
  socket.addEventListener("error", () => recorder.failed(), { signal });
  socket.addEventListener("message", (event) => void messages.timingOf(event), { signal });
  if (socket.readyState === OPEN) recorder.opened();

  const listeners = new MessageListeners(socket, handler, (operation, self, event) => {
    const timing = messages.timingOf(event as MessageEvent);
    return timing.follow(Reflect.apply(operation, self, [event]), operation);
  });
  const restores = [
    override(socket, "onmessage", {
      get: () => listeners.handler,
      set: (handler) => listeners.handler = handler,
    }),
    overrideMethod(socket, "addEventListener", 2, listeners.add.bind(listeners)),
    overrideMethod(socket, "removeEventListener", 2, listeners.remove.bind(listeners)),
    overrideMethod(socket, "send", 1, (...values) => sendAndCount(socket, send, values, recorder)),
    override(socket, "unhook", { value: unhook }),
  ];

  function unhook(): void {
    if (!hooked.delete(socket)) return;
    watching.abort();
    for (const restore of restores) restore();
    listeners.restore();
    recorder.forget();
  }

  return socket;
}

/** Tracks the message that is being handled, from its first listener on. */
class MessageWatch {
  readonly #recorder: SocketRecorder;
  #event: MessageEvent | undefined;
  #timing: MessageTiming | undefined;

  constructor(recorder: SocketRecorder) {
    this.#recorder = recorder;
  }

  timingOf(event: MessageEvent): MessageTiming {
    if (this.#timing !== undefined && this.#event === event) return this.#timing;
    this.#recorder.received(event.data);
    const timing = new MessageTiming(this.#recorder.messageDuration);
    this.#event = event;
    this.#timing = timing;
    // All listeners are called synchronously, so this runs after the last one has returned.
    queueMicrotask(() => {
      timing.leave();
      // Otherwise the data would be retained until the next message.
      if (this.#event === event) this.#event = undefined;
    });
    return timing;
  }
}

/** Sends and counts a message. A closing socket accepts messages and discards them. */
function sendAndCount(socket: WebSocket, send: AnyMethod, values: unknown[], recorder: SocketRecorder): unknown {
  const isOpen = socket.readyState === OPEN;
  // Sockets of libraries accept further arguments, such as a callback.
  const result = Reflect.apply(send, socket, values);
  if (isOpen) recorder.sent(values[0]);
  return result;
}

/**
 * Replaces a method of a socket for calls on that socket with all required arguments. Other calls reach the method
 * itself, which throws its usual errors.
 */
function overrideMethod(
  socket: WebSocket,
  name: keyof WebSocket,
  required: number,
  replacement: AnyMethod,
): () => void {
  const method = socket[name] as AnyMethod;
  const value = new Proxy(method, {
    apply: (_method, self, values) =>
      self === socket && values.length >= required ? replacement(...values) : Reflect.apply(method, self, values),
  });
  return override(socket, name, { value, writable: true });
}

/** Overrides a property and returns a function that restores it. */
function override(target: object, name: string, descriptor: PropertyDescriptor): () => void {
  const own = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { ...descriptor, configurable: true });
  return () => {
    if (own === undefined) Reflect.deleteProperty(target, name);
    else Object.defineProperty(target, name, own);
  };
}
