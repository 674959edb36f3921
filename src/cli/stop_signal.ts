/**
 * Signal to stop, as a promise.
 *
 * @module
 */

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT", "SIGBREAK"] : ["SIGINT", "SIGTERM"];

/** Watches for signals until it is disposed; after that they end the program as usual. */
export interface StopSignal extends Disposable {
  /** Resolves at the first signal. */
  readonly given: Promise<void>;
}

/** Starts watching. */
export function stopSignal(): StopSignal {
  const { promise, resolve } = Promise.withResolvers<void>();
  const listener = () => resolve();
  for (const signal of SIGNALS) Deno.addSignalListener(signal, listener);
  return {
    given: promise,
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) Deno.removeSignalListener(signal, listener);
    },
  };
}
