/**
 * Timers that do not keep a program alive.
 *
 * @module
 */

import { isDeno } from "./runtime.ts";

type Timer = ReturnType<typeof setTimeout>;

/** Lets a program end while a timer is pending, in Deno and where timers are objects as in Node. */
export function unrefTimer(timer: Timer): void {
  if (isDeno()) Deno.unrefTimer(timer as unknown as number);
  else (timer as unknown as { unref?(): void }).unref?.();
}

/** Keeps a program alive until a timer has fired. */
export function refTimer(timer: Timer): void {
  if (isDeno()) Deno.refTimer(timer as unknown as number);
  else (timer as unknown as { ref?(): void }).ref?.();
}
