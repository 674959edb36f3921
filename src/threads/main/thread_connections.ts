/**
 * The main thread's side of the connections to attached threads. It keeps their rings and announcements, so that the
 * next run of the aggregator continues where the failed one stopped, and sends each thread a port to the new run.
 *
 * A thread that does not yield to its event loop does not receive its port. Until it does, its announcements are
 * forwarded; they are numbered, so that none is lost or admitted twice. At most one port is in flight to each thread.
 *
 * @module
 */

import { MessageChannel, type MessagePort } from "node:worker_threads";
import type { RingOwner } from "../../ring/ring_owner.ts";
import { RingPool } from "../../ring/ring_pool.ts";
import type { ConnectionParts } from "../client.ts";
import type {
  AttachedAnnounceMessage,
  AttachedThreadStart,
  AttachedToMain,
  DepartureMessage,
  MainToAggregator,
} from "../protocol.ts";
import { DepartedTotals } from "./departed_totals.ts";
import { ThreadConnection } from "./thread_connection.ts";

/** Sends a message to the aggregator. */
type Send = (message: MainToAggregator, transfer?: readonly MessagePort[]) => void;

/** Creates two connected ports. */
export type OpenChannel = () => { readonly port1: MessagePort; readonly port2: MessagePort };

/** Connections of all attached threads. */
export class ThreadConnections {
  /** Totals of departed threads. */
  readonly departed: DepartedTotals = new DepartedTotals();
  readonly #send: Send;
  readonly #openChannel: OpenChannel;
  readonly #connections: Map<number, ThreadConnection> = new Map();
  /** Connections whose thread is leaving: its ring is drained, but it has not received the answer yet. */
  readonly #leaving: Set<ThreadConnection> = new Set();
  readonly #rings: RingPool = new RingPool();
  /** Messages that wait for announcements, oldest first. */
  readonly #unsettled: DepartureMessage[] = [];
  /** Reason why there is no aggregator; `undefined` if there is one. */
  #reason: string | undefined;
  #nextNumber = 0;

  /** Creates an empty list of connections to a running aggregator. */
  constructor(send: Send, openChannel: OpenChannel = () => new MessageChannel()) {
    this.#send = send;
    this.#openChannel = openChannel;
  }

  /** Whether announcements are missing, which arrive as soon as this thread yields to its event loop. */
  get isBehind(): boolean {
    return this.#unsettled.length > 0 || this.#connections.values().some(({ isBehind }) => isBehind);
  }

  /** Returns the rings that are still read. */
  owners(): RingOwner[] {
    return Array.from(this.#connections.values(), ({ owner }) => owner);
  }

  /** Connects one more thread. */
  connect(ringCapacity: number): ConnectionParts {
    const owner = this.#rings.take(ringCapacity);
    const { buffer: ring, cells, reader } = owner;
    const [toAggregator, toMain] = [this.#openChannel(), this.#openChannel()];
    const thread = this.#nextNumber++;
    const connection = new ThreadConnection(thread, owner, toMain.port1, {
      onMessage: (connection, message) => this.#receive(connection, message),
      onClose: (connection) => this.#noteDeparted(connection),
    });
    this.#connections.set(thread, connection);
    const port = toAggregator.port1;
    if (this.#reason === undefined) {
      this.#send({ type: "connect", thread, ring, reader });
      this.#send({ type: "port", thread, port, isFirst: true }, [port]);
    } else {
      port.close();
      this.#sendDown(connection, this.#reason);
    }
    return { ring, cells, ports: [toAggregator.port2, toMain.port2] as ConnectionParts["ports"] };
  }

  /** Notifies all threads that the aggregator has failed. */
  suspend(reason: string): void {
    this.#reason = reason;
    for (const connection of this.#connections.values()) {
      connection.owner.dismissReader();
      if (connection.standing === "invited") connection.isStale = true;
      else if (connection.standing === "joined") this.#sendDown(connection, reason);
    }
    // The answers will not arrive any more.
    for (const connection of this.#leaving) this.#sendDown(connection, reason);
  }

  /** Returns the state of all threads for an aggregator that starts. */
  starts(): AttachedThreadStart[] {
    return Array.from(this.#connections.values(), (connection) => connection.start());
  }

  /** Connects all threads with an aggregator that has started with {@linkcode ThreadConnections.starts}. */
  resume(): void {
    this.#reason = undefined;
    for (const connection of this.#connections.values()) {
      connection.isForwarded = true;
      if (connection.standing === "down") this.#invite(connection);
    }
  }

  /** Notes that a thread has an instrument that another thread had already defined differently. */
  noteClash(thread: number, instrument: number): void {
    this.#connections.get(thread)?.announcements.clashing.add(instrument);
  }

  /** Notifies a thread that another has removed an instrument. */
  noteRemoved(thread: number, instrument: number): void {
    const connection = this.#connections.get(thread);
    connection?.announcements.noteRemoved(instrument);
    connection?.send({ type: "removed", instrument });
  }

  /**
   * Handles a message of the aggregator about departed threads. A thread's announcements arrive on another port,
   * possibly later: until all have arrived, this message and those after it wait.
   */
  settle(message: DepartureMessage): void {
    this.#unsettled.push(message);
    this.#settleDue();
  }

  /** Notifies all threads that the aggregator has ended permanently, perhaps because none could start. */
  end(reason: string, isUnstartable: boolean): void {
    for (const connection of [...this.#connections.values(), ...this.#leaving]) {
      connection.send({ type: "ended", reason, isUnstartable });
      // Closing a port discards messages that its other end has not read yet. Without an aggregator, threads receive no
      // other notice of the end.
      if (!isUnstartable) connection.close();
    }
    this.#connections.clear();
    this.#leaving.clear();
  }

  #settleDue(): void {
    while (this.#unsettled.length > 0 && this.#settleNext(this.#unsettled[0])) this.#unsettled.shift();
  }

  /** Settles a message and returns whether that was possible. */
  #settleNext(message: DepartureMessage): boolean {
    if (message.type === "forgotten") {
      this.departed.forget(message.name, message.labelValues);
      return true;
    }
    const connection = this.#connections.get(message.thread);
    if (connection === undefined) return true;
    if (!connection.knows(message.announced)) return false;
    this.#connections.delete(message.thread);
    this.departed.add(connection.owner, connection.announcements.counted());
    this.#rings.give(connection.owner, message.reader);
    // A thread that leaves closes its port once it has received its answer.
    if (connection.hasDeparted) connection.close();
    else this.#leaving.add(connection);
    return true;
  }

  #receive(connection: ThreadConnection, message: AttachedToMain): void {
    // Its ring may already belong to another thread.
    if (this.#leaving.has(connection)) return;
    if (message.type === "announce") this.#note(connection, message);
    else this.#join(connection);
  }

  #note({ announcements, owner, number, isForwarded }: ThreadConnection, message: AttachedAnnounceMessage): void {
    if (announcements.note(message.announcement)) {
      owner.note();
      announcements.acknowledge(owner.freed);
    }
    if (isForwarded && this.#reason === undefined) this.#send({ type: "forward", thread: number, message });
    this.#settleDue();
  }

  #join(connection: ThreadConnection): void {
    connection.standing = "joined";
    if (!connection.isStale) connection.isForwarded = false;
    else if (this.#reason === undefined) this.#invite(connection);
    else this.#sendDown(connection, this.#reason);
  }

  #sendDown(connection: ThreadConnection, reason: string): void {
    connection.standing = "down";
    connection.send({ type: "down", reason });
  }

  #invite(connection: ThreadConnection): void {
    if (connection.hasDeparted) return;
    const { port1, port2 } = this.#openChannel();
    connection.standing = "invited";
    connection.isStale = false;
    this.#send({ type: "port", thread: connection.number, port: port1, isFirst: false }, [port1]);
    connection.send({ type: "up", port: port2 }, [port2]);
  }

  /**
   * Notes that a thread has departed. The aggregator detects it by itself, unless the thread has not used its port yet.
   */
  #noteDeparted(connection: ThreadConnection): void {
    connection.hasDeparted = true;
    if (this.#leaving.delete(connection)) return connection.close();
    this.#settleDue();
    if (connection.isForwarded && this.#reason === undefined) this.#send({ type: "leave", thread: connection.number });
  }
}
