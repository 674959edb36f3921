/**
 * Timers that let a program end.
 *
 * @module
 */

/** Lets a program end although a timer runs, in Deno and where Node's timers are. */
export function unrefTimer(timer: ReturnType<typeof setInterval>): void {
  if (typeof Deno !== "undefined") Deno.unrefTimer(timer as unknown as number);
  else (timer as unknown as { unref?(): void }).unref?.();
}
