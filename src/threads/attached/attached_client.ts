/**
 * Client of the aggregator and the main thread on an attached thread. Its channel to the aggregator is direct, so that
 * requests are answered while the main thread is busy; the main thread receives a copy of each announcement, and sends
 * another port if the aggregator fails.
 *
 * @module
 */

import type { MessagePort as NodeMessagePort } from "node:worker_threads";
import type { Announcement } from "../../model/model.ts";
import type {
  AggregatorToAttached,
  AttachedAnnounceMessage,
  AttachedRequests,
  AttachedToMain,
  MainToAttached,
} from "../protocol.ts";
import { RequestChannel } from "../request_channel.ts";

type AnyMessagePort = NodeMessagePort & MessagePort;

/** Listener of an {@linkcode AttachedClient}. */
export interface AttachedListener {
  /** Called when the aggregator has ended permanently. */
  onEnded(): void;
  /** Called with an instrument that another thread has removed. */
  onRemoved(instrument: number): void;
}

const NO_LISTENER: AttachedListener = { onEnded() {}, onRemoved() {} };

/** Client of one attached thread. */
export class AttachedClient {
  readonly #aggregator: RequestChannel<AttachedRequests, Extract<AggregatorToAttached, { type: "ended" }>>;
  readonly #main: AnyMessagePort;
  #listener: AttachedListener;
  #announced = 0;
  #isUnstartable = false;
  /** Number of pending lasting requests. */
  #lasting = 0;

  /**
   * Creates a client on the ports of a connection.
   *
   * @param ports Ports to the aggregator and to the main thread
   * @param listener Called with events that other threads cause
   */
  constructor([aggregator, main]: readonly AnyMessagePort[], listener: AttachedListener) {
    this.#listener = listener;
    this.#aggregator = new RequestChannel(aggregator, ({ message }) => this.#end(message));
    this.#main = main;
    const target: EventTarget = main;
    target.addEventListener("message", (event) => this.#receive((event as MessageEvent<MainToAttached>).data));
    main.start();
    main.unref();
  }

  /** Whether the aggregator will never be reached again. */
  get hasEnded(): boolean {
    return this.#aggregator.hasEnded;
  }

  /** Announces an instrument or series. */
  announce(announcement: Announcement): void {
    const message: AttachedAnnounceMessage = { type: "announce", at: this.#announced++, announcement };
    // Sent first, so that the main thread never lags behind the aggregator for long.
    this.#sendToMain(message);
    this.#aggregator.send(message);
  }

  /** Sends a heartbeat. */
  sendHeartbeat(): void {
    this.#aggregator.send({ type: "heartbeat" });
  }

  /**
   * Sends a request, and keeps the program alive until it is answered; resolves at once if no aggregator could be started.
   *
   * @param lasts Whether the request outlives a failure of the aggregator, see {@linkcode RequestChannel.request}
   */
  async request(name: keyof AttachedRequests, lasts: boolean = false): Promise<void> {
    // The port to the next worker arrives on the port to the main thread.
    if (lasts) this.#main.ref();
    this.#lasting += lasts ? 1 : 0;
    try {
      await this.#aggregator.request(name, this.#announced, lasts);
    } catch (error) {
      if (!this.#isUnstartable) throw error;
    } finally {
      this.#lasting -= lasts ? 1 : 0;
      if (this.#lasting === 0) this.#main.unref();
    }
  }

  /** Closes both ports. The runtime retains closed ports for a while, which must not retain the listener too. */
  close(): void {
    this.#listener = NO_LISTENER;
    this.#aggregator.close();
    this.#main.close();
  }

  #sendToMain(message: AttachedToMain): void {
    this.#main.postMessage(message);
  }

  #receive(message: MainToAttached): void {
    switch (message.type) {
      case "down":
        return this.#aggregator.suspend(message.reason);
      case "up":
        this.#aggregator.resume(message.port, { type: "joined", announced: this.#announced });
        return this.#sendToMain({ type: "joined" });
      case "removed":
        return this.#listener.onRemoved(message.instrument);
      case "ended":
        this.#isUnstartable = message.isUnstartable;
        return this.#end(message.reason);
    }
  }

  #end(reason: string): void {
    if (this.#aggregator.hasEnded) return;
    this.#aggregator.fail(reason);
    this.#listener.onEnded();
    this.close();
  }
}
