/**
 * The main thread's side of the connection to one attached thread.
 *
 * @module
 */

import type { MessagePort } from "node:worker_threads";
import { Taken } from "../../ring/layout.ts";
import type { RingOwner } from "../../ring/ring_owner.ts";
import type { AttachedThreadStart, AttachedToMain, MainToAttached } from "../protocol.ts";
import { AnnouncementStore } from "./announcement_store.ts";

/** Listener of a {@linkcode ThreadConnection}. */
export interface ConnectionListener {
  /** Called with a message of the thread. */
  onMessage(connection: ThreadConnection, message: AttachedToMain): void;
  /** Called when the thread has closed its port or ended. */
  onClose(connection: ThreadConnection): void;
}

/** Connection of one attached thread. */
export class ThreadConnection {
  readonly number: number;
  readonly owner: RingOwner;
  readonly port: MessagePort;
  readonly announcements: AnnouncementStore = new AnnouncementStore();
  /** State of the thread: it uses a port to the aggregator, knows that there is none, or was sent one. */
  standing: "joined" | "down" | "invited" = "joined";
  /** Whether the port that the thread was sent leads to a worker that has failed since. */
  isStale = false;
  /** Whether the thread's announcements are forwarded to the aggregator. */
  isForwarded = false;
  hasDeparted = false;
  readonly #listeners: Readonly<Record<"message" | "close", (message: AttachedToMain) => void>>;

  constructor(number: number, owner: RingOwner, port: MessagePort, listener: ConnectionListener) {
    this.number = number;
    this.owner = owner;
    this.port = port;
    this.#listeners = {
      message: (message) => listener.onMessage(this, message),
      close: () => listener.onClose(this),
    };
    port.on("message", this.#listeners.message);
    port.on("close", this.#listeners.close);
    port.unref();
  }

  /**
   * Closes the port and removes its listeners, because the runtime retains a closed port for a while, with everything
   * that its listeners reference: here a ring.
   */
  close(): void {
    this.port.close();
    this.port.off("message", this.#listeners.message);
    this.port.off("close", this.#listeners.close);
  }

  /** Whether an aggregator has admitted announcements that have not arrived here yet. */
  get isBehind(): boolean {
    return !this.knows(this.owner.taken.at(Taken.admitted));
  }

  /**
   * Whether a number of announcements have arrived.
   *
   * @param announced Number of announcements; by default all that the thread will ever make
   */
  knows(announced: number = Number.POSITIVE_INFINITY): boolean {
    return this.hasDeparted || this.announcements.count >= announced;
  }

  send(message: MainToAttached, transfer: readonly MessagePort[] = []): void {
    this.port.postMessage(message, transfer);
  }

  /** Returns the state of the thread for an aggregator that starts. */
  start(): AttachedThreadStart {
    const { number, owner, announcements, hasDeparted } = this;
    announcements.acknowledge(owner.freed);
    return {
      thread: number,
      ring: owner.buffer,
      reader: owner.reader,
      announcements: announcements.all(),
      clashing: announcements.clashing,
      announced: announcements.count,
      hasDeparted,
    };
  }
}
