/**
 * Detects requests whose client has disconnected. A request's signal reports it, but only once it has been accessed,
 * and creating it costs more than a fast request does (18 µs with `Deno.serve`). So the signal is accessed only if a
 * request has not ended by the next tick, where it may be read at all: a client is unlikely to disconnect sooner.
 *
 * @module
 */

import { unrefTimer } from "../../platform/unref_timer.ts";

/** Ongoing work that may have to be watched. */
export interface Watchable {
  /** Called when the work has not ended by the next tick. */
  watch(): void;
}

/** Place of work that is not watched. */
export const NO_PLACE = -1;

const TICK_MS = 10;
/** Original function, so that a program's fake clock in tests does not see this timer. */
const { setTimeout } = globalThis;

/** Ongoing work that was started since the last tick. */
export class AbortWatch {
  /**
   * Work by place. An array, because adding to and deleting from a `Set` costs as much as the rest of a measurement.
   * Places are reused, so that it is only as long as the largest number of concurrent requests and stays in the
   * processor's cache.
   */
  readonly #young: (Watchable | undefined)[] = [];
  /** Free places below `#count`; the last one is used first. */
  readonly #free: number[] = [];
  #count = 0;
  #freeCount = 0;
  #isTicking = false;

  /** Adds work and returns its place. */
  add(each: Watchable): number {
    if (!this.#isTicking) this.#tickLater();
    const place = this.#freeCount > 0 ? this.#free[--this.#freeCount] : this.#count++;
    this.#young[place] = each;
    return place;
  }

  /** Removes work that has ended or need not be watched any more. Has no effect for {@linkcode NO_PLACE}. */
  delete(each: Watchable, place: number): void {
    // After a tick, other work may have the place.
    if (place === NO_PLACE || this.#young[place] !== each) return;
    this.#young[place] = undefined;
    this.#free[this.#freeCount++] = place;
  }

  #tickLater(): void {
    this.#isTicking = true;
    unrefTimer(setTimeout(() => this.#tick(), TICK_MS));
  }

  #tick(): void {
    this.#isTicking = false;
    for (let place = 0; place < this.#count; place++) {
      this.#young[place]?.watch();
      this.#young[place] = undefined;
    }
    this.#count = 0;
    this.#freeCount = 0;
  }
}
