/**
 * Interruptions at atomic operations: what another thread may do at any moment, tried at each of them in one thread.
 *
 * @module
 */

import { assert } from "@std/assert";

const OPERATIONS = ["load", "store", "add", "compareExchange"] as const;

/**
 * Runs an action, and another one before the first's atomic operation of a number.
 *
 * @returns Whether there was such an operation
 */
export function interrupted(action: () => void, at: number, interruption: () => void): boolean {
  const originals = OPERATIONS.map((name) => [name, Atomics[name]] as const);
  let left = at;
  const restore = () => originals.forEach(([name, original]) => Object.assign(Atomics, { [name]: original }));
  for (const [name, original] of originals) {
    const wrapped = (...parameters: unknown[]) => {
      if (left-- === 0) {
        restore();
        interruption();
      }
      return (original as (...parameters: unknown[]) => unknown)(...parameters);
    };
    Object.assign(Atomics, { [name]: wrapped });
  }
  try {
    action();
  } catch (error) {
    assert((error as Error).message === "Cannot read the ring: another reader has taken over", `${error}`);
  } finally {
    restore();
  }
  return left < 0;
}

/** Tries an interruption at each atomic operation of an action. */
export function everywhere(
  attempt: (interruptAt: (action: () => void, interruption: () => void) => boolean) => void,
): number {
  let at = 0;
  let wasInterrupted = true;
  for (; wasInterrupted; at++) {
    wasInterrupted = false;
    attempt((action, interruption) => wasInterrupted = interrupted(action, at, interruption));
  }
  return at - 1;
}
