/**
 * What is recorded of a WebSocket, whoever tells it: hooks on a socket, or events of a framework.
 *
 * Names follow what exporters of WebSocket servers have in common; the values of `direction` are those of
 * `network.io.direction` in the OpenTelemetry semantic conventions.
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

/** What is needed of metrics to measure WebSockets; those of another thread have it too. */
export type WebSocketMetrics = Pick<Metrics, "counter" | "gauge" | "timer">;

/** Who accepted a connection, and who opened it. */
export type WebSocketRole = "server" | "client";

const ACTION = "instrument a WebSocket";
const checkName = checkFilled();
const checkRole = checkOneOf<WebSocketRole>("server", "client");
const checkMaker = checkMethods("come from createMetrics", "counter", "gauge", "timer");

const DEFAULT_NAME = "default";
const LABELS = ["name", "role"] as const;

/** The handles of all sockets of one name and role. */
interface SocketKind {
  readonly name: string;
  readonly role: WebSocketRole;
  /** Counted here and collected, too, so that the gauge is right after a time in which nothing was recorded. */
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

/** By metrics, then by role and name. Names come from the program, so they are few. */
const kinds: WeakMap<WebSocketMetrics, Map<string, SocketKind>> = new WeakMap();

/** What is recorded of one socket. */
export class SocketRecorder {
  readonly #kind: SocketKind;
  #isOpen = false;

  /**
   * For a socket that is not open yet.
   *
   * @throws {TypeError} If the name or the role is no string, or the metrics are none
   * @throws {RangeError} If the name is empty or the role unknown
   */
  constructor(metrics: WebSocketMetrics, role: WebSocketRole, name: string = DEFAULT_NAME) {
    this.#kind = kindOf(metrics, role, name);
  }

  /** How long the listeners take for a message. */
  get messageDuration(): Timer {
    return this.#kind.messageDuration;
  }

  /** The connection is there. */
  opened(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#kind.connectionsOpened.inc();
    this.#count(1);
  }

  /** The connection is gone, or never came about. */
  closed(code: number): void {
    const { name, role, closes, connectionsClosed } = this.#kind;
    closes.with({ name, role, code: closeCodeLabel(code) }).inc();
    if (!this.#isOpen) return;
    connectionsClosed.inc();
    this.forget();
  }

  /** Nothing more will be told; the connection counts as open no longer. */
  forget(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#count(-1);
  }

  /** Something went wrong. */
  failed(): void {
    this.#kind.errors.inc();
  }

  /** A message has come. */
  received(data: unknown): void {
    this.#kind.messagesReceived.inc();
    this.#kind.bytesReceived.inc(messageBytes(data));
  }

  /** A message was given to the network. */
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
    help: "Bytes of messages, by direction, frames left out",
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
      help: "Connections that came about",
      labels: LABELS,
    }).with(labels),
    connectionsClosed: metrics.counter("websocket_connections_closed_total", {
      help: "Connections that had come about and are gone",
      labels: LABELS,
    }).with(labels),
    closes: metrics.counter("websocket_closes_total", {
      help: "Ends of connections, and of attempts to connect, by close code",
      labels: [...LABELS, "code"],
    }),
    errors: metrics.counter("websocket_errors_total", { help: "Error events", labels: LABELS }).with(labels),
    messagesReceived: messages.with({ ...labels, direction: "receive" }),
    messagesSent: messages.with({ ...labels, direction: "transmit" }),
    bytesReceived: bytes.with({ ...labels, direction: "receive" }),
    bytesSent: bytes.with({ ...labels, direction: "transmit" }),
    messageDuration: metrics.timer("websocket_message_duration", {
      help: "Time that the listeners take for a message",
      labels: LABELS,
    }).with(labels),
  };
}
