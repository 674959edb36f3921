/**
 * Another thread's lines: one straight to the aggregator, so that it is heard while the main thread is busy, and one to
 * the ledger that the main thread keeps. If the worker fails, the main thread sends another port.
 *
 * @module
 */

import type { MessagePort as NodeMessagePort } from "node:worker_threads";
import type { Announcement } from "../../model/model.ts";
import { RequestChannel } from "../request_channel.ts";
import type {
  AggregatorToAttached,
  AttachedAnnounceMessage,
  AttachedRequests,
  AttachedToMain,
  MainToAttached,
} from "../protocol.ts";

type AnyMessagePort = NodeMessagePort & MessagePort;

/** What a thread has to do because of others. */
export interface AttachedListener {
  /** There will be no aggregator any more. */
  onEnded(): void;
  /** Another thread has removed an instrument. */
  onRemoved(instrument: number): void;
}

const NOBODY: AttachedListener = { onEnded() {}, onRemoved() {} };

/** The lines of one thread. */
export class AttachedClient {
  readonly #line: RequestChannel<AttachedRequests, Extract<AggregatorToAttached, { type: "ended" }>>;
  readonly #ledger: AnyMessagePort;
  #listener: AttachedListener;
  #announced = 0;
  #isUnstartable = false;
  /** Requests under way that last. */
  #lasting = 0;

  /**
   * Takes over the ports of a connection.
   *
   * @param ports To the aggregator, and to the ledger
   * @param listener What is called when something comes that was not asked for
   */
  constructor([port, ledger]: readonly AnyMessagePort[], listener: AttachedListener) {
    this.#listener = listener;
    this.#line = new RequestChannel(port, ({ message }) => this.#end(message));
    this.#ledger = ledger;
    const target: EventTarget = ledger;
    target.addEventListener("message", (event) => this.#receive((event as MessageEvent<MainToAttached>).data));
    ledger.start();
    ledger.unref();
  }

  /** Why the aggregator cannot be reached; `undefined` as long as it can. */
  get failure(): Error | undefined {
    return this.#line.failure;
  }

  /** Whether it will never be reached again. */
  get hasEnded(): boolean {
    return this.#line.hasEnded;
  }

  /** Tells of an instrument or series. */
  announce(news: Announcement): void {
    const message: AttachedAnnounceMessage = { type: "announce", at: this.#announced++, news };
    // First, so that the ledger never knows less than the aggregator for long.
    this.#tellLedger(message);
    this.#line.say(message);
  }

  /** Tells that the thread is there. */
  beat(): void {
    this.#line.say({ type: "beat" });
  }

  /**
   * Asks, and keeps the program alive until the answer is there; at once if no aggregator could be started.
   *
   * @param lasts See {@linkcode RequestChannel.request}
   */
  async request(name: keyof AttachedRequests, lasts: boolean = false): Promise<void> {
    // The next worker's port comes by the ledger's.
    if (lasts) this.#ledger.ref();
    this.#lasting += lasts ? 1 : 0;
    try {
      await this.#line.request(name, this.#announced, lasts);
    } catch (error) {
      if (!this.#isUnstartable) throw error;
    } finally {
      this.#lasting -= lasts ? 1 : 0;
      if (this.#lasting === 0) this.#ledger.unref();
    }
  }

  /** Ends both lines. The runtime keeps closed ports for a while, which must not keep whoever listens. */
  close(): void {
    this.#listener = NOBODY;
    this.#line.close();
    this.#ledger.close();
  }

  #tellLedger(message: AttachedToMain): void {
    this.#ledger.postMessage(message);
  }

  #receive(message: MainToAttached): void {
    switch (message.type) {
      case "down":
        return this.#line.suspend(message.reason);
      case "up":
        this.#line.resume(message.port, { type: "joined", announced: this.#announced });
        return this.#tellLedger({ type: "joined" });
      case "removed":
        return this.#listener.onRemoved(message.instrument);
      case "ended":
        this.#isUnstartable = message.isUnstartable;
        return this.#end(message.reason);
    }
  }

  #end(reason: string): void {
    if (this.#line.hasEnded) return;
    this.#line.fail(reason);
    this.#listener.onEnded();
    this.close();
  }
}
