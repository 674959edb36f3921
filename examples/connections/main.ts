/**
 * A connection to a service that fails at first: retries and a circuit breaker, recorded by one set of metrics instead of
 * a hand-written class of counters.
 *
 * @module
 */

import { type CircuitBreakerState, type ConnectionMetrics, connectionMetrics, createMetrics } from "@hotpath/metrics";

const FAILURES_UNTIL_OPEN = 3;

/** Sends messages, and records whether they were sent. */
class Feed {
  readonly #counts: ConnectionMetrics;
  readonly #transmit: (message: string) => boolean;
  #state: CircuitBreakerState = "closed";
  #failures = 0;

  constructor(counts: ConnectionMetrics, transmit: (message: string) => boolean) {
    this.#counts = counts;
    this.#transmit = transmit;
    counts.connection();
  }

  send(message: string): void {
    this.#counts.messageQueued();
    while (!this.#tryToSend(message)) {
      if (this.#state === "open") this.#change("half-open"); // a real one waits first
    }
    this.#failures = 0;
    if (this.#state !== "closed") this.#change("closed");
    this.#counts.messageSent();
  }

  close(): void {
    this.#counts.disconnection();
  }

  #tryToSend(message: string): boolean {
    const isRetry = this.#failures > 0;
    if (isRetry) this.#counts.retryAttempt();
    const isSent = this.#transmit(message);
    if (isRetry) {
      if (isSent) this.#counts.retrySuccess();
      else this.#counts.retryFailure();
    }
    if (isSent) return true;
    this.#counts.messageFailed();
    this.#failures += 1;
    if (this.#failures % FAILURES_UNTIL_OPEN === 0) this.#change("open");
    return false;
  }

  #change(to: CircuitBreakerState): void {
    this.#counts.circuitBreakerStateChange(this.#state, to);
    this.#state = to;
  }
}

await using metrics = createMetrics();
const counts = connectionMetrics(metrics, { prefix: "feed" });

let attempts = 0;
const feed = new Feed(counts, () => ++attempts > 3); // the first three attempts fail
for (const message of ["buy", "sell"]) feed.send(message);
feed.close();

console.log(counts.toObject()); // available at once, without the aggregator
const text = await metrics.scrape();
console.log(text.split("\n").filter((line) => /^feed_.*(_total|_ratio)\b/.test(line)).join("\n"));
