/**
 * Handlers of a program's exit, so that its last records are aggregated.
 *
 * @module
 */

import type { Recorder } from "./record/recorder.ts";
import type { AggregatorClient } from "./threads/client.ts";

/** Longest time that a program's exit waits for the aggregator, in milliseconds. */
const UNLOAD_TIMEOUT_MS = 1_000;

/** Handlers of the program's exit for one recording thread. */
export class ExitHandling {
  readonly #recorder: Recorder;
  readonly #client: AggregatorClient;
  readonly #flush: () => Promise<void>;

  /** Adds the handlers. */
  constructor(recorder: Recorder, client: AggregatorClient, flush: () => Promise<void>) {
    this.#recorder = recorder;
    this.#client = client;
    this.#flush = flush;
    globalThis.addEventListener?.("beforeunload", this.#onBeforeUnload);
    globalThis.addEventListener?.("unload", this.#onUnload);
  }

  /** Removes the handlers. */
  close(): void {
    globalThis.removeEventListener?.("beforeunload", this.#onBeforeUnload);
    globalThis.removeEventListener?.("unload", this.#onUnload);
  }

  /** Keeps the program alive once more if there are records that were not drained. */
  readonly #onBeforeUnload = (event: Event): void => {
    if (this.#recorder.producer.pending === 0 || !this.#client.isAlive) return;
    event.preventDefault();
    // The program is ending and cannot handle a failure.
    this.#flush().catch(() => {});
  };

  /** Waits for the records since the last `beforeunload`, and for those before `Deno.exit`. */
  readonly #onUnload = (): void => {
    if (!this.#client.isRunning) return;
    this.#recorder.publish();
    // Inline aggregation drains here; a worker drains by itself.
    this.#client.tick();
    this.#recorder.producer.drainBlocking(UNLOAD_TIMEOUT_MS);
  };
}
