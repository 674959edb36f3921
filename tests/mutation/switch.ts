/**
 * Selects the mutant that is active in this process, and notes which ones are reached. Threads that a test starts read
 * the number from the environment.
 *
 * @module
 */

/** Name of the variable with the active mutant's number; 0 is the program as it stands. */
export const VARIABLE = "HOTPATH_MUTANT";

/** State of the process. */
export const state: {
  active: number;
  reached: Set<number>;
  /** Turns of all loops, and where they are too many. */
  ticks: number;
  ticksLimit: number;
} = { active: initial(), reached: new Set(), ticks: 0, ticksLimit: Number.POSITIVE_INFINITY };

function initial(): number {
  try {
    return Number(Deno.env.get(VARIABLE) ?? 0);
  } catch {
    return 0;
  }
}

/** Whether a mutant is active. */
export function $m(id: number): boolean {
  if (state.active === 0) state.reached.add(id);
  return state.active === id;
}

/** Counts one turn of a loop, so that one without an end fails. */
export function $tick(): void {
  if (++state.ticks > state.ticksLimit) throw new Error("The mutant loops");
}
