/**
 * Handlers of a program's exit, so that its last records are aggregated.
 *
 * @module
 */

import { onProgramEnd } from "./platform/program_end.ts";
import type { Recorder } from "./record/recorder.ts";
import type { AggregatorClient } from "./threads/client.ts";

/** Longest time that a program's exit waits for the aggregator, in milliseconds. */
const UNLOAD_TIMEOUT_MS = 1_000;

/** Handlers of the program's exit for one recording thread. */
export class ExitHandling {
  readonly #recorder: Recorder;
  readonly #client: AggregatorClient;
  readonly #flush: () => Promise<void>;
  readonly #remove: () => void;

  /** Adds the handlers. */
  constructor(recorder: Recorder, client: AggregatorClient, flush: () => Promise<void>) {
    this.#recorder = recorder;
    this.#client = client;
    this.#flush = flush;
    this.#remove = onProgramEnd(() => this.#flushRest(), () => this.#drainRest());
  }

  /** Removes the handlers. */
  close(): void {
    this.#remove();
  }

  /** Keeps the program alive once more if there are records that were not drained. */
  #flushRest(): boolean {
    if (this.#recorder.producer.pending === 0 || !this.#client.isAlive) return false;
    // The program is ending and cannot handle a failure.
    this.#flush().catch(() => {});
    return true;
  }

  /** Waits for the records since the program was last idle, and for those before `Deno.exit`. */
  #drainRest(): void {
    if (!this.#client.isRunning) return;
    this.#recorder.publish();
    // Inline aggregation drains here; a worker drains by itself.
    this.#client.tick();
    this.#recorder.producer.drainBlocking(UNLOAD_TIMEOUT_MS);
  }
}
