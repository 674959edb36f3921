/**
 * Listeners whose failures stay their own. A runtime ends the program when a listener throws and nobody handles that;
 * here it is only reported: as an `error` event of the global scope, where there are such events, and by a call.
 *
 * @module
 */

import { isThenable } from "./thenable.ts";

/** What guards the listeners of one target. */
export class GuardedListeners {
  readonly #onFailure: () => void;
  /** By listener, so that one that is added twice is one, and can be removed. */
  readonly #guarded: WeakMap<object, EventListener> = new WeakMap();

  /**
   * Guards none yet.
   *
   * @param onFailure Called for each listener that throws, or gives a promise that rejects
   */
  constructor(onFailure: () => void) {
    this.#onFailure = onFailure;
  }

  /** What is to be added or removed instead of a listener: the same for the same listener. */
  of(listener: EventListenerOrEventListenerObject | null): EventListener | null {
    // What is no listener is left to the target to refuse.
    if ((typeof listener !== "function" && typeof listener !== "object") || listener === null) return listener;
    const known = this.#guarded.get(listener);
    if (known !== undefined) return known;
    const guarded = this.#guard(listener);
    // Also by itself: a runtime removes what it was given by the public method when a signal aborts.
    this.#guarded.set(listener, guarded).set(guarded, guarded);
    return guarded;
  }

  #guard(listener: EventListenerOrEventListenerObject): EventListener {
    const note = (error: unknown) => this.#note(error);
    return function (this: unknown, event: Event): void {
      try {
        const result: unknown = typeof listener === "function"
          ? listener.call(this as EventTarget, event)
          : listener.handleEvent(event);
        if (isThenable(result)) Promise.resolve(result).catch(note);
      } catch (error) {
        note(error);
      }
    };
  }

  #note(error: unknown): void {
    this.#onFailure();
    if (typeof ErrorEvent === "undefined") return;
    const message = "A listener of metrics failed";
    globalThis.dispatchEvent?.(new ErrorEvent("error", { error, message, cancelable: true }));
  }
}
