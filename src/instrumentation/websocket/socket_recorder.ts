/**
 * Metrics of WebSockets, shared by hooks on a socket and by events of a framework.
 *
 * Names follow common exporters of WebSocket servers; the values of `direction` are those of `network.io.direction` in
 * the OpenTelemetry semantic conventions.
 *
 * @module
 */

import { checkFilled, checkMethods, checkOneOf } from "../../check/checks.ts";
import type { Counter, CounterFamily } from "../../instrument/counter.ts";
import type { Gauge } from "../../instrument/gauge.ts";
import type { Timer } from "../../instrument/timer.ts";
import type { Metrics } from "../../api/metrics.ts";
import { closeCodeLabel } from "./close_code.ts";
import { messageBytes } from "./message_bytes.ts";

/** Part of {@linkcode Metrics} that WebSockets are measured with; metrics of attached threads have it too. */
export type WebSocketMetrics = Pick<Metrics, "counter" | "gauge" | "timer">;

/** Role in a connection: the server accepted it, the client opened it. */
export type WebSocketRole = "server" | "client";

const ACTION = "instrument a WebSocket";
const checkName = checkFilled();
const checkRole = checkOneOf<WebSocketRole>("server", "client");
const checkMaker = checkMethods("come from createMetrics", "counter", "gauge", "timer");

const DEFAULT_NAME = "default";
const LABELS = ["name", "role"] as const;

/** Handles of all sockets of one name and role. */
interface SocketKind {
  readonly name: string;
  readonly role: WebSocketRole;
  /** Counted here and collected as well, so that the gauge is correct after recording was disabled for a time. */
  active: number;
  readonly connectionsActive: Gauge;
  readonly connectionsOpened: Counter;
  readonly connectionsClosed: Counter;
  readonly closes: CounterFamily<"name" | "role" | "code">;
  readonly errors: Counter;
  readonly messagesReceived: Counter;
  readonly messagesSent: Counter;
  readonly bytesReceived: Counter;
  readonly bytesSent: Counter;
  readonly messageDuration: Timer;
}

/** Kinds by metrics, then by role and name. Names come from the program, so they are few. */
const kinds: WeakMap<WebSocketMetrics, Map<string, SocketKind>> = new WeakMap();

/** Records one socket. */
export class SocketRecorder {
  readonly #kind: SocketKind;
  #isOpen = false;

  /**
   * Creates a recorder for a socket that is not open yet.
   *
   * @throws {TypeError} If the name or the role is not a string, or the metrics are not those of `createMetrics`
   * @throws {RangeError} If the name is empty or the role unknown
   */
  constructor(metrics: WebSocketMetrics, role: WebSocketRole, name: string = DEFAULT_NAME) {
    this.#kind = kindOf(metrics, role, name);
  }

  /** Time that the listeners take for a message. */
  get messageDuration(): Timer {
    return this.#kind.messageDuration;
  }

  /** Records that the connection was opened. */
  opened(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#kind.connectionsOpened.inc();
    this.#count(1);
  }

  /** Records that the connection was closed, or could not be established. */
  closed(code: number): void {
    const { name, role, closes, connectionsClosed } = this.#kind;
    closes.with({ name, role, code: closeCodeLabel(code) }).inc();
    if (!this.#isOpen) return;
    connectionsClosed.inc();
    this.forget();
  }

  /** Stops counting the connection as open, because its end will not be observed. */
  forget(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#count(-1);
  }

  /** Records an error event. */
  failed(): void {
    this.#kind.errors.inc();
  }

  /** Records a received message. */
  received(data: unknown): void {
    this.#kind.messagesReceived.inc();
    this.#kind.bytesReceived.inc(messageBytes(data));
  }

  /** Records a sent message. */
  sent(data: unknown): void {
    this.#kind.messagesSent.inc();
    this.#kind.bytesSent.inc(messageBytes(data));
  }

  #count(change: 1 | -1): void {
    this.#kind.active += change;
    showActive(this.#kind);
  }
}

function showActive({ active, connectionsActive }: SocketKind): void {
  connectionsActive.set(active);
}

function kindOf(metrics: WebSocketMetrics, role: WebSocketRole, name: string): SocketKind {
  checkName({ action: ACTION, path: "name" }, name);
  checkRole({ action: ACTION, path: "role" }, role);
  let known = kinds.get(metrics);
  if (known === undefined) {
    checkMaker({ action: ACTION, path: "metrics" }, metrics);
    kinds.set(metrics, known = new Map());
  }
  const key = `${role} ${name}`;
  const kind = known.get(key) ?? createKind(metrics, role, name, known);
  known.set(key, kind);
  return kind;
}

function createKind(
  metrics: WebSocketMetrics,
  role: WebSocketRole,
  name: string,
  known: ReadonlyMap<string, SocketKind>,
): SocketKind {
  const messages = metrics.counter("websocket_messages_total", {
    help: "Messages, by direction",
    labels: [...LABELS, "direction"],
  });
  const bytes = metrics.counter("websocket_bytes_total", {
    help: "Bytes of messages without frames, by direction",
    unit: "bytes",
    labels: [...LABELS, "direction"],
  });
  const labels = { name, role };
  const active = metrics.gauge("websocket_connections_active", {
    help: "Open connections",
    labels: LABELS,
    collect: () => known.forEach(showActive),
  });
  return {
    ...labels,
    active: 0,
    connectionsActive: active.with(labels),
    connectionsOpened: metrics.counter("websocket_connections_opened_total", {
      help: "Connections opened",
      labels: LABELS,
    }).with(labels),
    connectionsClosed: metrics.counter("websocket_connections_closed_total", {
      help: "Connections closed after they were opened",
      labels: LABELS,
    }).with(labels),
    closes: metrics.counter("websocket_closes_total", {
      help: "Ends of connections and of failed attempts to connect, by close code",
      labels: [...LABELS, "code"],
    }),
    errors: metrics.counter("websocket_errors_total", { help: "Error events", labels: LABELS }).with(labels),
    messagesReceived: messages.with({ ...labels, direction: "receive" }),
    messagesSent: messages.with({ ...labels, direction: "transmit" }),
    bytesReceived: bytes.with({ ...labels, direction: "receive" }),
    bytesSent: bytes.with({ ...labels, direction: "transmit" }),
    messageDuration: metrics.timer("websocket_message_duration", {
      help: "Time that listeners take for a message",
      labels: LABELS,
    }).with(labels),
  };
}
