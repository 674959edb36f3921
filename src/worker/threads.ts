/**
 * The aggregator's ends of the lines to other recording threads. A thread that ends closes its port;
 * one that is terminated while it does not come to rest does not, and is missed by its beats.
 *
 * @module
 */

import type { MessagePort } from "node:worker_threads";
import type { Aggregator } from "./aggregator.ts";
import type { FromThread, FromWorker } from "./protocol.ts";

/** The other threads of one aggregator. */
export class Threads {
  readonly #aggregator: Aggregator;
  readonly #ports: Set<MessagePort> = new Set();

  /** Without threads. */
  constructor(aggregator: Aggregator) {
    this.#aggregator = aggregator;
  }

  /** Drains a thread's ring, and listens to it, until it goes. */
  connect(port: MessagePort, ring: ArrayBufferLike): void {
    const aggregator = this.#aggregator;
    const say = (message: FromWorker) => port.postMessage(message);
    const link = aggregator.connect(ring, (series) => say({ type: "freed", series }), true);
    const answer = (id: number) => {
      aggregator.drainAll();
      const { clash } = link.state;
      if (clash === undefined) say({ type: "reply", id, answer: undefined });
      else say({ type: "refusal", id, name: clash.name, message: clash.message });
    };
    this.#ports.add(port);
    port.on("message", (message: FromThread) => {
      aggregator.hear(link);
      if (message.type === "announce") link.state.admit(message.news);
      if (message.type !== "request") return;
      if (message.name === "leave") aggregator.disconnect(link);
      answer(message.id);
    });
    port.on("close", () => {
      aggregator.disconnect(link);
      this.#ports.delete(port);
    });
  }

  /** Tells all threads that the aggregator ends. */
  end(reason: string): void {
    for (const port of this.#ports) {
      port.postMessage({ type: "failed", message: reason } satisfies FromWorker);
      port.close();
    }
  }
}
