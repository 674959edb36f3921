/**
 * Timers that let a program end.
 *
 * @module
 */

type Timer = ReturnType<typeof setTimeout>;

/** Lets a program end although a timer runs, in Deno and where Node's timers are. */
export function unrefTimer(timer: Timer): void {
  if (typeof Deno !== "undefined") Deno.unrefTimer(timer as unknown as number);
  else (timer as unknown as { unref?(): void }).unref?.();
}

/** Keeps a program alive again until a timer has run. */
export function refTimer(timer: Timer): void {
  if (typeof Deno !== "undefined") Deno.refTimer(timer as unknown as number);
  else (timer as unknown as { ref?(): void }).ref?.();
}
