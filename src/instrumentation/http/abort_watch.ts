/**
 * Looks for requests whose client has gone. A request's signal knows, but only from when it is first asked for, and
 * making it costs more than a quick request does (18 µs with `Deno.serve`). So it is asked for when a request has not
 * ended by the next tick: a client that waits for so short a time can hardly have gone.
 *
 * @module
 */

import { unrefTimer } from "../../platform/unref_timer.ts";

/** Something that goes on, and may have to be watched. */
export interface Watchable {
  /** It has not ended by the next tick. */
  watch(): void;
}

/** The place of what is not watched. */
export const NO_PLACE = -1;

const TICK_MS = 10;
/** That of the runtime, so that tests of a program with a fake clock see no timer of ours. */
const { setTimeout } = globalThis;

/** What was begun since the last tick and goes on. */
export class AbortWatch {
  /**
   * By place; an array, because adding to a `Set` and deleting from it costs as much as all else that is measured. Places
   * are used again, so that it is as long as there were ever requests at once, and stays in the processor's cache.
   */
  readonly #young: (Watchable | undefined)[] = [];
  /** Places below `#count` that are free, the last one first. */
  readonly #free: number[] = [];
  #count = 0;
  #freeCount = 0;
  #isTicking = false;

  /** Something begins; gives its place. */
  add(each: Watchable): number {
    if (!this.#isTicking) this.#tickLater();
    const place = this.#freeCount > 0 ? this.#free[--this.#freeCount] : this.#count++;
    this.#young[place] = each;
    return place;
  }

  /** It has ended, or need not be watched any more; {@linkcode NO_PLACE} if it never was. */
  delete(each: Watchable, place: number): void {
    // After a tick, the place is another's.
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
