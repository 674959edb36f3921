/**
 * The end of a program: what it has recorded last is aggregated before it ends.
 *
 * @module
 */

import type { Recorder } from "./record/recorder.ts";
import type { AggregatorClient } from "./threads/client.ts";

/** Milliseconds that the end of a program waits for the aggregator at most. */
const UNLOAD_TIMEOUT_MS = 1_000;

/** Handlers of the program's end for one recording thread. */
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
    // A failure ends the program too, which then cannot handle it.
    this.#flush().catch(() => {});
  };

  /** Waits for records that were made after the last chance to keep the program alive, also of `Deno.exit`. */
  readonly #onUnload = (): void => {
    if (!this.#client.isRunning) return;
    this.#recorder.publish();
    // Inline, this drains; a worker drains by itself.
    this.#client.tick();
    this.#recorder.producer.drainBlocking(UNLOAD_TIMEOUT_MS);
  };
}
