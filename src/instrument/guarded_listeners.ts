/**
 * Listeners whose failures do not end the program, as an uncaught error of a listener would. They are only reported: by a
 * callback, and as an `error` event of the global scope, where that has such events.
 *
 * @module
 */

import { isThenable } from "./thenable.ts";

/** Guards of the listeners of one target. */
export class GuardedListeners {
  readonly #onFailure: () => void;
  /** Guard of each listener, so that a listener that is added twice has one guard, and can be removed. */
  readonly #guarded: WeakMap<object, EventListener> = new WeakMap();

  /**
   * Creates guards for one target.
   *
   * @param onFailure Called for each listener that throws, or returns a promise that rejects
   */
  constructor(onFailure: () => void) {
    this.#onFailure = onFailure;
  }

  /** Returns the guard to add or remove instead of a listener: the same for the same listener. */
  of(listener: EventListenerOrEventListenerObject | null): EventListener | null {
    // The target rejects anything that is not a listener.
    if ((typeof listener !== "function" && typeof listener !== "object") || listener === null) return listener;
    const known = this.#guarded.get(listener);
    if (known !== undefined) return known;
    const guarded = this.#guard(listener);
    // Each guard also maps to itself, because a runtime removes the guard by the public method when a signal aborts.
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
